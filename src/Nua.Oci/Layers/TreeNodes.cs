using System.Buffers.Binary;
using Nua.Foundation;
using Nua.Oci.Paths;
using Nua.Oci.Tar;

namespace Nua.Oci.Layers;

/// <summary>The names and files of a tree that is being merged, in few large arrays: what to put there and what to remove is
/// <see cref="TreeBuilder"/>'s to say.</summary>
/// <param name="maxNodes">Most paths; what was removed again counts too.</param>
internal sealed class TreeNodes(int maxNodes)
{
    private const int MaxXattrs = 500_000;
    private const long MaxCharacters = 24 << 20;
    private const int None = PathTable.None;
    private const int Root = PathTable.Root;

    private readonly BigList<TreeFile> _files = new();
    private readonly BigList<TreeName> _names = new();
    private readonly HashSet<string> _xattrNames = new(StringComparer.Ordinal);
    private int _xattrs;

    public PathTable Paths { get; } = new(maxNodes, MaxCharacters);

    /// <summary>The names in a directory, sorted.</summary>
    public int[] Children(int path)
    {
        if (Name(path).Children == 0)
        {
            return [];
        }

        int[] children = [.. Paths.Children(path).Where(IsThere)];
        Array.Sort(children, (a, b) => Paths.Name(a).CompareTo(Paths.Name(b), StringComparison.Ordinal));
        return children;
    }

    public TreeNode NodeOf(int path)
    {
        var name = Name(path);
        var file = File(path);
        return new TreeNode(Paths.Path(path), file.Type, file.Layer)
        {
            Entry = new TarEntry(Paths.Path(file.Path), file.Type)
            {
                Mode = file.Mode,
                Uid = file.Uid,
                Gid = file.Gid,
                Size = file.Size,
                Modified = new TarTime(file.Seconds, file.Nanoseconds),
                LinkTarget = file.Type is TarEntryType.SymbolicLink ? Paths.Text(file.LinkTarget) : null,
                DeviceMajor = file.DeviceMajor,
                DeviceMinor = file.DeviceMinor,
                Xattrs = Xattrs(file.Xattrs),
                Offset = file.Offset,
            },
            Size = file.Size,
            Sha256 = file.HasHash ? $"{file.HashHigh:x32}{file.HashLow:x32}" : null,
            Content = file.Content is { } content ? (ReadOnlyMemory<byte>?)content : null,
            HardLinkTo = name.HardLinkTo == None ? null : Paths.Path(name.HardLinkTo),
            Source = (file.SourceLayer, file.Offset),
        };
    }

    public bool IsIn(int path, int tree)
    {
        for (; path != None; path = Paths.Parent(path))
        {
            if (path == tree)
            {
                return true;
            }
        }

        return false;
    }

    public void Add(int path, TreeName name)
    {
        Name(path) = name;
        Name(Paths.Parent(path)).Children++;
    }

    public void Remove(int path)
    {
        if (Name(path).Children > 0)
        {
            for (var child = Paths.FirstChild(path); child != None; child = Paths.NextSibling(child))
            {
                if (IsThere(child))
                {
                    Remove(child);
                }
            }
        }

        Name(path) = new TreeName { File = None, HardLinkTo = None };
        Name(Paths.Parent(path)).Children--;
    }

    public int Number(int parent, string name, string where) => Checked(Paths.Add(parent, name), where);

    public int Number(string path, string where) => Checked(Paths.Add(path), where);

    public bool IsThere(int path) => Name(path).File != None;

    public ref TreeFile File(int path) => ref _files[Name(path).File];

    public ref TreeName Name(int path)
    {
        while (_names.Count <= path)
        {
            var isRoot = _names.Count == Root;
            _names.Add(new TreeName { File = isRoot ? NewDirectory(Root) : None, Layer = -1, IsDirectory = isRoot, IsImplied = isRoot, HardLinkTo = None });
        }

        return ref _names[path];
    }

    public int NewDirectory(int path) => _files.Add(new TreeFile
    {
        Path = path,
        Type = TarEntryType.Directory,
        Mode = 0x1ED,
        Layer = -1,
        SourceLayer = -1,
        Offset = -1,
    });

    public int NewFile(int path, TarEntry entry, int layer, FileContent content, string where) => _files.Add(new TreeFile
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
        LinkTarget = entry.Type != TarEntryType.SymbolicLink ? default : Paths.Keep(entry.LinkTarget!) ?? throw TooMany(where),
        HasHash = content.Sha256 is not null,
        HashHigh = content.Sha256 is null ? 0 : BinaryPrimitives.ReadUInt128BigEndian(content.Sha256),
        HashLow = content.Sha256 is null ? 0 : BinaryPrimitives.ReadUInt128BigEndian(content.Sha256.AsSpan(16)),
        Xattrs = Kept(entry.Xattrs, where),
        Content = content.Kept,
    });

    /// <summary>A layer names an earlier file again: the file, under all its names, gets what the new entry says of it.</summary>
    public void Change(int file, TarEntry entry, int layer, string where)
    {
        ref var shared = ref _files[file];
        (shared.Mode, shared.Uid, shared.Gid) = ((ushort)entry.Mode, entry.Uid, entry.Gid);
        (shared.Seconds, shared.Nanoseconds, shared.Layer) = (entry.Modified.Seconds, entry.Modified.Nanoseconds, layer);
        shared.Xattrs = entry.Xattrs.Count > 0 ? Kept(entry.Xattrs, where) : shared.Xattrs;
    }

    private int Checked(int path, string where) => path == None ? throw TooMany(where) : path;

    /// <summary>Copies, because what the reader gave holds on to the whole header.</summary>
    private KeyValuePair<string, byte[]>[]? Kept(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> xattrs, string where)
    {
        if (xattrs.Count == 0)
        {
            return null;
        }

        if ((_xattrs += xattrs.Count) > MaxXattrs)
        {
            throw TooMany(where);
        }

        return [.. xattrs.Select(pair => KeyValuePair.Create(Shared(pair.Key), pair.Value.ToArray()))];
    }

    private string Shared(string name) => _xattrNames.TryGetValue(name, out var known) || !_xattrNames.Add(name) ? known! : name;

    private static IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Xattrs(KeyValuePair<string, byte[]>[]? kept) =>
        kept is null
            ? TarEntry.NoXattrs
            : new SortedDictionary<string, ReadOnlyMemory<byte>>(
                kept.ToDictionary(pair => pair.Key, pair => (ReadOnlyMemory<byte>)pair.Value), StringComparer.Ordinal);

    private ProblemException TooMany(string where) =>
        new(new Problem("NUA3036", $"the image has more than {maxNodes} files, or names of unreasonable length") { Where = where });
}

/// <summary>What was found out about a file's content.</summary>
/// <param name="Sha256">When it was asked for.</param>
/// <param name="Kept">The content itself, when it was asked for.</param>
internal readonly record struct FileContent(byte[]? Sha256, byte[]? Kept);
