using System.Buffers.Binary;
using Nua.Foundation;
using Nua.Oci.Paths;
using Nua.Oci.Tar;

namespace Nua.Oci.Layers;

/// <summary>Merges layers in memory by the same rules, with the same verdicts, as <see cref="LayerApplier"/> does on
/// disk.</summary>
/// <param name="maxNodes">Most paths; what layers hide again counts too.</param>
internal sealed class TreeBuilder(int maxNodes)
{
    private const int MaxLinks = 40;
    private const int MaxXattrs = 500_000;
    private const long MaxCharacters = 24 << 20;
    private const int None = PathTable.None;
    private const int Root = PathTable.Root;

    private readonly PathTable _paths = new(maxNodes, MaxCharacters);
    private readonly BigList<TreeFile> _files = new();
    private readonly BigList<TreeName> _names = new();
    private readonly HashSet<string> _xattrNames = new(StringComparer.Ordinal);
    private int _xattrs;

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

    /// <summary>The names in a directory, sorted.</summary>
    public int[] Children(int path)
    {
        if (Name(path).Children == 0)
        {
            return [];
        }

        int[] children = [.. _paths.Children(path).Where(IsThere)];
        Array.Sort(children, (a, b) => _paths.Name(a).CompareTo(_paths.Name(b), StringComparison.Ordinal));
        return children;
    }

    public TreeNode NodeOf(int path)
    {
        var name = Name(path);
        var file = File(path);
        return new TreeNode(_paths.Path(path), file.Type, file.Layer)
        {
            Entry = new TarEntry(_paths.Path(file.Path), file.Type)
            {
                Mode = file.Mode,
                Uid = file.Uid,
                Gid = file.Gid,
                Size = file.Size,
                Modified = new TarTime(file.Seconds, file.Nanoseconds),
                LinkTarget = file.Type is TarEntryType.SymbolicLink ? _paths.Text(file.LinkTarget) : null,
                DeviceMajor = file.DeviceMajor,
                DeviceMinor = file.DeviceMinor,
                Xattrs = Xattrs(file.Xattrs),
                Offset = file.Offset,
            },
            Size = file.Size,
            Sha256 = file.HasHash ? $"{file.HashHigh:x32}{file.HashLow:x32}" : null,
            Content = file.Content is { } content ? (ReadOnlyMemory<byte>?)content : null,
            HardLinkTo = name.HardLinkTo == None ? null : _paths.Path(name.HardLinkTo),
            Source = (file.SourceLayer, file.Offset),
        };
    }

    public static ProblemException TooMany(int maxNodes, string where) =>
        new(new Problem("NUA3036", $"the image has more than {maxNodes} files, or names too long to be honest") { Where = where });

    private void Put(LayerChange change, TarEntry entry, int layer, Func<FileContent> content, string where)
    {
        if (change.Path.Length == 0)
        {
            Name(Root).File = NewFile(Root, entry, layer, content(), where);
            return;
        }

        var parent = Resolve(LayerPath.Parent(change.Path), layer, create: true, where);
        var path = Number(parent, LayerPath.Name(change.Path), where);
        var isThere = IsThere(path);
        var isDirectory = entry.Type == TarEntryType.Directory;
        if (isThere && Name(path).Layer == layer && !(isDirectory && Name(path).IsDirectory))
        {
            throw LayerChange.Duplicate(change.Path, where);
        }

        // The target is looked for before anything is replaced, and made a name of afterwards.
        var target = change.Link is null ? None : LinkTarget(change, isThere ? path : None, where);
        if (isDirectory && isThere && Name(path).IsDirectory)
        {
            var again = NewFile(path, entry, layer, content(), where);
            ref var old = ref Name(path);
            (old.File, old.Layer, old.IsImplied) = (again, layer, false);
            MarkDirectory(LayerPath.Parent(change.Path), layer);
            return;
        }

        if (isThere)
        {
            Remove(path);
        }

        var file = target == None ? NewFile(path, entry, layer, content(), where) : Name(target).File;
        if (target != None)
        {
            ref var shared = ref _files[file];
            (shared.Mode, shared.Uid, shared.Gid) = ((ushort)entry.Mode, entry.Uid, entry.Gid);
            (shared.Seconds, shared.Nanoseconds, shared.Layer) = (entry.Modified.Seconds, entry.Modified.Nanoseconds, layer);
            shared.Xattrs = entry.Xattrs.Count > 0 ? Kept(entry.Xattrs, where) : shared.Xattrs;
        }

        Add(path, new TreeName
        {
            File = file,
            Layer = layer,
            HardLinkTo = change.Link is null ? None : Number(change.Link, where),
            IsDirectory = isDirectory,
        });
        MarkDirectory(LayerPath.Parent(change.Path), layer);
    }

