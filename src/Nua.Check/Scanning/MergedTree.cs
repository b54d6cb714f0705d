namespace Nua.Check.Scanning;

/// <summary>
/// What a container of the image sees: the layers laid on each other by image-spec's rules. Kept apart from any
/// unpacking, because a check must also be able to look at an image that no runtime would unpack.
/// </summary>
/// <param name="mostNodes">Files and directories it will hold; what goes beyond is left out.</param>
internal sealed class MergedTree(int mostNodes)
{
    private const int MostLinks = 40;

    private readonly Node _root = new();
    private int _nodes;

    /// <summary>True when something was left out.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Every path of the tree in the order of its names, the root first.</summary>
    public IEnumerable<ScannedEntry> Entries => Below(_root);

    /// <summary>Lays one more layer on top. Whiteouts count for what lies below the layer only, whatever their place in
    /// it.</summary>
    public void Add(ScannedLayer layer)
    {
        foreach (var whiteout in layer.Whiteouts)
        {
            Hide(whiteout);
        }

        foreach (var entry in layer.Entries)
        {
            Put(entry);
        }
    }

    /// <summary>Whether the path is there, links not followed, be it only as the parent of something.</summary>
    public bool Has(string path) => Find(path) is not null;

    /// <summary>The entry of exactly this path, links not followed.</summary>
    public ScannedEntry? At(string path) => Find(path)?.Entry;

    /// <summary>All entries below the path, in the order of their names.</summary>
    public IEnumerable<ScannedEntry> EntriesBelow(string path) =>
        Find(path) is { } node ? Below(node).Where(entry => entry != node.Entry) : [];

    public IEnumerable<string> NamesIn(string path) => Find(path)?.Children.Keys ?? (IEnumerable<string>)[];

    /// <summary>Where the path leads when symbolic links are followed inside the image; null when it leads
    /// nowhere.</summary>
    /// <param name="path">Absolute or relative to the root.</param>
    public ScannedEntry? Follow(string path)
    {
        var left = MostLinks;
        return Walk(path, ref left)?.Entry;
    }

    /// <summary>Whether something can be put below the path, links followed inside the image.</summary>
    public bool IsDirectory(string path)
    {
        var left = MostLinks;
        return Walk(path, ref left) is { } node && node.Entry is null or { Kind: EntryKind.Directory };
    }

    private Node? Walk(string path, ref int left)
    {
        var pending = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        var trail = new List<Node> { _root };
        while (pending.TryPop(out var name))
        {
            if (name == ".")
            {
                continue;
            }

            if (name == "..")
            {
                if (trail.Count > 1)
                {
                    trail.RemoveAt(trail.Count - 1);
                }

                continue;
            }

            if (!trail[^1].Children.TryGetValue(name, out var next))
            {
                return null;
            }

            if (next.Entry?.Kind != EntryKind.Link)
            {
                trail.Add(next);
                continue;
            }

            if (--left < 0)
            {
                return null;
            }

            if (next.Entry.Target.StartsWith('/'))
            {
                trail.RemoveRange(1, trail.Count - 1);
            }

            foreach (var part in next.Entry.Target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
            {
                pending.Push(part);
            }
        }

        return trail[^1];
    }

    private Node? Find(string path)
    {
        var node = _root;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!node.Children.TryGetValue(name, out node!))
            {
                return null;
            }
        }

        return node;
    }

    private void Put(ScannedEntry entry)
    {
        if (entry.Path.Length == 0)
        {
            _root.Entry = entry;
            return;
        }

        var node = _root;
        foreach (var name in entry.Path.Split('/'))
        {
            if (!node.Children.TryGetValue(name, out var next))
            {
                if (_nodes >= mostNodes)
                {
                    IsFull = true;
                    return;
                }

                _nodes++;
                node.Add(name, next = new Node());
            }

            node = next;
        }

        if (entry.Kind != EntryKind.Directory)
        {
            node.Clear();
        }

        node.Entry = entry;
    }

    private void Hide(Whiteout whiteout)
    {
        if (Find(whiteout.Parent) is not { } parent)
        {
            return;
        }

        if (whiteout.Hides is null)
        {
            parent.Clear();
        }
        else
        {
            parent.Remove(whiteout.Hides);
        }
    }

    private static IEnumerable<ScannedEntry> Below(Node start)
    {
        var pending = new Stack<Node>([start]);
        while (pending.TryPop(out var node))
        {
            if (node.Entry is not null)
            {
                yield return node.Entry;
            }

            foreach (var child in node.Children.OrderByDescending(pair => pair.Key, StringComparer.Ordinal))
            {
                pending.Push(child.Value);
            }
        }
    }

    private sealed class Node
    {
        private static readonly Dictionary<string, Node> _none = [];

        private Dictionary<string, Node>? _children;

        public ScannedEntry? Entry { get; set; }

        public IReadOnlyDictionary<string, Node> Children => _children ?? _none;

        public void Add(string name, Node child) =>
            (_children ??= new Dictionary<string, Node>(StringComparer.Ordinal)).Add(name, child);

        public void Remove(string name) => _children?.Remove(name);

        public void Clear() => _children = null;
    }
}
