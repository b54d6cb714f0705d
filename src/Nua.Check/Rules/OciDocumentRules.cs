using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Nua.Check.Scanning;
using Nua.Foundation;
using Nua.Oci;

namespace Nua.Check.Rules;

/// <summary>OCI rules about manifest and configuration.</summary>
internal static partial class OciDocumentRules
{
    private const string Manifest = "image-spec 1.1, manifest.md";
    private const string Config = "image-spec 1.1, config.md";
    private const string MakeAgain = "make the image again with the tool that wrote it; 'nua build' writes it right";
    private const string FetchAgain = "fetch or copy the image again; something changed it on the way or on the disk";

    private static readonly string[] _architectures =
    [
        "386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le",
        "riscv64", "s390x", "wasm",
    ];

    private static readonly string[] _systems =
    [
        "aix", "android", "darwin", "dragonfly", "freebsd", "illumos", "ios", "js", "linux", "netbsd", "openbsd",
        "plan9", "solaris",
        "wasip1", "windows",
    ];

    private static readonly string[] _knownKeys =
    [
        "created", "authors", "url", "documentation", "source", "version", "revision", "vendor", "licenses", "ref.name",
        "title",
        "description", "base.digest", "base.name",
    ];

    public static IReadOnlyList<Rule> All { get; } =
    [
        ForEvery("OCI-01", Severity.Error,
            "The manifest can be read: it is there within 4 MiB, UTF-8 JSON without duplicate names, `schemaVersion` 2, "
            + "one kind of document only.", Manifest, MakeAgain, FoundWhileLoading),
        ForEvery("OCI-02", Severity.Error,
            "Every descriptor has a media type, a digest of the right form and a size; embedded `data` is the content.",
            "image-spec 1.1, descriptor.md", MakeAgain, FoundWhileLoading),
        ForEvery("OCI-03", Severity.Error, "Every blob is there with the size and the digest of its descriptor.",
            "image-spec 1.1, descriptor.md", FetchAgain, s => OciLayerRules.Faults(s, "OCI-03")),
        ForEvery("OCI-04", Severity.Error,
            "The image configuration can be read: JSON without duplicate names, fields of the right types, `rootfs.type` is `layers`.",
            Config, MakeAgain, FoundWhileLoading),
        ForEvery("OCI-05", Severity.Error, "Every layer has a media type of image-spec, or Docker's equivalent.",
            "image-spec 1.1, media-types.md", MakeAgain, s => OciLayerRules.Faults(s, "OCI-05")),
        ForEvery("OCI-06", Severity.Error,
            "`diff_ids` has one entry for each layer: the sha256 of that layer's uncompressed bytes.", Config,
            MakeAgain, DiffIdsAreTrue),
        ForEvery("OCI-07", Severity.Warning,
            "`history`, when there, has as many entries that are not `empty_layer` as there are layers, with RFC 3339 times.",
            Config, MakeAgain, HistoryFits),
        ForEvery("OCI-08", Severity.Error, "`architecture` and `os` are in Go's spelling.", Config, MakeAgain,
            PlatformIsKnown),
    ];

    /// <summary>The rest of them, which come after those about layers on the page.</summary>
    public static IReadOnlyList<Rule> Run { get; } =
    [
        ForEvery("OCI-19", Severity.Error,
            "`User` can be resolved: numbers up to 2³¹−1, or names in the image's own `/etc/passwd` and `/etc/group`.",
            Config, "write the user as numbers, UID:GID", UserCanBeResolved),
        ForEvery("OCI-20", Severity.Warning, "The image does not run as root.",
            Config, "set a user other than root in the image configuration", IsNotRoot),
        ForEvery("OCI-21", Severity.Error, "`Env` entries are `NAME=value`, each name once.",
            Config, "correct the environment of the image configuration", EnvironmentIsWellFormed),
        ForEvery("OCI-22", Severity.Error, "`ExposedPorts`, `Volumes`, `WorkingDir` and `StopSignal` are well-formed.",
            Config, "correct the field in the image configuration", FieldsAreWellFormed),
        ForEvery("OCI-23", Severity.Warning, "`Entrypoint` or `Cmd` says what to run, and the program is in the image.",
            Config, "set Entrypoint or Cmd to a program of the image", ProgramIsThere),
        ForEvery("OCI-24", Severity.Warning,
            "Annotations and labels in the reserved `org.opencontainers.` space are ones that the specification knows.",
            "image-spec 1.1, annotations.md", "rename the label into a name space of your own", ReservedKeysAreKnown),
    ];