    /// <summary>The path whose file the hard link names too.</summary>
    private int LinkTarget(LayerChange change, int replaced, string where)
    {
        var parent = Resolve(LayerPath.Parent(change.Link!), layer: -1, create: false, where);
        var target = parent == None ? None : _paths.Find(parent, LayerPath.Name(change.Link!));
        if (target == None || !IsThere(target))
        {
            throw LayerChange.BadLink(change.Path, change.Link!, where, "there is no such file");
        }

        if (Name(target).IsDirectory)
        {
            throw LayerChange.BadLink(change.Path, change.Link!, where, "it names a directory");
        }

        return replaced != None && IsIn(target, replaced)
            ? throw LayerChange.BadLink(change.Path, change.Link!, where, "it names what it replaces")
            : target;
    }

    private bool IsIn(int path, int tree)
    {
        for (; path != None; path = _paths.Parent(path))
        {
            if (path == tree)
            {
                return true;
            }
        }

        return false;
    }

    private void RemoveLower(string path, int layer, string where)
    {
        var parent = Resolve(LayerPath.Parent(path), layer: -1, create: false, where);
        var hidden = parent == None ? None : _paths.Find(parent, LayerPath.Name(path));
        if (hidden != None && IsThere(hidden))
        {
            RemoveLower(hidden, layer);
        }
    }

    private void RemoveLower(int path, int layer)
    {
        if (Name(path).Layer != layer)
        {
            Remove(path);
        }
        else if (Name(path).IsDirectory)
        {
            if (Name(path).IsImplied)
            {
                Name(path).File = NewDirectory(path);
            }

            Clear(path, layer);
        }
    }

    private void Clear(int directory, int layer)
    {
        if (Name(directory).Children == 0)
        {
            return;
        }

        for (var child = _paths.FirstChild(directory); child != None; child = _paths.NextSibling(child))
        {
            if (IsThere(child))
            {
                RemoveLower(child, layer);
            }
        }
    }

    private void Add(int path, TreeName name)
    {
        Name(path) = name;
        Name(_paths.Parent(path)).Children++;
    }

    private void Remove(int path)
    {
        if (Name(path).Children > 0)
        {
            for (var child = _paths.FirstChild(path); child != None; child = _paths.NextSibling(child))
            {
                if (IsThere(child))
                {
                    Remove(child);
                }
            }
        }

        Name(path) = new TreeName { File = None, HardLinkTo = None };
        Name(_paths.Parent(path)).Children--;
    }

