using System.Globalization;
using System.Text;
using System.Text.Json;
using Nua.Check.Scanning;
using Nua.Foundation;

namespace Nua.Check.Rules;

/// <summary>NUA-C: how an engine starts the image.</summary>
internal static class ConfigurationRules
{
    private const string Section = "image-specification.md, section 5";
    private const string Rebuild = "rebuild the image with 'nua build', which writes the image configuration";
    private const string ImageSpecification = "1";

    private static readonly string[] _entrypoint = ["/nua/bin/nua-agent", "init"];
    private static readonly string[] _healthTest = ["CMD", "/nua/scripts/healthcheck", "live"];

    public static IReadOnlyList<Rule> All { get; } =
    [
        new("NUA-C01", Severity.Error, "`Entrypoint` is `[\"/nua/bin/nua-agent\",\"init\"]` and there is no `Cmd`.",
            Section, Rebuild, EntrypointIsAgent),
        new("NUA-C02", Severity.Error, "`User` is `10001:0`; a wrapped image keeps its own.", Section, Rebuild, UserIsNua),
        new("NUA-C03", Severity.Error,
            "`Env` has `PORT`, a number from 1 to 65535 that equals `runtime.port`, and the image exposes it. A worker, whose "
            + "`runtime.port` is null, has no `PORT`; a wrapped image may have one of its own.",
            Section, "declare the port in nua-config, not in the environment, and rebuild", PortIsOne),
        new("NUA-C04", Severity.Error,
            "`Env` has a `PATH` that begins with `/nua/bin` and holds absolute directories only.",
            Section, "remove PATH from [env] of nua-config and rebuild", PathBeginsWithNua),
        new("NUA-C05", Severity.Error, "`WorkingDir` is `/nua/app`; a wrapped image keeps its own.", Section, Rebuild, WorkingDirectoryIsApp),
        new("NUA-C06", Severity.Warning,
            "`Healthcheck` is `[\"CMD\",\"/nua/scripts/healthcheck\",\"live\"]` with the declared times.",
            Section, Rebuild, HealthcheckIsDeclared),
        new("NUA-C07", Severity.Error, "`StopSignal` is the signal of `lifecycle.stop`.", Section, Rebuild,
            StopSignalIsDeclared),
        new("NUA-C08", Severity.Error,
            "The labels `io.nua.contract`, `io.nua.data-version`, `io.nua.upgrade-from`, `io.nua.rollback-mode`, `io.nua.app-id` and "
            + "`io.nua.image-spec` are there and equal what `nua-config.json` says: an operator decides from them before it pulls. "
            + "`io.nua.method` is `wrap` exactly where `runtime.wrapped` is true.",
            Section, Rebuild, LabelsAreTrue),
        new("NUA-C09", Severity.Error,
            "The base is pinned: `org.opencontainers.image.base.name` and `base.digest` are there, the digest is a full sha256, "
            + "and both equal `build.json`.",
            Section, Rebuild, BaseIsPinned),
        new("NUA-C10", Severity.Warning,
            "`org.opencontainers.image.title` and `version` are there, and `created` is not: a label with a time would change the digest.",
            Section, Rebuild, NamedWithoutTime),
        new("NUA-C11", Severity.Warning, "Every declared port is exposed, and no other.", Section, Rebuild,
            PortsAreExposed),
        new("NUA-C12", Severity.Warning, "Where the image has `/etc/passwd`, uid 10001 is in it as `nua` with gid 0. A wrapped image keeps its accounts.",
            Section, "add the line 'nua:x:10001:0:nua:/nua/data:/usr/sbin/nologin' to /etc/passwd", UserHasName),
    ];

    private static IEnumerable<Violation> EntrypointIsAgent(CheckSubject subject)
    {
        var run = subject.Run;
        if (run.Entrypoint is null || !run.Entrypoint.SequenceEqual(_entrypoint))
        {
            yield return new Violation(
                "another entry point stands between the engine and the agent", "config: Entrypoint");
        }

        if (run.Cmd is { Count: > 0 })
        {
            yield return new Violation("a default command would be taken for a verb", "config: Cmd");
        }
    }

