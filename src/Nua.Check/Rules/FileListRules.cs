using System.Collections;
using System.Text.Json;
using Nua.Check.Scanning;
using Nua.Foundation;
using Nua.Foundation.Linux;
using Nua.Oci.Paths;

namespace Nua.Check.Rules;

/// <summary>NUA-M06 to M08: <c>files.json</c> says what is in the image, all of it, and nothing that is not
/// so.</summary>
internal static class FileListRules
{
    private const string Rebuild = "rebuild the image with 'nua build'; whoever changed it afterwards made the list untrue";

    public static IReadOnlyList<Rule> All { get; } =
    [
        new("NUA-M06", Severity.Error,
            "`files.json` is there, has `schema` 1, and its entries are complete, sorted, and without duplicates.",
            MetadataRules.Section, Rebuild, IsComplete),
        new("NUA-M07", Severity.Error,
            "`files.json` is true: every listed path is in the image with that type, mode, owner, size, hash and link target.",
            MetadataRules.Section, Rebuild, IsTrue),
        new("NUA-M08", Severity.Error,
            "`files.json` is complete: every file and link below `/nua` is listed, `/nua/metadata` excepted.",
            MetadataRules.Section, Rebuild, ListsEverything),
    ];

    private static IEnumerable<Violation> IsComplete(CheckSubject subject)
    {
        foreach (var violation in MetadataRules.Form(subject.Files, MetadataShapes.Files))
        {
            yield return violation;
        }

        string? last = null;
        foreach (var listed in subject.Files.Root.Items("files"))
        {
            if (NameIn(listed, "path") is not { Length: > 0 } path)
            {
                yield return new Violation("an entry has neither path nor path_base64", subject.Files.Place);
                continue;
            }

            if (path.StartsWith('/') || path.EndsWith('/'))
            {
                yield return new Violation($"'{path}' has a leading or trailing slash", subject.Files.Place);
            }
            else if (last is not null && string.CompareOrdinal(path, last) <= 0)
            {
                yield return new Violation($"'{path}' is listed twice or out of order", subject.Files.Place);
            }

            last = path;
        }
    }

    /// <summary>Names that are not UTF-8 cannot be JSON text: they are given in base64 under another key.</summary>
    private static string? NameIn(JsonElement listed, string key)
    {
        if (listed.Text(key) is { } text)
        {
            return text;
        }

        var bytes = new byte[8192];
        return listed.Text(key + "_base64") is { } encoded
            && Convert.TryFromBase64String(encoded, bytes, out var length)
            ? RawName.FromBytes(bytes.AsSpan(0, length))
            : null;
    }

    private static IEnumerable<Violation> IsTrue(CheckSubject subject) =>
        from listed in subject.Files.Root.Items("files")
        where listed.ValueKind == JsonValueKind.Object
        let path = NameIn(listed, "path") ?? ""
        let difference = Difference(listed, subject.Tree.At(path), path)
        where difference is not null
        select new Violation(difference, "/" + path);

    private static string? Difference(JsonElement listed, ScannedEntry? entry, string path)
    {
        if (entry is null)
        {
            return "files.json lists it, but it is not in the image";
        }

        var type = TypeOf(entry);
        if (listed.Text("type") is var said && said != type && !(said == "file" && type == "hardlink"))
        {
            return $"files.json says it is a {said}, it is a {type}";
        }

        if (entry.Kind == EntryKind.Link)
        {
            return NameIn(listed, "link") is var target && target != entry.Target
                ? $"files.json says it leads to '{target}', it leads to '{entry.Target}'"
                : null;
        }

        if (ModeOf(listed.Text("mode")) != entry.Mode)
        {
            return $"files.json says mode {listed.Text("mode")}, it is {entry.ModeText}";
        }

        if (listed.Number("uid") != entry.Uid || listed.Number("gid") != entry.Gid)
        {
            return $"files.json says owner {listed.Number("uid")}:{listed.Number("gid")}, it is {entry.Uid}:{entry.Gid}";
        }

        if (!entry.IsFile)
        {
            return null;
        }

        if (listed.Number("size") is { } size && size != entry.Size)
        {
            return $"files.json says {size} bytes, it has {entry.Size}";
        }

        if (type == "hardlink" && NameIn(listed, "link") is { } named && named.TrimStart('/') != entry.Target)
        {
            return $"files.json says it names '{named}', it names '{entry.Target}'";
        }

        // The list cannot hold its own hash, nor a hash of what is written after it.
        return path.StartsWith("nua/metadata/", StringComparison.Ordinal) && listed.Text("sha256") is null
            || (type == "hardlink" && listed.Text("sha256") is null)
            || listed.Text("sha256") == (entry.Facts is null ? "" : entry.Sha256.ToString())
            ? null
            : "its content is not what files.json says (other sha256)";
    }

    private static string TypeOf(ScannedEntry entry) => entry.Kind switch
    {
        EntryKind.File => "file",
        EntryKind.Directory => "dir",
        EntryKind.Link => "link",
        EntryKind.HardLink => "hardlink",
        _ => "device",
    };

    private static int? ModeOf(string? text)
    {
        try
        {
            return text is null ? null : Convert.ToInt32(text, 8);
        }
        catch (Exception error) when (error is FormatException or ArgumentException or OverflowException)
        {
            return null;
        }
    }

    private static IEnumerable<Violation> ListsEverything(CheckSubject subject)
    {
        if (subject.Files.Root is null)
        {
            return [];
        }

        var paths = subject.Tree.Paths;
        var listed = new BitArray(paths.Count);
        foreach (var path in subject.Files.Root.Items("files").Select(file => paths.Find(NameIn(file, "path"))).Where(path => path != PathTable.None))
        {
            listed[path] = true;
        }

        return from entry in subject.Tree.EntriesBelow("nua")
               where entry.Kind != EntryKind.Directory && !LayoutRules.IsAtOrBelow(entry.Path, "nua/metadata")
               where !listed[entry.Data.Path]
               select Violation.At(entry, "files.json does not list it");
    }
}
