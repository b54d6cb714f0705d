using Nua.Foundation;
using Nua.Oci.Tar;

namespace Nua.Oci.Layers;

/// <summary>Merges layers in memory by the same rules, with the same verdicts, as <see cref="LayerApplier"/> does on
/// disk.</summary>
internal sealed class TreeBuilder(int maxNodes)
{
    private const int MaxLinks = 40;

    private int _nodes;

    public TreeEntry Root { get; } = Directory("", layer: -1);

    public void Apply(LayerChange change, TarEntry entry, int layer, Func<TreeFile> makeFile, string where)
    {
        switch (change.Kind)
        {
            case ChangeKind.Remove:
                RemoveLower(change.Path, layer, where);
                break;
            case ChangeKind.Empty:
                var directory = Resolve(change.Path, layer, create: true, where)!;
                MarkDirectory(change.Path, layer);
                Clear(directory, layer);
                break;
            default:
                Put(change, entry, layer, makeFile, where);
                break;
        }
    }

    /// <summary>The entry at a path, links among its parents followed; the last part too when asked.</summary>
    public TreeEntry? Find(string path, bool followLast, out string real)
    {
        var trail = new List<(string Name, TreeEntry Entry)>();
        var found = Walk(path, followLast, trail, out _);
        real = string.Join('/', trail.Select(step => step.Name));
        return found;
    }

    public static ProblemException TooMany(int maxNodes, string where) =>
        new(new Problem("NUA3036", $"the image has more than {maxNodes} files") { Where = where });

    private static TreeEntry Directory(string path, int layer) => new(new TreeFile
    {
        Entry = new TarEntry(path, TarEntryType.Directory),
        Type = TarEntryType.Directory,
        Layer = -1,
        Source = (-1, -1),
    })
    { Children = new Dictionary<string, TreeEntry>(StringComparer.Ordinal), Layer = layer, IsImplied = true };

    private void Put(LayerChange change, TarEntry entry, int layer, Func<TreeFile> makeFile, string where)
    {
        if (change.Path.Length == 0)
        {
            Root.File = makeFile();
            return;
        }

        var parent = Resolve(LayerPath.Parent(change.Path), layer, create: true, where)!;
        var name = LayerPath.Name(change.Path);
        var old = parent.Children!.GetValueOrDefault(name);
        var isDirectory = entry.Type == TarEntryType.Directory;
        if (old is not null && old.Layer == layer && !(isDirectory && old.IsDirectory))
        {
            throw LayerChange.Duplicate(change.Path, where);
        }

        // The target is looked for before anything is replaced, and made a name of afterwards.
        var target = change.Link is null ? null : LinkTarget(change, old, where);
        if (isDirectory && old is { IsDirectory: true })
        {
            old.File = makeFile();
            (old.Layer, old.IsImplied) = (layer, false);
            MarkDirectory(LayerPath.Parent(change.Path), layer);
            return;
        }

        if (old is not null)
        {
            Forget(old);
        }

        Count(where);
        var file = target ?? makeFile();
        if (target is not null)
        {
            target.Entry = target.Entry with
            {
                Mode = entry.Mode,
                Uid = entry.Uid,
                Gid = entry.Gid,
                Modified = entry.Modified,
                Xattrs = entry.Xattrs.Count > 0 ? entry.Xattrs : target.Entry.Xattrs,
            };
            target.Layer = layer;
        }

        parent.Children![name] = new TreeEntry(file)
        {
            Layer = layer,
            HardLinkTo = change.Link,
            Children = isDirectory ? new Dictionary<string, TreeEntry>(StringComparer.Ordinal) : null,
        };
        MarkDirectory(LayerPath.Parent(change.Path), layer);
    }

    private TreeFile LinkTarget(LayerChange change, TreeEntry? replaced, string where)
    {
        var parent = Resolve(LayerPath.Parent(change.Link!), layer: -1, create: false, where);
        var target = parent?.Children!.GetValueOrDefault(LayerPath.Name(change.Link!))
            ?? throw LayerChange.BadLink(change.Path, change.Link!, where, "there is no such file");
        if (target.IsDirectory)
        {
            throw LayerChange.BadLink(change.Path, change.Link!, where, "it names a directory");
        }

        return replaced is not null && IsIn(target, replaced)
            ? throw LayerChange.BadLink(change.Path, change.Link!, where, "it names what it replaces")
            : target.File;
    }

    private static bool IsIn(TreeEntry target, TreeEntry tree) =>
        ReferenceEquals(target, tree) || (tree.Children?.Values.Any(child => IsIn(target, child)) ?? false);