    private static IEnumerable<Violation> UserIsNua(CheckSubject subject)
    {
        if (!subject.IsWrapped && subject.Run.User != "10001:0")
        {
            yield return new Violation($"it is '{subject.Run.User}'", "config: User");
        }
    }

    private static IEnumerable<Violation> PortIsOne(CheckSubject subject)
    {
        var text = subject.Run.Variable("PORT");
        if (IsWorker(subject))
        {
            if (text is not null && !subject.IsWrapped)
            {
                yield return new Violation($"runtime.port is null, PORT is '{text}'", "config: Env");
            }

            yield break;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port is < 1 or > 65535)
        {
            yield return new Violation(text is null ? "PORT is missing" : $"PORT is '{text}'", "config: Env");
        }
        else if (subject.Runtime.Number("port") is { } declared && declared != port)
        {
            yield return new Violation($"PORT is {port}, runtime.port is {declared}", "config: Env");
        }
        else if (!subject.Run.ExposedPorts.Any(exposed => exposed == $"{port}/tcp" || exposed == text))
        {
            yield return new Violation($"the port {port} is not exposed", "config: ExposedPorts");
        }
    }

    private static bool IsWorker(CheckSubject subject) =>
        subject.Runtime is { ValueKind: JsonValueKind.Object } runtime && runtime.TryGetProperty("port", out var port)
        && port.ValueKind == JsonValueKind.Null;

    private static IEnumerable<Violation> PathBeginsWithNua(CheckSubject subject)
    {
        var directories = (subject.Run.Variable("PATH") ?? "").Split(':');
        if (directories[0] != "/nua/bin")
        {
            yield return new Violation("PATH does not begin with /nua/bin", "config: Env");
        }
        else if (directories.FirstOrDefault(directory => !directory.StartsWith('/')) is { } relative)
        {
            yield return new Violation(
                $"PATH holds '{relative}', which depends on the working directory", "config: Env");
        }
    }

    private static IEnumerable<Violation> WorkingDirectoryIsApp(CheckSubject subject)
    {
        if (!subject.IsWrapped && subject.Run.WorkingDir?.TrimEnd('/') != "/nua/app")
        {
            yield return new Violation($"it is '{subject.Run.WorkingDir}'", "config: WorkingDir");
        }
    }

    private static IEnumerable<Violation> HealthcheckIsDeclared(CheckSubject subject)
    {
        const string Place = "config: Healthcheck";
        if (subject.Run.HealthCheck is not { } check)
        {
            yield return new Violation("it is missing", Place);
            yield break;
        }

        if (!check.Test.SequenceEqual(_healthTest))
        {
            yield return new Violation("it calls something else than /nua/scripts/healthcheck live", Place);
        }

        var health = subject.Runtime.Member("health");
        (string, long?, long?)[] times =
        [
            ("Interval", (long?)check.Interval?.TotalSeconds, health.Number("interval")),
            ("Retries", check.Retries, health.Number("retries")),
        ];
        foreach (var (name, value, declared) in times)
        {
            if (declared is not null && value != declared)
            {
                yield return new Violation(
                    $"{name} is {value?.ToString() ?? "missing"}, declared is {declared}", Place);
            }
        }

        // The probe keeps the declared time itself, so the engine's limit may be later but not earlier.
        if ((check.Timeout?.TotalSeconds ?? 0) < health.Number("timeout"))
        {
            yield return new Violation(
                $"Timeout is shorter than the declared {health.Number("timeout")} seconds", Place);
        }
    }

    private static IEnumerable<Violation> StopSignalIsDeclared(CheckSubject subject)
    {
        if (subject.Lifecycle.Member("stop").Text("signal") is { } signal && subject.Run.StopSignal != signal)
        {
            yield return new Violation(
                $"it is '{subject.Run.StopSignal}', declared is '{signal}'", "config: StopSignal");
        }
    }

