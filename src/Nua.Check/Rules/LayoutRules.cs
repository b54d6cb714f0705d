using Nua.Check.Scanning;
using Nua.Foundation;

namespace Nua.Check.Rules;

/// <summary>NUA-L: the tree below <c>/nua</c>.</summary>
internal static class LayoutRules
{
    private const string Section = "image-specification.md, section 1";

    private static readonly string[] _names =
        ["app", "backup", "bin", "cache", "data", "etc", "metadata", "scripts", "venv"];

    private static readonly string[] _required = ["nua", "nua/app", "nua/bin", "nua/metadata", "nua/scripts"];
    private static readonly string[] _writable = ["nua/backup", "nua/cache", "nua/data"];
    private static readonly string[] _madeAtStart = ["nua/data", "nua/cache", "run", "tmp", "proc", "dev", "bindings",
        "var/run"];

    public static IReadOnlyList<Rule> All { get; } =
    [
        new("NUA-L01", Severity.Error, "The image is a Nua image: `/nua/metadata/nua-config.json` is a file in it.",
            Section, "build the image with 'nua build'", IsNuaImage) { IsForEveryImage = true },
        new("NUA-L02", Severity.Error,
            "`/nua`, `/nua/app`, `/nua/bin`, `/nua/metadata` and `/nua/scripts` are real directories, not links.",
            Section, "make the directory, even if it stays empty", DirectoriesAreThere),
        new("NUA-L03", Severity.Warning, "Directly below `/nua` are only the names of the table above.",
            Section, "move it to /nua/app, or to /nua/etc when it is configuration", OnlyKnownNames),
        new("NUA-L04", Severity.Error,
            "The read-only part of `/nua` belongs to 0:0, and neither its group nor others can write in it.",
            Section, "let the files belong to 0:0 with mode 0644 or 0755; what the application writes goes to /nua/data", IsReadOnly),
        new("NUA-L05", Severity.Error,
            "Whoever runs with group 0 can read every file and enter every directory of the read-only part of `/nua`.",
            Section, "give files 0644 or 0755 and directories 0755", IsReadable),
        new("NUA-L06", Severity.Error, "Below `/nua` are files, directories and links only: no device, FIFO or socket.",
            Section, "leave the entry out of the image", NoDevices),
        new("NUA-L07", Severity.Error, "No file below `/nua` is setuid or setgid or carries file capabilities.",
            Section, "remove the privilege; the container has none to give anyway", NothingPrivileged),
        new("NUA-L08", Severity.Warning,
            "A symbolic link below `/nua` leads to something in the image, or to a place that exists only while running "
            + "(`/nua/data`, `/nua/cache`, `/run`, `/tmp`, `/proc`, `/dev`, `/bindings`).",
            Section, "point the link at a file of the image, or leave it out", LinksLeadSomewhere),
    ];

    /// <summary>What belongs to the image and is never written while running.</summary>
    public static IEnumerable<ScannedEntry> ReadOnlyPart(CheckSubject subject) =>
        subject.Tree.EntriesBelow("nua").Where(entry => !_writable.Any(root => IsAtOrBelow(entry.Path, root)));

    public static bool IsAtOrBelow(string path, string root) =>
        path.StartsWith(root, StringComparison.Ordinal) && (path.Length == root.Length || path[root.Length] == '/');

    private static IEnumerable<Violation> IsNuaImage(CheckSubject subject)
    {
        if (!subject.IsNuaImage)
        {
            yield return new Violation(
                "not a Nua image: it has no /nua/metadata/nua-config.json", "/nua/metadata/nua-config.json");
        }
    }

    private static IEnumerable<Violation> DirectoriesAreThere(CheckSubject subject)
    {
        foreach (var path in _required)
        {
            if (subject.Tree.At(path)?.Kind is not { } kind)
            {
                if (!subject.Tree.Has(path))
                {
                    yield return new Violation("the directory is missing", "/" + path);
                }
            }
            else if (kind != EntryKind.Directory)
            {
                yield return new Violation("it must be a directory", "/" + path);
            }
        }
    }

    private static IEnumerable<Violation> OnlyKnownNames(CheckSubject subject) =>
        subject.Tree.NamesIn("nua").Order(StringComparer.Ordinal).Where(name => !_names.Contains(name))
            .Select(name => new Violation("the specification has no such directory", "/nua/" + name));

    private static IEnumerable<Violation> IsReadOnly(CheckSubject subject)
    {
        foreach (var entry in ReadOnlyPart(subject))
        {
            if (entry.Uid != 0 || entry.Gid != 0)
            {
                yield return Violation.At(entry, $"it belongs to {entry.Uid}:{entry.Gid}");
            }
            else if (entry.Kind != EntryKind.Link && (entry.Mode & 0x12) != 0)
            {
                yield return Violation.At(entry, $"its mode {entry.ModeText} lets others write");
            }
        }
    }

    private static IEnumerable<Violation> IsReadable(CheckSubject subject) =>
        from entry in ReadOnlyPart(subject)
        where entry.Kind != EntryKind.Link
        where !entry.GroupMayRead || (entry.Kind == EntryKind.Directory && !entry.GroupMayExecute)
        select Violation.At(entry, $"its mode {entry.ModeText} keeps the application's user out");

    private static IEnumerable<Violation> NoDevices(CheckSubject subject) =>
        subject.Tree.EntriesBelow("nua")
            .Where(e => e.Kind is EntryKind.CharacterDevice or EntryKind.BlockDevice or EntryKind.Fifo)
            .Select(e => Violation.At(e, $"it is a {Words.Of(e.Kind)}"));

    private static IEnumerable<Violation> NothingPrivileged(CheckSubject subject) =>
        subject.Tree.EntriesBelow("nua").Where(e => e.IsPrivileged)
            .Select(e => Violation.At(
            e, $"its mode is {e.ModeText}{(e.Attributes.Contains("security.capability") ? " with file capabilities" : "")}"));

    private static IEnumerable<Violation> LinksLeadSomewhere(CheckSubject subject)
    {
        foreach (var link in subject.Tree.EntriesBelow("nua").Where(e => e.Kind == EntryKind.Link))
        {
            var target = Normal(link.Target.StartsWith('/') ? link.Target : $"{link.Parent}/{link.Target}");
            if (!_madeAtStart.Any(root => IsAtOrBelow(target, root)) && subject.Tree.Follow("/" + link.Path) is null)
            {
                yield return Violation.At(link, $"it leads to '{link.Target}', which is not in the image");
            }
        }
    }

    /// <summary>The path without <c>.</c>, <c>..</c> and doubled slashes, relative to the root.</summary>
    private static string Normal(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("." or ".."))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }
}