    public static Rule ForEvery(
        string id, Severity severity, string title, string reference, string remedy,
        Func<CheckSubject, IEnumerable<Violation>> find) =>
        new(id, severity, title, reference, remedy, find) { IsForEveryImage = true };

    /// <summary>These rules are broken before there is a subject: an image that was loaded keeps them.</summary>
    private static IEnumerable<Violation> FoundWhileLoading(CheckSubject subject) => [];

    private static IEnumerable<Violation> DiffIdsAreTrue(CheckSubject subject)
    {
        if (subject.Config.DiffIds.Count != subject.Manifest.Layers.Count)
        {
            yield return new Violation(
                $"the manifest has {subject.Manifest.Layers.Count} layers, the configuration {subject.Config.DiffIds.Count} diff IDs",
                "config: rootfs.diff_ids");
            yield break;
        }

        foreach (var layer in subject.Layers)
        {
            if (layer.DiffId is { } computed && computed != subject.Config.DiffIds[layer.Index])
            {
                yield return new Violation($"diff_ids[{layer.Index}] is not the hash of the layer's tar, {computed}",
                    "config: rootfs.diff_ids", layer.Index);
            }
        }
    }

    private static IEnumerable<Violation> HistoryFits(CheckSubject subject)
    {
        var history = subject.Config.History;
        var filled = history.Count(line => !line.EmptyLayer);
        if (history.Count > 0 && filled != subject.Manifest.Layers.Count)
        {
            yield return new Violation(
                $"it has {filled} entries with a layer, the image {subject.Manifest.Layers.Count} layers",
                "config: history");
        }

        foreach (var (time, place) in history.Select((line, i) => (line.Created, $"config: history[{i}].created"))
                     .Append((subject.Config.Created, "config: created")))
        {
            if (time is not null && !Time().IsMatch(time))
            {
                yield return new Violation($"'{time}' is not an RFC 3339 time", place);
            }
        }
    }

    private static IEnumerable<Violation> PlatformIsKnown(CheckSubject subject)
    {
        var platform = subject.Config.Platform;
        if (!_architectures.Contains(platform.Architecture))
        {
            yield return new Violation(
                $"'{platform.Architecture}' is not an architecture in Go's spelling", "config: architecture");
        }

        if (!_systems.Contains(platform.Os))
        {
            yield return new Violation($"'{platform.Os}' is not an operating system in Go's spelling", "config: os");
        }
    }

    private static IEnumerable<Violation> UserCanBeResolved(CheckSubject subject)
    {
        if (subject.Run.User is not { Length: > 0 } user)
        {
            yield break;
        }

        var parts = user.Split(':');
        if (parts.Length > 2 || parts.Any(part => part.Length == 0))
        {
            yield return new Violation($"'{user}' is not USER or USER:GROUP", "config: User");
            yield break;
        }

        (string Name, string Database)[] names =
            [(parts[0], "etc/passwd"), .. parts.Skip(1).Select(group => (group, "etc/group"))];
        foreach (var (name, database) in names)
        {
            if (name.All(char.IsAsciiDigit))
            {
                if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                {
                    yield return new Violation($"the number {name} is above 2147483647", "config: User");
                }
            }
            else if (!Lines(subject, database).Any(fields => fields[0] == name))
            {
                yield return new Violation($"/{database} has no '{name}'", "config: User");
            }
        }
    }

    /// <summary>Fields of <c>/etc/passwd</c> or <c>/etc/group</c>.</summary>
    public static IEnumerable<string[]> Lines(CheckSubject subject, string database) =>
        subject.Tree.Follow(database)?.Facts?.Content is { } content
            ? Encoding.UTF8.GetString(content).Split('\n').Select(line => line.Split(':'))
                .Where(fields => fields.Length > 2)
            : [];

