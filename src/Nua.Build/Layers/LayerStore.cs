using System.Text.Json;
using System.Text.Json.Serialization;
using Nua.Build.Planning;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Layers;
using Nua.Oci.Storage;
using Nua.Oci.Tar;
using Nua.Rootfs;
using Nua.Rootfs.Trees;

namespace Nua.Build.Layers;

/// <summary>
/// Writes layers, each at most once: a layer whose paths, modes, owners and contents are the same as one written before is that one. The record
/// is <c>layers/KEY</c>, where KEY is the tree's digest, the compression and the version of the layer format, and its content
/// <c>{"media_type","digest","size","diff_id","tar_size"}</c>.
/// </summary>
/// <param name="rehashes">Every layer that would be used again is read and hashed first; a damaged one is written anew.</param>
public sealed class LayerStore(StoreWriter writer, LayerCompression compression, bool rehashes)
{
    /// <summary>Raised when the bytes of a layer change for the same tree, so that a new version of Nua does not reuse old blobs.</summary>
    public const int FormatVersion = 1;

    /// <param name="workshop">Where the <see cref="ContentOrigin.Stack"/> files are.</param>
    /// <param name="stack">The stack they are in.</param>
    /// <param name="keepsTimes">Modification times are part of the layer's identity: operating system packages.</param>
    public BuiltLayer Write(
        LayerKind kind, IReadOnlyCollection<LayerItem> items, Workshop? workshop = null, string stack = "", bool upperOnly = false, bool keepsTimes = false)
    {
        var sorted = WithParents(items).OrderBy(item => item.Entry.Path, Comparer<string>.Create(FileTree.CompareBytes)).ToList();
        var tree = new FileTree(sorted.ConvertAll(item => item.Entry));
        var epoch = keepsTimes ? "" : "-" + (sorted.Count > 0 ? sorted[0].Entry.ModifiedSeconds : 0);
        var key = $"{tree.ComputeDigest(keepsTimes)}-{compression}-{FormatVersion}{epoch}".ToLowerInvariant();
        if (Find(key) is { } known)
        {
            return new BuiltLayer(kind, known, tree);
        }

        var layer = Compress(sorted, workshop, stack, upperOnly);
        Remember(key, layer);
        return new BuiltLayer(kind, layer, tree);
    }

    /// <summary>The layer of an earlier build, if its blob is still in the store.</summary>
    public Layer? Find(string key)
    {
        if (writer.Store.ReadRecord(RecordKind.Layers, key) is not { } bytes)
        {
            return null;
        }

        try
        {
            var record = JsonSerializer.Deserialize(bytes, LayerJson.Default.LayerRecord)!;
            var blob = new Descriptor(record.MediaType, Digest.Parse(record.Digest), record.Size);
            return (rehashes ? writer.HoldsSound(blob, CancellationToken.None) : writer.Holds(blob.Digest, blob.Size))
                ? new Layer(blob, Digest.Parse(record.DiffId), record.TarSize)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Enters a layer whose blob is in the store under another key as well.</summary>
    public void Remember(string key, Layer layer)
    {
        writer.Sync();
        var record = new LayerRecord(
            layer.Blob.MediaType, layer.Blob.Digest.ToString(), layer.Blob.Size, layer.DiffId.ToString(), layer.TarSize);
        writer.Store.WriteRecord(
            RecordKind.Layers, key, JsonSerializer.SerializeToUtf8Bytes(record, LayerJson.Default.LayerRecord));
    }

    private Layer Compress(List<LayerItem> items, Workshop? workshop, string stack, bool upperOnly)
    {
        using var layer = new LayerWriter(writer, compression);
        var inStack = items
            .Where(item => item.Origin is ContentOrigin.Stack)
            .Select(item => (((ContentOrigin.Stack)item.Origin!).Path, item.Entry.Size))
            .ToList();
        if (inStack.Count == 0)
        {
            WriteItems(layer, items, Stream.Null);
        }
        else
        {
            workshop!.ReadContent(stack, upperOnly, inStack, content => WriteItems(layer, items, content));
        }

        return layer.Complete();
    }

    private static void WriteItems(LayerWriter layer, List<LayerItem> items, Stream content)
    {
        foreach (var (entry, origin) in items)
        {
            var time = new TarTime(entry.ModifiedSeconds);
            if (entry.Kind == TreeKind.Whiteout)
            {
                layer.Remove(entry.Path, time);
                continue;
            }

            var header = Header(entry);
            switch (origin)
            {
                case ContentOrigin.Memory memory:
                    layer.Add(header, memory.Bytes);
                    break;
                case ContentOrigin.Disk disk:
                    using (var file = OpenSame(disk.Path, entry))
                    {
                        layer.Add(header, file);
                    }

                    break;
                case ContentOrigin.Stack:
                    layer.Add(header, new SectionStream(content, entry.Size));
                    break;
                default:
                    layer.Add(header);
                    break;
            }

            if (entry.Kind == TreeKind.OpaqueDirectory)
            {
                layer.Hide(entry.Path, time);
            }
        }
    }

    private static FileStream OpenSame(string path, TreeEntry entry)
    {
        var file = FileContent.Open(path);
        if (file.Length != entry.Size)
        {
            file.Dispose();
            throw new ProblemException(new Problem("NUA2151", $"'{Printable.Escape(path, 300)}' changed during the build")
            {
                Remedy = "build again when nothing writes to the folder",
            });
        }

        return file;
    }

    private static TarEntry Header(TreeEntry entry)
    {
        var type = entry.Kind switch
        {
            TreeKind.File => entry.IsHardLink ? TarEntryType.HardLink : TarEntryType.File,
            TreeKind.Symlink => TarEntryType.SymbolicLink,
            _ => TarEntryType.Directory,
        };
        var header = new TarEntry(entry.Path, type)
        {
            Mode = entry.Mode,
            Uid = entry.Uid,
            Gid = entry.Gid,
            Size = entry.IsHardLink ? 0 : entry.Size,
            Modified = new TarTime(entry.ModifiedSeconds),
            LinkTarget = entry.Link,
        };
        return entry.Capability is null
            ? header
            : header with
            {
                Xattrs = new SortedDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal)
                {
                    ["security.capability"] = entry.Capability,
                },
            };
    }

    /// <summary>A layer names every folder above its entries, so that unpacking it alone gives the right modes.</summary>
    private static IEnumerable<LayerItem> WithParents(IReadOnlyCollection<LayerItem> items)
    {
        var seen = new HashSet<string>(items.Select(item => item.Entry.Path), StringComparer.Ordinal);
        foreach (var item in items)
        {
            yield return item;
            for (var at = item.Entry.Path.LastIndexOf('/'); at > 0; at = item.Entry.Path.LastIndexOf('/', at - 1))
            {
                if (seen.Add(item.Entry.Path[..at]))
                {
                    yield return new LayerItem(Normal.Directory(item.Entry.Path[..at], item.Entry.ModifiedSeconds), null);
                }
            }
        }
    }
}

internal sealed record LayerRecord(string MediaType, string Digest, long Size, string DiffId, long TarSize);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LayerRecord))]
internal sealed partial class LayerJson : JsonSerializerContext;
