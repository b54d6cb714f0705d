using System.Text.Json;
using Nua.Build.Layers;
using Nua.Build.Sbom;
using Nua.Foundation.Linux;
using Nua.Rootfs.Trees;
using TreeEntry = Nua.Rootfs.Trees.TreeEntry;

namespace Nua.Build.Metadata;

/// <summary><c>/nua/metadata/files.json</c>: every path the build put in the image, and which component it belongs to. Names that are not
/// UTF-8 are given as <c>path_base64</c>.</summary>
internal static class FilesDocument
{
    public static byte[] Write(IReadOnlyList<BuiltLayer> layers, IReadOnlyList<LayerItem> rest, Func<string, string?> componentOf)
    {
        // Where two layers have a path, the upper one is what the image shows.
        var rows = new SortedDictionary<string, (TreeEntry Entry, string Layer)>(StringComparer.Ordinal);
        foreach (var layer in layers)
        {
            foreach (var entry in layer.Tree.Entries.Where(e => e.Kind != TreeKind.Whiteout))
            {
                rows[entry.Path] = (entry, LayerNames.Of(layer.Kind));
            }
        }

        foreach (var item in rest)
        {
            rows[item.Entry.Path] = (item.Entry, "metadata");
        }

        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", 1);
            json.WriteStartArray("files");
            foreach (var (entry, layer) in rows.Values)
            {
                WriteRow(json, entry, layer, componentOf(entry.Path));
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>The document of a finished image with another topmost layer: the rows of the layers below stay as they are.</summary>
    public static byte[] Rewrite(ReadOnlySpan<byte> document, IReadOnlyList<LayerItem> metadata, ComponentInventory inventory)
    {
        var known = inventory.Parts.Append(inventory.App).Select(c => c.BomRef).ToHashSet(StringComparer.Ordinal);
        var rows = new SortedDictionary<string, Action<Utf8JsonWriter>>(StringComparer.Ordinal);
        var components = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var row in JsonFacts.ParseObject(document).Member("files").Items())
        {
            var path = row.Member("path").Text()
                ?? RawName.FromBytes(row.Member("path_base64") is { ValueKind: JsonValueKind.String } raw && raw.TryGetBytesFromBase64(out var bytes) ? bytes : []);
            components[path] = row.Member("component").Text();
            if (row.Member("layer").Text() != "metadata")
            {
                rows[path] = row!.Value.WriteTo;
            }
        }

        foreach (var (entry, _) in metadata)
        {
            var component = components.GetValueOrDefault(entry.Path) is { } named && known.Contains(named) ? named : null;
            rows[entry.Path] = json => WriteRow(json, entry, "metadata", component);
        }

        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", 1);
            json.WriteStartArray("files");
            foreach (var write in rows.Values)
            {
                write(json);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteRow(Utf8JsonWriter json, TreeEntry entry, string layer, string? component)
    {
        json.WriteStartObject();
        WriteName(json, "path", entry.Path);
        json.WriteString("type", entry.Kind switch
        {
            TreeKind.Directory or TreeKind.OpaqueDirectory => "dir",
            TreeKind.Symlink => "link",
            _ => entry.IsHardLink ? "hardlink" : "file",
        });
        json.WriteString("mode", Convert.ToString(entry.Mode, 8).PadLeft(4, '0'));
        json.WriteNumber("uid", entry.Uid);
        json.WriteNumber("gid", entry.Gid);
        json.WriteNumber("size", entry.Size);
        json.WriteString("sha256", entry.Sha256.Length > 0 ? entry.Sha256 : null);
        WriteName(json, "link", entry.Link);
        json.WriteString("component", component);
        json.WriteString("layer", layer);
        json.WriteEndObject();
    }

    private static void WriteName(Utf8JsonWriter json, string key, string? name)
    {
        if (name is not null && name.Any(c => c is >= '\udc80' and <= '\udcff') && !IsUtf8(name))
        {
            json.WriteString(key + "_base64", Convert.ToBase64String(RawName.ToBytes(name)));
            return;
        }

        json.WriteString(key, name);
    }

    private static bool IsUtf8(string name) => RawName.FromBytes(RawName.ToBytes(name)) == name && !name.Where((c, i) =>
        char.IsLowSurrogate(c) && (i == 0 || !char.IsHighSurrogate(name[i - 1]))).Any();
}

/// <summary>The names of layer kinds in documents.</summary>
public static class LayerNames
{
    public static string Of(Planning.LayerKind kind) => kind switch
    {
        Planning.LayerKind.Base => "base",
        Planning.LayerKind.Packages => "packages",
        Planning.LayerKind.Runtime => "runtime",
        Planning.LayerKind.Dependencies => "dependencies",
        Planning.LayerKind.Application => "application",
        _ => "metadata",
    };
}