    private static IEnumerable<Violation> IsNotRoot(CheckSubject subject)
    {
        var user = (subject.Run.User ?? "").Split(':')[0];
        if (user is "" or "root" || (user.All(c => c == '0')))
        {
            yield return new Violation(
                user.Length == 0 ? "no user is set, so it runs as root" : $"it runs as '{user}'", "config: User");
        }
    }

    private static IEnumerable<Violation> EnvironmentIsWellFormed(CheckSubject subject)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in subject.Run.Env)
        {
            var at = item.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || item.Contains('\0', StringComparison.Ordinal))
            {
                yield return new Violation(
                    at < 0 ? $"'{item}' has no value" : "an entry has no name or holds a NUL", "config: Env");
            }
            else if (!names.Add(item[..at]))
            {
                yield return new Violation($"the variable {item[..at]} is given twice", "config: Env");
            }
        }
    }

    private static IEnumerable<Violation> FieldsAreWellFormed(CheckSubject subject)
    {
        var run = subject.Run;
        foreach (var port in run.ExposedPorts.Where(port => !IsPort(port)))
        {
            yield return new Violation($"'{port}' is not PORT or PORT/PROTOCOL", "config: ExposedPorts");
        }

        foreach (var volume in run.Volumes.Where(volume => !volume.StartsWith('/')))
        {
            yield return new Violation($"'{volume}' is not an absolute path", "config: Volumes");
        }

        if (run.WorkingDir is { Length: > 0 } directory && !directory.StartsWith('/'))
        {
            yield return new Violation($"'{directory}' is not an absolute path", "config: WorkingDir");
        }

        if (run.StopSignal is { Length: > 0 } signal && !Signal().IsMatch(signal))
        {
            yield return new Violation($"'{signal}' is not a signal", "config: StopSignal");
        }
    }

    private static bool IsPort(string text)
    {
        var parts = text.Split('/');
        return parts.Length <= 2 && int.TryParse(
            parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is >= 1 and <= 65535 && (parts.Length == 1 || parts[1] is "tcp" or "udp" or "sctp");
    }

    private static IEnumerable<Violation> ProgramIsThere(CheckSubject subject)
    {
        var run = subject.Run;
        string[] argv = [.. run.Entrypoint ?? [], .. run.Cmd ?? []];
        if (argv.Length == 0 || argv[0].Length == 0)
        {
            yield return new Violation("they say nothing to run", "config: Entrypoint");
        }
        else if (subject.IsComplete
            && subject.FindProgram(argv[0], run.WorkingDir ?? "/") is not { IsFile: true, IsExecutable: true })
        {
            yield return new Violation($"'{argv[0]}' is not in the image, or not executable", "config: Entrypoint");
        }
    }

    private static IEnumerable<Violation> ReservedKeysAreKnown(CheckSubject subject)
    {
        foreach (var (key, value, place) in subject.Run.Labels.Select(l => (l.Key, l.Value, "config: Labels"))
                     .Concat(subject.Manifest.Annotations.Select(a => (a.Key, a.Value, "manifest: annotations"))))
        {
            if (!key.StartsWith("org.opencontainers.", StringComparison.Ordinal))
            {
                continue;
            }

            if (key.StartsWith("org.opencontainers.image.", StringComparison.Ordinal)
                && !_knownKeys.Contains(key["org.opencontainers.image.".Length..]))
            {
                yield return new Violation($"the specification has no key {key}", place);
            }
            else if (key == AnnotationKeys.BaseDigest && !subject.IsNuaImage && !Digest.TryParse(value, out _))
            {
                yield return new Violation($"{key} is not a digest", place);
            }
        }
    }

    [GeneratedRegex(@"\A\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)\z")]
    private static partial Regex Time();

    [GeneratedRegex(@"\A(\d{1,2}|(SIG)?(HUP|INT|QUIT|ILL|TRAP|ABRT|IOT|BUS|FPE|KILL|USR1|SEGV|USR2|PIPE|ALRM|TERM|STKFLT|CHLD|CONT|STOP|TSTP|TTIN|TTOU|URG|XCPU|XFSZ|VTALRM|PROF|WINCH|IO|POLL|PWR|SYS|RTMIN(\+\d{1,2})?|RTMAX(-\d{1,2})?))\z")]
    private static partial Regex Signal();
}
