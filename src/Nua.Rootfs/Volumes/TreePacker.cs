using Nua.Foundation;
using Nua.Foundation.Linux;
using Nua.Oci.Tar;
using Nua.Rootfs.Trees;

namespace Nua.Rootfs.Volumes;

/// <summary>
/// Writes what is in a folder as tar entries, sorted by the bytes of each name, a folder before what is in it. The same tree gives the same bytes. Sockets and devices are
/// left out.
/// </summary>
internal sealed class TreePacker(TarWriter tar, string prefix, CancellationToken cancel)
{
    private const int MaxPathBytes = 4000;

    private readonly Dictionary<(uint, uint, ulong), (string Path, uint Left)> _linked = [];
    private readonly CopyNotes _notes = new();
    private long _files, _bytes;

    public CopyReport Report => new(_files, _bytes, 0, _notes.ToList());

    /// <param name="folder">Open; it has no entry of its own.</param>
    public void Write(int folder) => Children(folder, "");

    private void Children(int folder, string path)
    {
        var names = DirectoryReader.Names(folder);
        names.Sort(StringComparer.Ordinal);
        foreach (var name in names)
        {
            cancel.ThrowIfCancellationRequested();
            var child = path.Length == 0 ? name : path + "/" + name;
            var bytes = Posix.Path(name);
            if (Node.Read(folder, bytes, child) is not { } node)
            {
                throw Node.Changed(child);
            }

            if (RawName.ToBytes(prefix + child).Length > MaxPathBytes)
            {
                throw Node.TooDeep(child);
            }

            Entry(folder, bytes, node, child);
        }
    }

    private void Entry(int folder, byte[] name, Node node, string path)
    {
        switch (node.Kind)
        {
            case NodeKind.Directory:
                var fd = Node.Open(folder, name, Libc.ORdOnly | Libc.ODirectory, path);
                try
                {
                    tar.Write(Describe(TarEntryType.Directory, node, path) with { Xattrs = Xattrs(fd, path) });
                    Children(fd, path);
                }
                finally
                {
                    _ = Libc.Close(fd);
                }

                break;
            case NodeKind.File when node.Status.Links > 1 && IsKnown(node, path, out var first):
                tar.Write(Describe(TarEntryType.HardLink, node, path) with { LinkTarget = prefix + first });
                break;
            case NodeKind.File:
                File(folder, name, node, path);
                break;
            case NodeKind.Symlink:
                tar.Write(Describe(TarEntryType.SymbolicLink, node, path) with { LinkTarget = DirectoryReader.ReadLink(folder, name) });
                break;
            case NodeKind.Fifo:
                tar.Write(Describe(TarEntryType.Fifo, node, path));
                break;
            default:
                _notes.LeftOut(path, node.KindName);
                break;
        }
    }

    /// <summary>A second name of a file that has been written becomes a link to the first.</summary>
    private bool IsKnown(Node node, string path, out string first)
    {
        if (_linked.TryGetValue(node.Identity, out var known))
        {
            first = known.Path;
            if (known.Left == 1)
            {
                _linked.Remove(node.Identity);
            }
            else
            {
                _linked[node.Identity] = (known.Path, known.Left - 1);
            }

            return true;
        }

        _linked[node.Identity] = (path, node.Status.Links - 1);
        first = path;
        return false;
    }

    private void File(int folder, byte[] name, Node node, string path)
    {
        var fd = Node.Open(folder, name, Libc.ORdOnly, path);
        try
        {
            var now = Node.Of(fd, path);
            if (now.Kind != NodeKind.File || now.Identity != node.Identity)
            {
                throw Node.Changed(path);
            }

            var entry = Describe(TarEntryType.File, now, path) with { Size = now.Size, Xattrs = Xattrs(fd, path) };
            if (now.IsSparse)
            {
                using var content = new SparseContent(fd, now.Size, path);
                tar.Write(entry with { Size = content.Length, SparseSize = now.Size }, content);
                _bytes += content.Length;
            }
            else
            {
                using var content = new FileReadStream(fd, now.Size, path);
                tar.Write(entry, content);
                _bytes += now.Size;
            }

            _files++;
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    private TarEntry Describe(TarEntryType type, Node node, string path) => new(prefix + path, type)
    {
        Mode = node.Mode,
        Uid = node.Status.Uid,
        Gid = node.Status.Gid,
        Modified = new TarTime(node.Status.Modified.Seconds, (int)node.Status.Modified.Nanoseconds),
    };

    private static SortedDictionary<string, ReadOnlyMemory<byte>> Xattrs(int fd, string path)
    {
        var result = new SortedDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var (name, value) in NodeAttributes.Read(fd, path))
        {
            result[NodeAttributes.Text(name)] = value;
        }

        return result;
    }
}
