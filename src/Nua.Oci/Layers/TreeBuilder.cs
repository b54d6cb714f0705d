using Nua.Oci.Paths;
using Nua.Oci.Tar;

namespace Nua.Oci.Layers;

/// <summary>Merges layers in memory by the same rules, with the same verdicts, as <see cref="LayerApplier"/> does on
/// disk.</summary>
internal sealed class TreeBuilder(TreeNodes nodes)
{
    private const int MaxLinks = 40;
    private const int None = PathTable.None;
    private const int Root = PathTable.Root;

    public void Apply(LayerChange change, TarEntry entry, int layer, Func<FileContent> content, string where)
    {
        switch (change.Kind)
        {
            case ChangeKind.Remove:
                RemoveLower(change.Path, layer, where);
                break;
            case ChangeKind.Empty:
                var directory = Resolve(change.Path, layer, create: true, where);
                MarkDirectory(change.Path, layer);
                Clear(directory, layer);
                break;
            default:
                Put(change, entry, layer, content, where);
                break;
        }
    }

    /// <summary>The number of what is at a path, links among its parents followed; the last part too when asked. None when nothing
    /// is.</summary>
    public int Find(string path, bool followLast) => Walk(path, followLast, out _);

    private void Put(LayerChange change, TarEntry entry, int layer, Func<FileContent> content, string where)
    {
        if (change.Path.Length == 0)
        {
            nodes.Name(Root).File = nodes.NewFile(Root, entry, layer, content(), where);
            return;
        }

        var parent = Resolve(LayerPath.Parent(change.Path), layer, create: true, where);
        var path = nodes.Number(parent, LayerPath.Name(change.Path), where);
        var isThere = nodes.IsThere(path);
        var isDirectory = entry.Type == TarEntryType.Directory;
        if (isThere && nodes.Name(path).Layer == layer && !(isDirectory && nodes.Name(path).IsDirectory))
        {
            throw LayerChange.Duplicate(change.Path, where);
        }

        // The target is looked for before anything is replaced, and made a name of afterwards.
        var target = change.Link is null ? None : LinkTarget(change, isThere ? path : None, where);
        if (isDirectory && isThere && nodes.Name(path).IsDirectory)
        {
            var again = nodes.NewFile(path, entry, layer, content(), where);
            ref var old = ref nodes.Name(path);
            (old.File, old.Layer, old.IsImplied) = (again, layer, false);
            MarkDirectory(LayerPath.Parent(change.Path), layer);
            return;
        }

        if (isThere)
        {
            nodes.Remove(path);
        }

        var file = target == None ? nodes.NewFile(path, entry, layer, content(), where) : nodes.Name(target).File;
        if (target != None)
        {
            nodes.Change(file, entry, layer, where);
        }

        nodes.Add(path, new TreeName
        {
            File = file,
            Layer = layer,
            HardLinkTo = change.Link is null ? None : nodes.Number(change.Link, where),
            IsDirectory = isDirectory,
        });
        MarkDirectory(LayerPath.Parent(change.Path), layer);
    }

    /// <summary>The path whose file the hard link names too.</summary>
    private int LinkTarget(LayerChange change, int replaced, string where)
    {
        var parent = Resolve(LayerPath.Parent(change.Link!), layer: -1, create: false, where);
        var target = parent == None ? None : nodes.Paths.Find(parent, LayerPath.Name(change.Link!));
        if (target == None || !nodes.IsThere(target))
        {
            throw LayerChange.BadLink(change.Path, change.Link!, where, "there is no such file");
        }

        if (nodes.Name(target).IsDirectory)
        {
            throw LayerChange.BadLink(change.Path, change.Link!, where, "it names a directory");
        }

        return replaced != None && nodes.IsIn(target, replaced)
            ? throw LayerChange.BadLink(change.Path, change.Link!, where, "it names what it replaces")
            : target;
    }

