using System.Security.Cryptography;
using System.Threading.Channels;
using Nua.Foundation;
using Nua.Oci.Compression;
using Nua.Oci.Paths;
using Nua.Oci.Tar;

namespace Nua.Oci.Layers;

/// <summary>
/// What an image's file system looks like when all layers are on top of each other, without unpacking anything. Reading it
/// checks every digest and diff_id. Memory depends on the number of files, not on their size.
/// </summary>
public sealed class ImageTree
{
    private readonly TreeNodes _nodes;
    private readonly TreeBuilder _tree;
    private readonly TreeOptions _options;
    private long _kept;

    private ImageTree(Image image, TreeOptions options)
    {
        Image = image;
        _options = options;
        _nodes = new TreeNodes(options.MaxNodes);
        _tree = new TreeBuilder(_nodes);
    }

    public Image Image { get; }

    /// <summary>Base first.</summary>
    public IReadOnlyList<LayerSummary> Layers { get; private set; } = [];

    /// <exception cref="ProblemException">NUA3014 to NUA3059, NUA3060 to NUA3062: the same as unpacking
    /// gives.</exception>
    public static ImageTree Read(Image image, TreeOptions? options = null, CancellationToken cancellation = default)
    {
        var tree = new ImageTree(image, options ?? TreeOptions.Default);
        tree.Layers = tree._options.Workers > 1 && image.Layers.Count > 1
            ? tree.ReadTogether(cancellation)
            : [.. image.Layers.Select(layer => tree.ReadLayer(layer, tree.Apply, cancellation))];
        return tree;
    }

    /// <param name="path">With or without a leading slash; empty or <c>/</c> is the root.</param>
    /// <param name="followLinks">Resolves the last part too, inside the image, if it is a symbolic link. Its parents
    /// are always resolved.</param>
    /// <returns>With the path that was resolved to; null when there is nothing.</returns>
    public TreeNode? Find(string path, bool followLinks = false)
    {
        var found = _tree.Find(path, followLinks);
        return found == PathTable.None ? null : _nodes.NodeOf(found);
    }

    /// <summary>What is directly in a directory, sorted by name; nothing when it is not one.</summary>
    public IReadOnlyList<TreeNode> Children(string path)
    {
        var found = _tree.Find(path, followLast: true);
        return found == PathTable.None ? [] : [.. _nodes.Children(found).Select(_nodes.NodeOf)];
    }

