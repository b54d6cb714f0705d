using System.Globalization;
using System.Text;
using Nua.Build.Planning;
using Nua.Build.Roots;
using Nua.Config;
using Nua.Oci;

namespace Nua.Build.Wrap;

/// <summary>
/// Completes the plan of a wrapped image with what the image itself says: start, user, folder, variables, ports, volumes, health check, stop
/// signal. What the author's configuration says wins.
/// </summary>
public static class ImageDefaults
{
    private const int MostPorts = 64;

    /// <summary>Places that belong to the operator or the kernel: what the image declares there is made at each start anyway.</summary>
    private static readonly string[] _notForVolumes = ["dev", "proc", "run", "sys", "tmp", "var/run", "bindings", "nua"];

    /// <exception cref="Foundation.ProblemException">NUA2215 nothing to run, NUA2216 no such user.</exception>
    public static BuildPlan Complete(BuildPlan plan, RuntimeRoot root)
    {
        var run = root.Base.Config.Run;
        var workDir = string.IsNullOrEmpty(run.WorkingDir) ? "/" : run.WorkingDir;
        var config = plan.Config with
        {
            Volumes = [.. plan.Config.Volumes, .. Volumes(run, plan.Config.Volumes)],
            Healthcheck = plan.Config.Healthcheck ?? Healthcheck(run.HealthCheck),
            Lifecycle = plan.Config.Lifecycle with { StopSignal = plan.Config.Lifecycle.StopSignal ?? StopSignal(run.StopSignal) },
        };
        return plan with
        {
            Config = config,
            Start = Start(plan, run, workDir, root.BaseName),
            Ports = plan.Config.Ports.Count > 0 ? plan.Ports : Ports(run),
            Wrap = new WrapSpec(
                run.User,
                Uid(run.User, root),
                workDir,
                run.Env,
                plan.Config.Healthcheck?.Command is null && plan.Config.Healthcheck?.Http is null ? HealthCommand(run.HealthCheck) : [],
                run.Labels.Where(l => !IsIdentity(l.Key)).ToDictionary(StringComparer.Ordinal)),
        };
    }

    private static StartSpec Start(BuildPlan plan, Oci.RunConfig run, string workDir, string name)
    {
        if (plan.Start.Argv.Count + plan.Start.Shell.Count > 0)
        {
            return plan.Start with { WorkDir = plan.Start.WorkDir == NuaPaths.App ? workDir : plan.Start.WorkDir };
        }

        IReadOnlyList<string> argv = [.. run.Entrypoint ?? [], .. run.Cmd ?? []];
        if (argv.Count == 0 || argv[0].Length == 0)
        {
            throw WrapProblem.NothingToRun(name);
        }

        var start = StartPlan.WithBefore(
            new StartSpec { Argv = argv, Because = plan.Start.Because }, plan.Config.Run.BeforeRun);
        return start with { WorkDir = workDir };
    }

