using System.Text;
using Nua.Check.Scanning;
using Nua.Foundation;

namespace Nua.Check.Rules;

/// <summary>NUA-D: where data goes, and where nothing may be.</summary>
internal static class DataRules
{
    private const string Section = "image-specification.md, section 6";

    private static readonly string[] _mounts = ["nua/backup", "run/nua", "run/secrets", "bindings", "tmp"];

    /// <summary>The operator's and the kernel's own mounts.</summary>
    private static readonly string[] _notForVolumes = ["nua/backup", "dev", "proc", "run", "sys", "tmp", "bindings"];

    public static IReadOnlyList<Rule> All { get; } =
    [
        new("NUA-D01", Severity.Error, "The image configuration declares no `Volumes`.",
            Section, "declare the volume in nua-config; rebuild on a base without VOLUME", NoVolumes),
        new("NUA-D02", Severity.Error, "`/nua/data` and `/nua/cache` are directories of 10001:0 with mode 0770; of a wrapped image's own user instead.",
            Section, "rebuild the image with 'nua build', which makes them", DataDirectoriesAreThere),
        new("NUA-D03", Severity.Error,
            "`/nua/data` and `/nua/cache` are empty in the image: a mount would hide what is in them.",
            Section, "ship initial data in /nua/app and let the verb upgrade install it", DataDirectoriesAreEmpty),
        new("NUA-D04", Severity.Error,
            "Declared volumes have a name and an absolute path, hide nothing that the image holds, and lie inside no other volume "
            + "but `/nua/data`; `/nua/data` is one of them. Those of a wrapped image may hold what a new volume begins with.",
            Section, "give the volume a path below /nua/data", VolumesFit),
        new("NUA-D05", Severity.Error,
            "`/nua/backup`, `/run/nua`, `/run/secrets`, `/bindings` and `/tmp` hold nothing that the builder put in the image.",
            Section, "leave the file out: the operator mounts something over it", MountPointsAreEmpty),
        new("NUA-D06", Severity.Warning,
            "There is no log file: nothing with content below `/var/log`, no `*.log` below `/nua`.",
            Section, "let the application log to standard output, and delete the file in the build", NoLogs),
    ];

    private static IEnumerable<Violation> NoVolumes(CheckSubject subject) =>
        subject.Run.Volumes.Select(
        volume => new Violation($"the image declares the volume {volume}", "config: Volumes"));

    private static IEnumerable<Violation> DataDirectoriesAreThere(CheckSubject subject)
    {
        var owner = subject.IsWrapped ? Uid(subject) : 10001;
        foreach (var path in (string[])["nua/data", "nua/cache"])
        {
            if (subject.Tree.At(path) is not { } entry)
            {
                yield return new Violation("the directory is missing", "/" + path);
            }
            else if (entry.Kind != EntryKind.Directory || entry.Uid != owner || entry.Gid != 0 || entry.Mode != 0x1F8)
            {
                yield return Violation.At(
                    entry, $"it is a {Words.Of(entry.Kind)} of {entry.Uid}:{entry.Gid} with mode {entry.ModeText}");
            }
        }
    }

    /// <summary>The image's user as a number; -1 when it cannot be told, which is a finding of its own.</summary>
    private static long Uid(CheckSubject subject)
    {
        var name = (subject.Run.User ?? "").Split(':')[0];
        return name.Length == 0 ? 0
            : long.TryParse(name, out var number) ? number
            : subject.Tree.Follow("etc/passwd")?.Facts?.Content is { } content
                && Encoding.UTF8.GetString(content).Split('\n').Select(line => line.Split(':'))
                    .FirstOrDefault(fields => fields.Length > 2 && fields[0] == name) is { } account
                && long.TryParse(account[2], out number) ? number
            : -1;
    }

    private static IEnumerable<Violation> DataDirectoriesAreEmpty(CheckSubject subject) =>
        subject.Tree.EntriesBelow("nua/data").Concat(subject.Tree.EntriesBelow("nua/cache"))
            .Select(entry => Violation.At(entry, "a mount hides it"));

    private static IEnumerable<Violation> VolumesFit(CheckSubject subject)
    {
        const string Place = "/nua/metadata/nua-config.json: lifecycle.volumes";
        if (subject.Lifecycle.Member("volumes") is null)
        {
            yield break;
        }

        var paths = subject.Lifecycle.Items("volumes").Select(volume => volume.Text("path") ?? "").ToList();
        if (!paths.Contains("/nua/data"))
        {
            yield return new Violation("/nua/data is not one of them", Place);
        }

        foreach (var path in paths)
        {
            var relative = path.Trim('/');
            var outer = paths.Find(other => other != path
                && relative.StartsWith(other.Trim('/') + "/", StringComparison.Ordinal));
            if (!path.StartsWith('/') || relative.Length == 0 || relative.Split('/').Contains(".."))
            {
                yield return new Violation($"'{path}' is not an absolute path of a directory", Place);
            }
            else if (_notForVolumes.Any(root => LayoutRules.IsAtOrBelow(relative, root)))
            {
                yield return new Violation($"'{path}' belongs to the operator", Place);
            }
            else if (subject.Tree.EntriesBelow(relative).Any(entry => entry.Kind != EntryKind.Directory))
            {
                // What is in the two standing ones is a finding of its own.
                if (!subject.IsWrapped && path is not ("/nua/data" or "/nua/cache"))
                {
                    yield return new Violation($"'{path}' would hide what the image holds there", Place);
                }
            }
            else if (outer is not null and not "/nua/data")
            {
                yield return new Violation($"'{path}' is inside the volume '{outer}'", Place);
            }
        }

        foreach (var path in paths.GroupBy(path => path).Where(same => same.Count() > 1))
        {
            yield return new Violation($"'{path.Key}' is declared twice", Place);
        }
    }

    private static IEnumerable<Violation> MountPointsAreEmpty(CheckSubject subject) =>
        _mounts.SelectMany(subject.Tree.EntriesBelow).Where(subject.IsOurs).Select(entry => Violation.At(entry, "a mount hides it"));

    private static IEnumerable<Violation> NoLogs(CheckSubject subject) =>
        subject.Tree.EntriesBelow("var/log").Concat(subject.Tree.EntriesBelow("nua")
                .Where(e => e.Path.EndsWith(".log", StringComparison.Ordinal)
                && !CredentialFiles.IsInDependency(e.Path)))
            .Where(entry => entry is { Kind: EntryKind.File, Size: > 0 })
            .Select(entry => Violation.At(entry, $"it is a log file of {entry.Size} bytes"));
}
