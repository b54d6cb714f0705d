using Nua.Oci.Paths;

namespace Nua.Check.Scanning;

/// <summary>
/// What a container of the image sees: the layers laid on each other by image-spec's rules. Kept apart from any
/// unpacking, because a check must also be able to look at an image that no runtime would unpack. Holds the entries of the layers
/// too, those that a later layer hides included.
/// </summary>
internal sealed class MergedTree(PathTable paths)
{
    private const int MostLinks = 40;
    private const int None = PathTable.None;

    private readonly BigList<EntryData> _entries = new();
    private readonly BigList<State> _states = new();

    public PathTable Paths => paths;

    /// <summary>Every path of the tree in the order of its names, the root first.</summary>
    public IEnumerable<ScannedEntry> Entries => EntriesFrom(PathTable.Root);

    public int EntryCount => _entries.Count;

    /// <summary>Adds an entry to the layer that is being read; the merged tree is as it was until <see cref="Add"/>.</summary>
    /// <returns>The entry that the layer had of this path before.</returns>
    public ScannedEntry? Take(ScannedLayer layer, in EntryData entry)
    {
        ref var state = ref StateOf(entry.Path);
        var before = View(state.Pending);
        state.Pending = _entries.Add(entry);
        layer.EntriesTo = _entries.Count;
        return before;
    }

    /// <summary>Adds a whiteout to the layer that is being read.</summary>
    /// <param name="mark">The whiteout file's own path.</param>
    /// <returns>False when the layer has it already.</returns>
    public bool TakeWhiteout(ScannedLayer layer, int mark)
    {
        ref var state = ref StateOf(mark);
        if (state.IsMarked)
        {
            return false;
        }

        state.IsMarked = true;
        layer.Whiteouts.Add(new Whiteout(paths, mark));
        return true;
    }

    /// <summary>What the layer that is being read has at this path.</summary>
    public ScannedEntry? Taken(int path) => path == None ? null : View(StateOf(path).Pending);

    /// <summary>Lays the layer that was read on top. Whiteouts count for what lies below the layer only, whatever their place in
    /// it.</summary>
    public void Add(ScannedLayer layer)
    {
        foreach (var whiteout in layer.Whiteouts)
        {
            StateOf(whiteout.Mark).IsMarked = false;
            Hide(whiteout);
        }

        for (var i = layer.EntriesFrom; i < layer.EntriesTo; i++)
        {
            var path = _entries[i].Path;
            if (_entries[i].Kind != EntryKind.Directory && path != PathTable.Root)
            {
                Clear(path);
            }

            Show(path);
            ref var state = ref StateOf(path);
            state.Entry = i;
            state.Pending = None;
        }
    }

    /// <summary>Whether the path is there, links not followed, be it only as the parent of something.</summary>
    public bool Has(string path) => Has(paths.Find(path));

    public bool Has(int path) => path == PathTable.Root || (path != None && StateOf(path).IsThere);

    /// <summary>The entry of exactly this path, links not followed.</summary>
    public ScannedEntry? At(string path) => At(paths.Find(path));

    public ScannedEntry? At(int path) => path == None ? null : View(StateOf(path).Entry);

    /// <summary>All entries below the path, in the order of their names.</summary>
    public IEnumerable<ScannedEntry> EntriesBelow(string path)
    {
        var start = paths.Find(path);
        return Has(start) ? EntriesFrom(start).Where(entry => entry.Data.Path != start) : [];
    }

    public IEnumerable<string> NamesIn(string path)
    {
        var directory = paths.Find(path);
        return Has(directory) ? paths.Children(directory).Where(Has).Select(child => paths.Name(child).ToString()) : [];
    }

    /// <summary>Where the path leads when symbolic links are followed inside the image; null when it leads
    /// nowhere.</summary>
    /// <param name="path">Absolute or relative to the root.</param>
    public ScannedEntry? Follow(string path) => At(Walk(path));