    /// <summary>Everything below a directory, without itself; parents before children, siblings sorted by
    /// name.</summary>
    public IEnumerable<TreeNode> Walk(string under = "")
    {
        var found = _tree.Find(under, followLast: true);
        return found == PathTable.None ? [] : Walk(found);
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

    /// <summary>Copies a file's bytes by reading its layer again, up to the file and no further: the layer was verified
    /// when the tree was read.</summary>
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

    /// <summary>
    /// Expands several layers at the same time and applies them in their order. Verdicts are the same as one after the other: what is
    /// wrong with a layer is told when its turn comes. A layer that is ahead of its turn waits when it has enough.
    /// </summary>
    private List<LayerSummary> ReadTogether(CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var layers = Image.Layers;
        var reading = new Queue<ReadAhead>();
        var summaries = new List<LayerSummary>(layers.Count);
        try
        {
            for (var next = 0; summaries.Count < layers.Count;)
            {
                for (; next < layers.Count && reading.Count < _options.Workers; next++)
                {
                    reading.Enqueue(new ReadAhead(this, layers[next], stop.Token));
                }

                summaries.Add(reading.Peek().Finish(Apply));
                reading.Dequeue();
            }

            return summaries;
        }
        finally
        {
            stop.Cancel();
            // Nobody may still read from blobs that the caller is about to close. What went wrong in these is not the first thing that did.
            Task.WhenAll(reading.Select(ahead => ahead.Task)).ContinueWith(static _ => { }, TaskScheduler.Default).Wait(CancellationToken.None);
        }
    }

    private LayerSummary ReadLayer(ImageLayer layer, Action<Change> take, CancellationToken cancellation)
    {
        var where = $"layer {layer.Index} ({layer.Blob.Digest})";
        using var counted = new CountingStream(LayerStreams.OpenVerified(Image, layer, _options.Expansion));
        using var reader = new TarReader(counted, where, _options.Tar);
        long entries = 0, fileBytes = 0, whiteouts = 0;
        while (reader.Next() is { } entry)
        {
            cancellation.ThrowIfCancellationRequested();
            var change = LayerChange.Of(entry, where);
            take(new Change(layer.Index, where, change, entry) { Content = reader.Content });
            entries++;
            fileBytes += entry.Size;
            whiteouts += change.Kind == ChangeKind.Put ? 0 : 1;
        }

        return new LayerSummary(layer.Index, entries, counted.Count, fileBytes, whiteouts, reader.HasEndMarker);
    }

    private void Apply(Change change)
    {
        _options.OnEntry?.Invoke(change.Layer, LayerPath.Normalise(change.Entry.Path, change.Where), change.Entry);
        _tree.Apply(
            change.Value, change.Entry, change.Layer, () => change.Known ?? ContentOf(change), $"{change.Where}: at byte {change.Entry.Offset}");
    }

    private FileContent ContentOf(Change change)
    {
        var (entry, content) = (change.Entry, change.Content!);
        var isFile = entry.Type == TarEntryType.File;
        var isKept = isFile && entry.Size <= _options.MaxKeptBytes && _options.KeepContent?.Invoke(change.Value.Path) == true
            && Interlocked.Add(ref _kept, entry.Size) <= _options.MaxKeptTotal;
        var bytes = isKept ? ReadAll(content, (int)entry.Size) : null;
        var hash = !isFile || !_options.HashContent ? null : bytes is null ? SHA256.HashData(content) : SHA256.HashData(bytes);
        return new FileContent(hash, bytes);
    }

    private static byte[] ReadAll(Stream content, int size)
    {
        var bytes = new byte[size];
        content.ReadExactly(bytes);
        return bytes;
    }

    private IEnumerable<TreeNode> Walk(int directory)
    {
        var pending = new Stack<int>(_nodes.Children(directory).Reverse());
        while (pending.TryPop(out var path))
        {
            yield return _nodes.NodeOf(path);
            foreach (var child in _nodes.Children(path).Reverse())
            {
                pending.Push(child);
            }
        }
    }

    /// <summary>A layer that is read while others are.</summary>
    private sealed class ReadAhead
    {
        private const int MostAhead = 4096;

        private readonly Channel<Change> _changes = Channel.CreateBounded<Change>(
            new BoundedChannelOptions(MostAhead) { SingleReader = true, SingleWriter = true });

        public ReadAhead(ImageTree tree, ImageLayer layer, CancellationToken cancellation) =>
            Task = System.Threading.Tasks.Task.Run(() => Read(tree, layer, cancellation), CancellationToken.None);

        public Task<LayerSummary> Task { get; }

        /// <summary>Takes what was read and what is still to come.</summary>
        public LayerSummary Finish(Action<Change> take)
        {
            while (_changes.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            {
                while (_changes.Reader.TryRead(out var change))
                {
                    take(change);
                }
            }

            return Task.GetAwaiter().GetResult();
        }

        private LayerSummary Read(ImageTree tree, ImageLayer layer, CancellationToken cancellation)
        {
            try
            {
                return tree.ReadLayer(
                    layer,
                    change =>
                    {
                        FileContent? known = change.Value is { Kind: ChangeKind.Put, Link: null } ? tree.ContentOf(change) : null;
                        var whole = change with { Known = known, Content = null };
                        if (!_changes.Writer.TryWrite(whole))
                        {
                            _changes.Writer.WriteAsync(whole, cancellation).AsTask().GetAwaiter().GetResult();
                        }
                    },
                    cancellation);
            }
            finally
            {
                // What went wrong is told by the task, after everything that was read before.
                _changes.Writer.Complete();
            }
        }
    }

    /// <summary>One entry of a layer on its way to the tree.</summary>
    /// <param name="Value">What it does.</param>
    private sealed record Change(int Layer, string Where, LayerChange Value, TarEntry Entry)
    {
        /// <summary>Only while the entry is the reader's current one.</summary>
        public Stream? Content { get; init; }

        /// <summary>Made already, when the layer was read ahead.</summary>
        public FileContent? Known { get; init; }
    }
}