    private void RemoveLower(string path, int layer, string where)
    {
        var parent = Resolve(LayerPath.Parent(path), layer: -1, create: false, where);
        var hidden = parent == None ? None : nodes.Paths.Find(parent, LayerPath.Name(path));
        if (hidden != None && nodes.IsThere(hidden))
        {
            RemoveLower(hidden, layer);
        }
    }

    private void RemoveLower(int path, int layer)
    {
        if (nodes.Name(path).Layer != layer)
        {
            nodes.Remove(path);
        }
        else if (nodes.Name(path).IsDirectory)
        {
            if (nodes.Name(path).IsImplied)
            {
                nodes.Name(path).File = nodes.NewDirectory(path);
            }

            Clear(path, layer);
        }
    }

    private void Clear(int directory, int layer)
    {
        if (nodes.Name(directory).Children == 0)
        {
            return;
        }

        for (var child = nodes.Paths.FirstChild(directory); child != None; child = nodes.Paths.NextSibling(child))
        {
            if (nodes.IsThere(child))
            {
                RemoveLower(child, layer);
            }
        }
    }

    /// <summary>A directory that this layer has something in is in this layer, as is everything above it: whiteouts of
    /// the layer spare it.</summary>
    private void MarkDirectory(string path, int layer)
    {
        for (var at = Walk(path, followLast: true, out _); at > Root; at = nodes.Paths.Parent(at))
        {
            ref var name = ref nodes.Name(at);
            if (name.Layer != layer)
            {
                (name.Layer, name.IsImplied) = (layer, true);
            }
        }
    }

    /// <summary>A directory, links followed; made with its parents when missing and asked for, else None.</summary>
    private int Resolve(string path, int layer, bool create, string where)
    {
        var found = Walk(path, followLast: true, out var failure);
        if (found != None && nodes.Name(found).IsDirectory)
        {
            return found;
        }

        if (failure is not null || found != None)
        {
            throw LayerChange.NotADirectory(path, where, failure ?? "a part of the path is a file");
        }

        if (!create)
        {
            return None;
        }

        var parent = Resolve(LayerPath.Parent(path), layer, create, where);
        var made = nodes.Number(parent, LayerPath.Name(path), where);
        if (nodes.IsThere(made))
        {
            throw LayerChange.NotADirectory(path, where, "it is a link that leads nowhere");
        }

        nodes.Add(made, new TreeName { File = nodes.NewDirectory(made), Layer = layer, IsImplied = true, IsDirectory = true, HardLinkTo = None });
        return made;
    }

    /// <summary>Walks as the kernel does with the tree's root as <c>/</c>. None when a part is missing;
    /// <paramref name="failure"/> says why when it is worse than missing.</summary>
    private int Walk(string path, bool followLast, out string? failure)
    {
        failure = null;
        nodes.Name(Root);
        var parts = new Stack<string>(path.Split('/').Reverse());
        var at = Root;
        var links = 0;
        var length = 0;
        while (parts.TryPop(out var part))
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (!nodes.Name(at).IsDirectory)
            {
                failure = "a part of the path is a file";
                return None;
            }

            if (part == "..")
            {
                if (at != Root)
                {
                    length -= nodes.Paths.Name(at).Length + 1;
                    at = nodes.Paths.Parent(at);
                }

                continue;
            }

            var next = nodes.Paths.Find(at, part);
            if (next == None || !nodes.IsThere(next))
            {
                return None;
            }

            if (nodes.File(next).Type != TarEntryType.SymbolicLink || (parts.Count == 0 && !followLast))
            {
                if ((length += part.Length + 1) > LayerPath.MaxLength)
                {
                    failure = "the path is too long";
                    return None;
                }

                at = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                failure = "its links go round in circles";
                return None;
            }

            var target = nodes.Paths.Text(nodes.File(next).LinkTarget);
            if (target.StartsWith('/'))
            {
                at = Root;
                length = 0;
            }

            foreach (var step in target.Split('/').Reverse())
            {
                parts.Push(step);
            }
        }

        return at;
    }
}
