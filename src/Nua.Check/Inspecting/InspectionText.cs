using System.Text;
using System.Text.Json;
using Nua.Check.Scanning;
using Nua.Foundation;

namespace Nua.Check.Inspecting;

/// <summary>An inspection for people.</summary>
public static class InspectionText
{
    private const int MostNames = 12;
    private const int MostUnattributed = 20;

    public static string Write(ImageInspection image)
    {
        var text = new StringBuilder();
        text.Append("image        ").Append(image.Digest).Append('\n');
        text.Append("platform     ").Append(Shown(image.Platform)).Append('\n');
        text.Append("application  ")
            .Append(image.IsNuaImage ? $"{Shown(image.AppId ?? "?")} {Shown(image.AppVersion ?? "?")}"
            : "none: not a Nua image").Append('\n');
        text.Append("start        ").Append(string.Join(' ', image.Start.Select(Quoted))).Append('\n');
        text.Append("user         ").Append(Shown(image.User ?? "root")).Append('\n');
        text.Append("ports        ").Append(image.Ports.Count == 0 ? "none" : Shown(string.Join(", ", image.Ports)))
            .Append('\n');
        WriteLayers(image, text);
        WriteTree(image, text);
        WriteVerbs(image, text);
        WriteLifecycle(image, text);
        WriteComponents(image, text);
        WriteLabels(image, text);
        WriteAttachments(image, text);
        foreach (var problem in image.Problems)
        {
            text.Append("\nnot read: ").Append(Shown(problem)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Bytes as people read them: <c>812 B</c>, <c>1.4 kB</c>, <c>23.0 MB</c>; powers of 1000.</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["kB", "MB", "GB", "TB"];
        if (Math.Abs(bytes) < 1000)
        {
            return $"{bytes} B";
        }

        var value = bytes / 1000.0;
        var unit = 0;
        while (Math.Abs(value) >= 999.95 && unit < units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return $"{value:0.0} {units[unit]}";
    }

    internal static string Word(VerbOrigin origin) => origin switch
    {
        VerbOrigin.Packager => "packager",
        VerbOrigin.Generated => "generated",
        VerbOrigin.Agent => "agent",
        _ => "missing",
    };

    private static void WriteLayers(ImageInspection image, StringBuilder text)
    {
        text.Append($"\nlayers ({Bytes(image.Size)} compressed)\n");
        foreach (var layer in image.Layers)
        {
            text.Append(
                $"  {layer.Digest[..Math.Min(19, layer.Digest.Length)]}  {Bytes(layer.Size),10}  {Bytes(layer.FileBytes),10} in "
                + $"{layer.Entries} {(layer.Entries == 1 ? "entry" : "entries")}  {Printable.Escape(layer.Purpose ?? "", 60)}\n");
        }
    }

    /// <summary>Directories down to two levels with what they hold in sum; all of it is in the JSON form.</summary>
    private static void WriteTree(ImageInspection image, StringBuilder text)
    {
        if (image.Tree.Count == 0)
        {
            return;
        }

        text.Append("\n/nua\n");
        foreach (var (name, folder) in Folders(image))
        {
            text.Append(
                $"  {Shown(name) + (folder.Names.Count > 0 || folder.IsDirectory ? "/" : ""),-12} {Bytes(folder.Size),10}  {Files(folder.Files)}\n");
            foreach (var inside in folder.Names.Take(MostNames))
            {
                text.Append($"    {Shown(inside)}\n");
            }

            if (folder.Names.Count > MostNames)
            {
                text.Append($"    … and {folder.Names.Count - MostNames} more\n");
            }
        }
    }

    /// <summary>What is directly below <c>/nua</c>, in the order of its names. Files are counted as they come: an image may have hundreds of thousands.</summary>
    private static IEnumerable<KeyValuePair<string, FolderSum>> Folders(ImageInspection image)
    {
        var folders = new OrderedDictionary<string, FolderSum>(StringComparer.Ordinal);
        foreach (var file in image.Tree)
        {
            // "", "nua", the folder, a name in it, whatever is below.
            var parts = file.Path.Split('/', 5);
            if (!folders.TryGetValue(parts[2], out var folder))
            {
                folders[parts[2]] = folder = new FolderSum { IsDirectory = file.Type == "directory" };
            }

            folder.Size += file.Size;
            if (parts.Length > 3)
            {
                folder.Names.Add(parts[3]);
                folder.Files += file.Type == "directory" ? 0 : 1;
            }
        }

        return folders;
    }

    private static void WriteVerbs(ImageInspection image, StringBuilder text)
    {
        if (image.Verbs.Count > 0)
        {
            text.Append("\nverbs\n");
        }

        foreach (var verb in image.Verbs)
        {
            text.Append($"  {verb.Name,-12} {Word(verb.Origin)}\n");
        }
    }

    private static string OnOneLine(JsonElement value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            value.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteLifecycle(ImageInspection image, StringBuilder text)
    {
        if (image.LifecycleJson is null)
        {
            return;
        }

        text.Append("\nlifecycle\n");
        using var document = JsonDocument.Parse(image.LifecycleJson);
        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in document.RootElement.EnumerateObject())
            {
                text.Append($"  {Shown(member.Name),-14} {Printable.Escape(OnOneLine(member.Value), 200)}\n");
            }
        }
    }

    private static void WriteComponents(ImageInspection image, StringBuilder text)
    {
        text.Append("\ncomponents   ").Append(image.Components.Count == 0
            ? "no SBOM"
            : string.Join(", ", image.Components.Select(pair => $"{pair.Value} {Shown(pair.Key)}"))).Append('\n');
        text.Append($"unattributed {Files(image.Unattributed.Count)}\n");
        foreach (var path in image.Unattributed.Take(MostUnattributed))
        {
            text.Append($"  {Shown(path)}\n");
        }

        if (image.Unattributed.Count > MostUnattributed)
        {
            text.Append($"  … and {image.Unattributed.Count - MostUnattributed} more; --json lists all\n");
        }
    }

    private static void WriteAttachments(ImageInspection image, StringBuilder text)
    {
        if (image.Attachments.Count > 0)
        {
            text.Append("\nattachments (not verified: 'nua verify')\n");
        }

        foreach (var attachment in image.Attachments)
        {
            text.Append($"  {attachment.Digest[..Math.Min(19, attachment.Digest.Length)]}  {Bytes(attachment.Size),10}  ")
                .Append(Printable.Escape(attachment.Tag ?? attachment.Type, 100)).Append('\n');
        }
    }

    private static void WriteLabels(ImageInspection image, StringBuilder text)
    {
        if (image.Labels.Count > 0)
        {
            text.Append("\nlabels\n");
        }

        foreach (var (name, value) in image.Labels)
        {
            text.Append($"  {Shown(name)}={Shown(value)}\n");
        }
    }

    private static string Files(int count) => count == 1 ? "1 file" : $"{count} files";

    private static string Shown(string text) => Printable.Escape(text, 300);

    private static string Quoted(string word) =>
        word.Length > 0 && word.All(
        c => char.IsAsciiLetterOrDigit(c) || "/.-_=:@%+,$".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{Shown(word)}'";

    private sealed class FolderSum
    {
        public bool IsDirectory { get; init; }

        public long Size { get; set; }

        public int Files { get; set; }

        public SortedSet<string> Names { get; } = new(StringComparer.Ordinal);
    }
}