    private static IEnumerable<Violation> LabelsAreTrue(CheckSubject subject)
    {
        var lifecycle = subject.Lifecycle;
        (string, string?)[] labels =
        [
            ("io.nua.app-id", subject.Runtime.Text("app_id")),
            ("io.nua.contract", lifecycle.Number("contract")?.ToString()),
            ("io.nua.data-version", lifecycle.Number("data_version")?.ToString()),
            ("io.nua.image-spec", ImageSpecification),
            ("io.nua.rollback-mode", lifecycle.Member("rollback").Text("mode")),
            ("io.nua.upgrade-from", lifecycle.Number("upgrade_from")?.ToString()),
        ];
        foreach (var (label, expected) in labels)
        {
            if (!subject.Run.Labels.TryGetValue(label, out var value))
            {
                yield return new Violation($"the label {label} is missing", "config: Labels");
            }
            else if (expected is not null && value != expected)
            {
                yield return new Violation(
                    $"the label {label} is '{value}', nua-config.json says '{expected}'", "config: Labels");
            }
        }

        if (subject.Run.IsWrapped != subject.IsWrapped)
        {
            yield return new Violation(
                $"the label {Oci.AnnotationKeys.Method} and runtime.wrapped do not agree", "config: Labels");
        }
    }

    private static IEnumerable<Violation> BaseIsPinned(CheckSubject subject)
    {
        var recorded = subject.Build.Root.Member("base");
        (string, string?)[] labels =
        [
            (Oci.AnnotationKeys.BaseName, recorded.Text("name")),
            (Oci.AnnotationKeys.BaseDigest, recorded.Text("digest")),
        ];
        foreach (var (label, expected) in labels)
        {
            if (!subject.Run.Labels.TryGetValue(label, out var value))
            {
                yield return new Violation($"the label {label} is missing", "config: Labels");
            }
            else if (label == Oci.AnnotationKeys.BaseDigest
                && !(Oci.Digest.TryParse(value, out var digest) && digest.IsVerifiable))
            {
                yield return new Violation($"the label {label} is not a sha256 digest", "config: Labels");
            }
            else if (expected is not null && value != expected)
            {
                yield return new Violation($"the label {label} is not what build.json says", "config: Labels");
            }
        }
    }

    private static IEnumerable<Violation> NamedWithoutTime(CheckSubject subject)
    {
        foreach (var label in (string[])["org.opencontainers.image.title", "org.opencontainers.image.version"])
        {
            if (!subject.Run.Labels.ContainsKey(label))
            {
                yield return new Violation($"the label {label} is missing", "config: Labels");
            }
        }

        if (subject.Run.Labels.ContainsKey("org.opencontainers.image.created"))
        {
            yield return new Violation("the label org.opencontainers.image.created holds a time", "config: Labels");
        }
    }

    private static IEnumerable<Violation> PortsAreExposed(CheckSubject subject)
    {
        var exposed = subject.Run.ExposedPorts.Select(
            port => port.Contains('/', StringComparison.Ordinal) ? port : port + "/tcp")
            .ToHashSet(StringComparer.Ordinal);
        var main = IsWorker(subject) ? (string[])[] : [$"{subject.Runtime.Number("port")}/tcp"];
        var declared = subject.Runtime.Items("ports").Select(port => $"{port.Number("port")}/{port.Text("protocol")}")
            .Concat(main).ToHashSet(StringComparer.Ordinal);

        // The main port is a rule of its own.
        foreach (var port in declared.Except(exposed).Except(main).Order(StringComparer.Ordinal))
        {
            yield return new Violation($"the declared port {port} is not exposed", "config: ExposedPorts");
        }

        foreach (var port in exposed.Except(declared).Order(StringComparer.Ordinal))
        {
            yield return new Violation($"the exposed port {port} is not declared", "config: ExposedPorts");
        }
    }

    private static IEnumerable<Violation> UserHasName(CheckSubject subject)
    {
        if (!subject.IsWrapped && subject.Tree.Follow("etc/passwd")?.Facts?.Content is { } content
            && !Encoding.UTF8.GetString(content).Split('\n').Select(line => line.Split(':'))
                .Any(fields => fields.Length > 3 && fields[0] == "nua" && fields[2] == "10001" && fields[3] == "0"))
        {
            yield return new Violation("it has no entry nua with uid 10001 and gid 0", "/etc/passwd");
        }
    }
}
