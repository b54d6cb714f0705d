namespace Nua.Oci.Paths;

/// <summary>
/// Gives every path of an image a number, and keeps names once: about 50 bytes a path, however long it is. One hash table serves all
/// directories. Paths are only added, so numbers stay valid; who uses them keeps what is there now.
/// </summary>
/// <param name="mostPaths">Paths it will hold, the root not counted.</param>
/// <param name="mostCharacters">Characters of all names and other texts together.</param>
public sealed class PathTable(int mostPaths, long mostCharacters)
{
    public const int Root = 0;

    /// <summary>No path.</summary>
    public const int None = -1;

    private readonly BigList<Node> _nodes = NewNodes();
    private readonly TextStore _texts = new();
    private int[] _buckets = NewBuckets(1 << 10);
    private long _characters;

    /// <summary>The root included; numbers are below it.</summary>
    public int Count => _nodes.Count;

    /// <summary>The number of a path, new or not; <see cref="None"/> when the table is full.</summary>
    /// <param name="path">Without leading, trailing or double slashes; empty is the root.</param>
    public int Add(ReadOnlySpan<char> path)
    {
        var node = Root;
        foreach (var part in path.Split('/'))
        {
            if (!path[part].IsEmpty && (node = Add(node, path[part])) == None)
            {
                return None;
            }
        }

        return node;
    }

    public int Add(int parent, ReadOnlySpan<char> name)
    {
        var found = Find(parent, name);
        if (found != None || _nodes.Count > mostPaths || _characters + name.Length > mostCharacters)
        {
            return found;
        }

        if (_nodes.Count >= _buckets.Length)
        {
            Rehash();
        }

        var hash = HashOf(parent, name);
        ref var bucket = ref _buckets[hash & (_buckets.Length - 1)];
        ref var above = ref _nodes[parent];
        _characters += name.Length;
        var added = _nodes.Add(new Node
        {
            Parent = parent,
            Hash = hash,
            NameAt = _texts.Add(name),
            NameLength = (ushort)name.Length,
            NextInBucket = bucket,
            FirstChild = None,
            NextSibling = above.FirstChild,
        });
        above.FirstChild = added;
        bucket = added;
        return added;
    }

    /// <summary><see cref="None"/> when it was never added.</summary>
    public int Find(ReadOnlySpan<char> path)
    {
        var node = Root;
        foreach (var part in path.Split('/'))
        {
            if (!path[part].IsEmpty && (node = Find(node, path[part])) == None)
            {
                return None;
            }
        }

        return node;
    }

    public int Find(int parent, ReadOnlySpan<char> name)
    {
        var hash = HashOf(parent, name);
        for (var node = _buckets[hash & (_buckets.Length - 1)]; node != None; node = _nodes[node].NextInBucket)
        {
            if (_nodes[node].Hash == hash && _nodes[node].Parent == parent && Name(node).SequenceEqual(name))
            {
                return node;
            }
        }

        return None;
    }

    /// <summary><see cref="None"/> for the root.</summary>
    public int Parent(int path) => _nodes[path].Parent;

    public ReadOnlySpan<char> Name(int path) => _texts.Get(_nodes[path].NameAt, _nodes[path].NameLength);

    /// <summary>Relative to the root; the root is empty.</summary>
    public string Path(int path)
    {
        var length = -1;
        for (var at = path; at > Root; at = _nodes[at].Parent)
        {
            length += _nodes[at].NameLength + 1;
        }

        return length < 0 ? "" : string.Create(length, (Table: this, path), static (text, from) =>
        {
            for (var at = from.path; at > Root; at = from.Table._nodes[at].Parent)
            {
                var name = from.Table.Name(at);
                name.CopyTo(text[^name.Length..]);
                text = text[..^name.Length];
                if (!text.IsEmpty)
                {
                    text[^1] = '/';
                    text = text[..^1];
                }
            }
        });
    }

    /// <summary>Everything that was ever added to a directory, the newest first.</summary>
    public IEnumerable<int> Children(int path)
    {
        for (var child = FirstChild(path); child != None; child = NextSibling(child))
        {
            yield return child;
        }
    }

    public int FirstChild(int path) => _nodes[path].FirstChild;

    public int NextSibling(int path) => _nodes[path].NextSibling;

    /// <summary>Keeps a text with the names; null when there is no room.</summary>
    public StoredText? Keep(ReadOnlySpan<char> text)
    {
        if ((_characters += text.Length) > mostCharacters)
        {
            return null;
        }

        return new StoredText(_texts.Add(text), text.Length);
    }

    public string Text(StoredText text) => _texts.Get(text.At, text.Length).ToString();

    // The string hash is keyed anew for each process: nobody can make names that meet.
    private static int HashOf(int parent, ReadOnlySpan<char> name) => HashCode.Combine(parent, string.GetHashCode(name));

    private static BigList<Node> NewNodes()
    {
        var nodes = new BigList<Node>();
        nodes.Add(new Node { Parent = None, FirstChild = None, NextSibling = None, NextInBucket = None });
        return nodes;
    }

    private static int[] NewBuckets(int count)
    {
        var buckets = new int[count];
        Array.Fill(buckets, None);
        return buckets;
    }

    private void Rehash()
    {
        _buckets = NewBuckets(_buckets.Length * 2);
        for (var i = 1; i < _nodes.Count; i++)
        {
            ref var node = ref _nodes[i];
            ref var bucket = ref _buckets[node.Hash & (_buckets.Length - 1)];
            node.NextInBucket = bucket;
            bucket = i;
        }
    }

    private struct Node
    {
        public int Parent;
        public int Hash;
        public int NextInBucket;
        public int FirstChild;
        public int NextSibling;
        public int NameAt;
        public ushort NameLength;
    }
}

/// <summary>A text in a <see cref="PathTable"/>; the default is the empty text.</summary>
public readonly record struct StoredText(int At, int Length);