    private void RemoveLower(string path, int layer, string where)
    {
        var parent = Resolve(LayerPath.Parent(path), layer: -1, create: false, where);
        if (parent is not null && parent.Children!.TryGetValue(LayerPath.Name(path), out var entry))
        {
            RemoveLower(parent, LayerPath.Name(path), entry, layer);
        }
    }

    private void RemoveLower(TreeEntry parent, string name, TreeEntry entry, int layer)
    {
        if (entry.Layer != layer)
        {
            Forget(entry);
            parent.Children!.Remove(name);
        }
        else if (entry.IsDirectory)
        {
            if (entry.IsImplied)
            {
                entry.File = Directory(entry.File.Entry.Path, layer).File;
            }

            Clear(entry, layer);
        }
    }

    private void Clear(TreeEntry directory, int layer)
    {
        foreach (var (name, child) in directory.Children!.ToList())
        {
            RemoveLower(directory, name, child, layer);
        }
    }

    /// <summary>A directory that this layer has something in is in this layer, as is everything above it: whiteouts of
    /// the layer spare it.</summary>
    private void MarkDirectory(string path, int layer)
    {
        var trail = new List<(string Name, TreeEntry Entry)>();
        Walk(path, followLast: true, trail, out _);
        foreach (var (_, entry) in trail)
        {
            Touch(entry, layer);
        }
    }

    private static void Touch(TreeEntry entry, int layer)
    {
        if (entry.Layer != layer)
        {
            (entry.Layer, entry.IsImplied) = (layer, true);
        }
    }

    /// <summary>A directory, links followed; made with its parents when missing and asked for.</summary>
    private TreeEntry? Resolve(string path, int layer, bool create, string where)
    {
        var found = Walk(path, followLast: true, [], out var failure);
        if (found is { IsDirectory: true })
        {
            return found;
        }

        if (failure is not null || found is not null)
        {
            throw LayerChange.NotADirectory(path, where, failure ?? "a part of the path is a file");
        }

        if (!create)
        {
            return null;
        }

        var parent = Resolve(LayerPath.Parent(path), layer, create, where)!;
        if (parent.Children!.ContainsKey(LayerPath.Name(path)))
        {
            throw LayerChange.NotADirectory(path, where, "it is a link that leads nowhere");
        }

        Count(where);
        var made = Directory(path, layer);
        parent.Children[LayerPath.Name(path)] = made;
        return made;
    }

    /// <summary>Walks as the kernel does with the tree's root as <c>/</c>. Null when a part is missing;
    /// <paramref name="failure"/>
    /// says why when it is worse than missing.</summary>
    private TreeEntry? Walk(string path, bool followLast, List<(string Name, TreeEntry Entry)> trail, out string? failure)
    {
        failure = null;
        var parts = new Stack<string>(path.Split('/').Reverse());
        var links = 0;
        var length = 0;
        while (parts.TryPop(out var part))
        {
            var current = trail.Count == 0 ? Root : trail[^1].Entry;
            if (part is "" or ".")
            {
                continue;
            }

            if (!current.IsDirectory)
            {
                failure = "a part of the path is a file";
                return null;
            }

            if (part == "..")
            {
                if (trail.Count > 0)
                {
                    length -= trail[^1].Name.Length + 1;
                    trail.RemoveAt(trail.Count - 1);
                }

                continue;
            }

            if (!current.Children!.TryGetValue(part, out var next))
            {
                return null;
            }

            if (next.File.Type != TarEntryType.SymbolicLink || (parts.Count == 0 && !followLast))
            {
                if ((length += part.Length + 1) > LayerPath.MaxLength)
                {
                    failure = "the path is too long";
                    return null;
                }

                trail.Add((part, next));
                continue;
            }

            if (++links > MaxLinks)
            {
                failure = "its links go round in circles";
                return null;
            }

            var target = next.File.Entry.LinkTarget!;
            if (target.StartsWith('/'))
            {
                trail.Clear();
                length = 0;
            }

            foreach (var step in target.Split('/').Reverse())
            {
                parts.Push(step);
            }
        }

        return trail.Count == 0 ? Root : trail[^1].Entry;
    }

    private void Count(string where)
    {
        if (++_nodes > maxNodes)
        {
            throw TooMany(maxNodes, where);
        }
    }

    private void Forget(TreeEntry entry)
    {
        _nodes--;
        foreach (var child in entry.Children?.Values ?? Enumerable.Empty<TreeEntry>())
        {
            Forget(child);
        }
    }
}