    /// <summary>All declared ports; the first is <c>PORT</c>. None, when the image exposes none.</summary>
    private static List<PlannedPort> Ports(Oci.RunConfig run)
    {
        var exposed = run.ExposedPorts.SelectMany(Expand).Distinct().Take(MostPorts).ToList();
        var own = int.TryParse(run.Variable("PORT"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65536
            ? new PlannedPort("web", number, "tcp", "the image's own PORT")
            : null;
        // A remote shell is beside the application, never the application.
        var main = own ?? exposed.Where(p => p.Protocol == "tcp").OrderBy(p => p.Number == 22).ThenBy(p => p.Number)
            .Select(p => new PlannedPort("web", p.Number, "tcp", "the image exposes it")).FirstOrDefault();
        return main is null && exposed.Count == 0 ? [] :
        [
            .. main is null ? (IEnumerable<PlannedPort>)[] : [main],
            .. exposed.Where(p => (p.Number, p.Protocol) != (main?.Port, main?.Protocol)).OrderBy(p => p.Number).ThenBy(p => p.Protocol, StringComparer.Ordinal)
                .Select(p => new PlannedPort($"{p.Protocol}-{p.Number}", p.Number, p.Protocol, "the image exposes it")),
        ];
    }

    /// <summary><c>80</c>, <c>53/udp</c>, <c>8000-8010/tcp</c>.</summary>
    private static IEnumerable<(int Number, string Protocol)> Expand(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var protocol = slash < 0 ? "tcp" : text[(slash + 1)..].ToLowerInvariant();
        var ends = (slash < 0 ? text : text[..slash]).Split('-');
        if (ends.Length > 2 || protocol is not ("tcp" or "udp" or "sctp")
            || !ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !ushort.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) || first == 0)
        {
            return [];
        }

        return Enumerable.Range(first, Math.Clamp(last - first + 1, 0, MostPorts)).Select(number => (number, protocol));
    }

    /// <summary>The image's <c>VOLUME</c>s as declared volumes; one inside another is part of it.</summary>
    private static IEnumerable<VolumeConfig> Volumes(Oci.RunConfig run, IReadOnlyList<VolumeConfig> given)
    {
        var taken = given.Select(v => v.Target.TrimEnd('/')).ToList();
        foreach (var path in run.Volumes.Select(v => "/" + v.Trim('/')).Distinct().Order(StringComparer.Ordinal))
        {
            var isPath = path.Length > 1 && !path.Split('/').Skip(1).Any(part => part is "" or "." or "..");
            if (isPath && !_notForVolumes.Any(place => IsAtOrBelow(path, "/" + place)) && !taken.Any(other => IsAtOrBelow(path, other)))
            {
                taken.Add(path);
                yield return new VolumeConfig(path) { Name = path.Trim('/').Replace('/', '-') };
            }
        }
    }

    private static HealthcheckConfig? Healthcheck(HealthCheck? check) => HealthCommand(check).Count == 0 ? null : new HealthcheckConfig
    {
        Interval = Seconds(check!.Interval),
        Timeout = Seconds(check.Timeout),
        StartPeriod = Seconds(check.StartPeriod),
        Retries = check.Retries is > 0 and <= 1000 ? (int)check.Retries : null,
    };

    private static int? Seconds(TimeSpan? time) =>
        time is { Ticks: > 0 } given ? (int)Math.Clamp(Math.Ceiling(given.TotalSeconds), 1, 86400) : null;

    private static IReadOnlyList<string> HealthCommand(HealthCheck? check) => check?.Test switch
    {
        ["CMD", _, ..] => [.. check.Test.Skip(1)],
        ["CMD-SHELL", var line, ..] when line.Length > 0 => ["/bin/sh", "-c", line],
        _ => [],
    };

    /// <summary>The name with <c>SIG</c>, as the rest of Nua writes it; null when the image says none.</summary>
    private static string? StopSignal(string? signal) =>
        string.IsNullOrEmpty(signal) ? null
        : char.IsAsciiDigit(signal[0]) || signal.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? signal.ToUpperInvariant()
        : "SIG" + signal.ToUpperInvariant();

    private static uint Uid(string? user, RuntimeRoot root)
    {
        var name = (user ?? "").Split(':')[0];
        if (name.Length == 0)
        {
            return 0;
        }

        if (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        var account = Encoding.UTF8.GetString(root.Facts.Passwd).Split('\n').Select(line => line.Split(':'))
            .FirstOrDefault(fields => fields.Length > 2 && fields[0] == name);
        return account is not null && uint.TryParse(account[2], NumberStyles.None, CultureInfo.InvariantCulture, out number)
            ? number
            : throw WrapProblem.UnknownUser(root.BaseName, user!);
    }

    /// <summary>Labels that say who an image is: they were true of the other one.</summary>
    private static bool IsIdentity(string label) =>
        label.StartsWith("org.opencontainers.", StringComparison.Ordinal) || label.StartsWith("io.nua.", StringComparison.Ordinal);

    private static bool IsAtOrBelow(string path, string folder) =>
        path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);
}