    /// <summary>Whether something can be put below the path, links followed inside the image.</summary>
    public bool IsDirectory(int path) =>
        Walk(paths.Path(path)) is not None and var found && At(found) is null or { Kind: EntryKind.Directory };

    /// <summary>Entries from one index to another, as views.</summary>
    public ScannedEntry EntryAt(int index) => new(this, index);

    internal ref EntryData DataOf(int index) => ref _entries[index];

    private ScannedEntry? View(int index) => index == None ? null : new ScannedEntry(this, index);

    private ref State StateOf(int path)
    {
        while (_states.Count <= path)
        {
            _states.Add(new State { Entry = None, Pending = None });
        }

        return ref _states[path];
    }

    private int Walk(string path)
    {
        var left = MostLinks;
        var pending = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        var at = PathTable.Root;
        while (pending.TryPop(out var name))
        {
            if (name == ".")
            {
                continue;
            }

            if (name == "..")
            {
                at = Math.Max(paths.Parent(at), PathTable.Root);
                continue;
            }

            var next = paths.Find(at, name);
            if (!Has(next))
            {
                return None;
            }

            if (At(next) is not { Kind: EntryKind.Link } link)
            {
                at = next;
                continue;
            }

            if (--left < 0)
            {
                return None;
            }

            var target = link.Target;
            at = target.StartsWith('/') ? PathTable.Root : at;
            foreach (var part in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
            {
                pending.Push(part);
            }
        }

        return at;
    }

    /// <summary>Makes a path and its parents visible.</summary>
    private void Show(int path)
    {
        for (var at = path; at != PathTable.Root && !StateOf(at).IsThere; at = paths.Parent(at))
        {
            StateOf(at).IsThere = true;
            StateOf(paths.Parent(at)).Visible++;
        }
    }

    private void Hide(Whiteout whiteout)
    {
        var parent = paths.Parent(whiteout.Mark);
        if (whiteout.IsOpaque)
        {
            Clear(parent);
            return;
        }

        var hidden = whiteout.Hidden;
        if (hidden != None && StateOf(hidden).IsThere)
        {
            Remove(hidden);
            StateOf(parent).Visible--;
        }
    }

    private void Remove(int path)
    {
        Clear(path);
        ref var state = ref StateOf(path);
        state.Entry = None;
        state.IsThere = false;
    }

    private void Clear(int directory)
    {
        if (StateOf(directory).Visible == 0)
        {
            return;
        }

        for (var child = paths.FirstChild(directory); child != None; child = paths.NextSibling(child))
        {
            if (StateOf(child).IsThere)
            {
                Remove(child);
            }
        }

        StateOf(directory).Visible = 0;
    }

    /// <summary>Every path that this tree or another one of the same <see cref="Paths"/> has, parents first, in the order of the
    /// names.</summary>
    public IEnumerable<int> PathsWith(MergedTree other) => Walk(PathTable.Root, [this, other]);

    private IEnumerable<ScannedEntry> EntriesFrom(int start) => Walk(start, [this]).Select(At).OfType<ScannedEntry>();

    private IEnumerable<int> Walk(int start, MergedTree[] trees)
    {
        var pending = new Stack<int>([start]);
        while (pending.TryPop(out var path))
        {
            yield return path;
            if (trees.Any(tree => tree.StateOf(path).Visible > 0))
            {
                int[] children = [.. paths.Children(path).Where(child => trees.Any(tree => tree.Has(child)))];
                Array.Sort(children, (a, b) => paths.Name(b).CompareTo(paths.Name(a), StringComparison.Ordinal));
                foreach (var child in children)
                {
                    pending.Push(child);
                }
            }
        }
    }

    private struct State
    {
        /// <summary>Of the merged tree.</summary>
        public int Entry;

        /// <summary>Of the layer that is being read.</summary>
        public int Pending;

        /// <summary>Children that are there.</summary>
        public int Visible;

        public bool IsThere;

        /// <summary>The layer that is being read has a whiteout of this very name.</summary>
        public bool IsMarked;
    }
}