    /// <summary>A directory that this layer has something in is in this layer, as is everything above it: whiteouts of
    /// the layer spare it.</summary>
    private void MarkDirectory(string path, int layer)
    {
        for (var at = Walk(path, followLast: true, out _); at > Root; at = _paths.Parent(at))
        {
            ref var name = ref Name(at);
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
        if (found != None && Name(found).IsDirectory)
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
        var made = Number(parent, LayerPath.Name(path), where);
        if (IsThere(made))
        {
            throw LayerChange.NotADirectory(path, where, "it is a link that leads nowhere");
        }

        Add(made, new TreeName { File = NewDirectory(made), Layer = layer, IsImplied = true, IsDirectory = true, HardLinkTo = None });
        return made;
    }

    /// <summary>Walks as the kernel does with the tree's root as <c>/</c>. None when a part is missing;
    /// <paramref name="failure"/> says why when it is worse than missing.</summary>
    private int Walk(string path, bool followLast, out string? failure)
    {
        failure = null;
        Name(Root);
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

            if (!Name(at).IsDirectory)
            {
                failure = "a part of the path is a file";
                return None;
            }

            if (part == "..")
            {
                if (at != Root)
                {
                    length -= _paths.Name(at).Length + 1;
                    at = _paths.Parent(at);
                }

                continue;
            }

            var next = _paths.Find(at, part);
            if (next == None || !IsThere(next))
            {
                return None;
            }

            if (File(next).Type != TarEntryType.SymbolicLink || (parts.Count == 0 && !followLast))
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

            var target = _paths.Text(File(next).LinkTarget);
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

    private int Number(int parent, string name, string where) => Checked(_paths.Add(parent, name), where);

    private int Number(string path, string where) => Checked(_paths.Add(path), where);

    private int Checked(int path, string where) => path == None ? throw TooMany(maxNodes, where) : path;

    private bool IsThere(int path) => Name(path).File != None;

    private ref TreeFile File(int path) => ref _files[Name(path).File];

    private ref TreeName Name(int path)
    {
        while (_names.Count <= path)
        {
            var isRoot = _names.Count == Root;
            _names.Add(new TreeName { File = isRoot ? NewDirectory(Root) : None, Layer = -1, IsDirectory = isRoot, IsImplied = isRoot, HardLinkTo = None });
        }

        return ref _names[path];
    }

    private int NewDirectory(int path) => _files.Add(new TreeFile
    {
        Path = path,
        Type = TarEntryType.Directory,
        Mode = 0x1ED,
        Layer = -1,
        SourceLayer = -1,
        Offset = -1,
    });

    private int NewFile(int path, TarEntry entry, int layer, FileContent content, string where) => _files.Add(new TreeFile
    {
        Path = path,
        Type = entry.Type,
        Mode = (ushort)entry.Mode,
        Uid = entry.Uid,
        Gid = entry.Gid,
        DeviceMajor = entry.DeviceMajor,
        DeviceMinor = entry.DeviceMinor,
        Layer = layer,
        SourceLayer = layer,
        Offset = entry.Offset,
        Size = entry.Size,
        Seconds = entry.Modified.Seconds,
        Nanoseconds = entry.Modified.Nanoseconds,
        LinkTarget = entry.Type != TarEntryType.SymbolicLink ? default : _paths.Keep(entry.LinkTarget!) ?? throw TooMany(maxNodes, where),
        HasHash = content.Sha256 is not null,
        HashHigh = content.Sha256 is null ? 0 : BinaryPrimitives.ReadUInt128BigEndian(content.Sha256),
        HashLow = content.Sha256 is null ? 0 : BinaryPrimitives.ReadUInt128BigEndian(content.Sha256.AsSpan(16)),
        Xattrs = Kept(entry.Xattrs, where),
        Content = content.Kept,
    });

    /// <summary>Copies, because what the reader gave holds on to the whole header.</summary>
    private KeyValuePair<string, byte[]>[]? Kept(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> xattrs, string where)
    {
        if (xattrs.Count == 0)
        {
            return null;
        }

        if ((_xattrs += xattrs.Count) > MaxXattrs)
        {
            throw TooMany(maxNodes, where);
        }

        return [.. xattrs.Select(pair => KeyValuePair.Create(Shared(pair.Key), pair.Value.ToArray()))];
    }

    private string Shared(string name) => _xattrNames.TryGetValue(name, out var known) || !_xattrNames.Add(name) ? known! : name;

    private static IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Xattrs(KeyValuePair<string, byte[]>[]? kept) =>
        kept is null
            ? TarEntry.NoXattrs
            : new SortedDictionary<string, ReadOnlyMemory<byte>>(
                kept.ToDictionary(pair => pair.Key, pair => (ReadOnlyMemory<byte>)pair.Value), StringComparer.Ordinal);
}

/// <summary>What was found out about a file's content.</summary>
/// <param name="Sha256">When it was asked for.</param>
/// <param name="Kept">The content itself, when it was asked for.</param>
internal readonly record struct FileContent(byte[]? Sha256, byte[]? Kept);
