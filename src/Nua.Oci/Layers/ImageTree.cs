using System.Security.Cryptography;
using Nua.Foundation;
using Nua.Oci.Compression;
using Nua.Oci.Tar;

namespace Nua.Oci.Layers;

/// <summary>
/// What an image's file system looks like when all layers are on top of each other, without unpacking anything. Reading it checks every
/// digest and diff_id. Memory depends on the number of files, not on their size.
/// </summary>
public sealed class ImageTree
{
    private readonly TreeBuilder _tree;
    private readonly TreeOptions _options;

    private ImageTree(Image image, TreeOptions options)
    {
        Image = image;
        _options = options;
        _tree = new TreeBuilder(options.MaxNodes);
    }

    public Image Image { get; }

    /// <summary>Base first.</summary>
    public IReadOnlyList<LayerSummary> Layers { get; private set; } = [];

    /// <exception cref="ProblemException">NUA3014 to NUA3059, NUA3060 to NUA3062: the same as unpacking gives.</exception>
    public static ImageTree Read(Image image, TreeOptions? options = null, CancellationToken cancellation = default)
    {
        var tree = new ImageTree(image, options ?? TreeOptions.Default);
        tree.Layers = [.. image.Layers.Select(layer => tree.ReadLayer(layer, cancellation))];
        return tree;
    }

    /// <param name="path">With or without a leading slash; empty or <c>/</c> is the root.</param>
    /// <param name="followLinks">Resolves the last part too, inside the image, if it is a symbolic link. Its parents are always resolved.</param>
    /// <returns>With the path that was resolved to; null when there is nothing.</returns>
    public TreeNode? Find(string path, bool followLinks = false)
    {
        var entry = _tree.Find(path, followLinks, out var real);
        return entry is null ? null : NodeOf(real, entry);
    }

    /// <summary>What is directly in a directory, sorted by name; nothing when it is not one.</summary>
    public IReadOnlyList<TreeNode> Children(string path)
    {
        var entry = _tree.Find(path, followLast: true, out var real);
        return entry?.Children is null ? [] : [.. Sorted(entry).Select(child => NodeOf(LayerPath.Join(real, child.Key), child.Value))];
    }

    /// <summary>Everything below a directory, without itself; parents before children, siblings sorted by name.</summary>
    public IEnumerable<TreeNode> Walk(string under = "")
    {
        var entry = _tree.Find(under, followLast: true, out var real);
        return entry is null ? [] : Walk(real, entry);
    }

    /// <summary>A file's bytes: what was kept, else by reading its layer again.</summary>
    /// <exception cref="ProblemException">NUA3037 it is larger than <paramref name="limit"/>.</exception>
    public byte[] ReadContent(TreeNode node, int limit = 16 << 20)
    {
        if (node.Content is { } kept)
        {
            return kept.ToArray();
        }

        if (node.Size > limit)
        {
            throw new ProblemException(new Problem("NUA3037", $"'{Printable.Escape(node.Path, 200)}' is larger than {limit} bytes")
            {
                Where = Image.Digest.ToString(),
            });
        }

        using var output = new MemoryStream((int)node.Size);
        CopyContent(node, output);
        return output.ToArray();
    }

    /// <summary>Copies a file's bytes by reading its layer again, up to the file and no further: the layer was verified when the tree was read.</summary>
    public void CopyContent(TreeNode node, Stream output)
    {
        if (node.Type != TarEntryType.File)
        {
            throw new ArgumentException($"'{Printable.Escape(node.Path, 200)}' is not a regular file", nameof(node));
        }

        var (index, offset) = node.Source;
        using var tar = LayerStreams.OpenVerified(Image, Image.Layers[index], _options.Expansion);
        using var reader = new TarReader(tar, $"layer {index}", _options.Tar);
        while (reader.Next() is { } entry)
        {
            if (entry.Offset == offset)
            {
                reader.Content.CopyTo(output);
                return;
            }
        }
    }

    private LayerSummary ReadLayer(ImageLayer layer, CancellationToken cancellation)
    {
        var where = $"layer {layer.Index} ({layer.Blob.Digest})";
        using var counted = new CountingStream(LayerStreams.OpenVerified(Image, layer, _options.Expansion));
        using var reader = new TarReader(counted, where, _options.Tar);
        long entries = 0, fileBytes = 0, whiteouts = 0;
        while (reader.Next() is { } entry)
        {
            cancellation.ThrowIfCancellationRequested();
            var change = LayerChange.Of(entry, where);
            _options.OnEntry?.Invoke(layer.Index, LayerPath.Normalise(entry.Path, where), entry);
            _tree.Apply(
                change, entry, layer.Index, () => FileOf(entry, change.Path, layer.Index, reader.Content),
                $"{where}: at byte {entry.Offset}");
            entries++;
            fileBytes += entry.Size;
            whiteouts += change.Kind == ChangeKind.Put ? 0 : 1;
        }

        return new LayerSummary(layer.Index, entries, counted.Count, fileBytes, whiteouts, reader.HasEndMarker);
    }

    private TreeFile FileOf(TarEntry entry, string path, int layer, Stream content)
    {
        var isFile = entry.Type == TarEntryType.File;
        var isKept = isFile && entry.Size <= _options.MaxKeptBytes && _options.KeepContent?.Invoke(path) == true;
        var bytes = isKept ? ReadAll(content, (int)entry.Size) : null;
        var hash = !isFile || !_options.HashContent
            ? null
            : Convert.ToHexStringLower(bytes is null ? SHA256.HashData(content) : SHA256.HashData(bytes));
        return new TreeFile
        {
            Entry = entry,
            Type = entry.Type,
            Layer = layer,
            Source = (layer, entry.Offset),
            Size = entry.Size,
            Sha256 = hash,
            // Without the cast a null array would become empty memory.
            Content = bytes is null ? (ReadOnlyMemory<byte>?)null : bytes,
        };
    }

    private static byte[] ReadAll(Stream content, int size)
    {
        var bytes = new byte[size];
        content.ReadExactly(bytes);
        return bytes;
    }

    private static IEnumerable<TreeNode> Walk(string path, TreeEntry directory)
    {
        foreach (var (name, entry) in Sorted(directory))
        {
            var child = LayerPath.Join(path, name);
            yield return NodeOf(child, entry);
            foreach (var below in Walk(child, entry))
            {
                yield return below;
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, TreeEntry>> Sorted(TreeEntry directory) =>
        directory.Children is { } children ? children.OrderBy(child => child.Key, StringComparer.Ordinal) : [];

    private static TreeNode NodeOf(string path, TreeEntry entry) => new(path, entry.File.Type, entry.File.Layer)
    {
        Entry = entry.File.Entry,
        Size = entry.File.Size,
        Sha256 = entry.File.Sha256,
        Content = entry.File.Content,
        HardLinkTo = entry.HardLinkTo,
        Source = entry.File.Source,
    };
}
