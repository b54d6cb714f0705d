using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Rootfs.Trees;

/// <summary>How to read a tree.</summary>
public sealed record ScanOptions
{
    /// <summary>Answers true for a relative path that is left out; for a directory, its content is then not visited.</summary>
    public Func<string, bool, bool> IsExcluded { get; init; } = (_, _) => false;

    /// <summary>The tree is an overlay's upper folder: devices 0:0 are whiteouts, the opaque attribute counts.</summary>
    public bool IsOverlayUpper { get; init; }

    /// <summary>Known digests of unchanged files; null reads every file.</summary>
    public StatCache? Cache { get; init; }

    /// <summary>Names of one inode become hard links.</summary>
    public bool KeepsHardLinks { get; init; }
}

/// <summary>
/// Reads a tree from disk without following any link: metadata first, then the content of the files in parallel.
/// </summary>
public static class TreeScanner
{
    private const uint TypeMask = 0xF000, TypeFile = 0x8000, TypeDirectory = 0x4000, TypeLink = 0xA000, TypeCharacter = 0x2000;

    /// <exception cref="ProblemException">NUA4034: every file and folder that cannot be read.</exception>
    public static FileTree Scan(string root, ScanOptions options)
    {
        var found = new List<Found>();
        var unreadable = new ConcurrentBag<string>();
        Walk(root, options, found, unreadable);
        found.Sort((a, b) => FileTree.CompareBytes(a.Entry.Path, b.Entry.Path));
        LinkInodes(found, options);
        Hash(root, found, options, unreadable);
        if (!unreadable.IsEmpty)
        {
            throw new ProblemException(unreadable.Order(StringComparer.Ordinal).Take(20)
                .Select(path => new Problem("NUA4034", $"'{Printable.Escape(path, 300)}' cannot be read")
                {
                    Why = "every file of the application goes into the image",
                    Remedy = "give yourself the right to read it (chmod u+r), or name it in .nuaignore",
                }).ToList());
        }

        return new FileTree(found.ConvertAll(f => f.Entry));
    }

    private static void Walk(string root, ScanOptions options, List<Found> found, ConcurrentBag<string> unreadable)
    {
        var pending = new Stack<string>();
        pending.Push("");
        while (pending.TryPop(out var folder))
        {
            var fd = Libc.Open(
                Posix.Path(Join(root, folder)), Libc.ORdOnly | Libc.ODirectory | Libc.ONoFollow | Libc.OCloExec, 0);
            if (fd < 0)
            {
                unreadable.Add(folder.Length == 0 ? root : folder);
                continue;
            }

            using var handle = new SafeFileHandle(fd, ownsHandle: true);
            foreach (var name in DirectoryReader.Names(fd))
            {
                var path = folder.Length == 0 ? name : folder + "/" + name;
                if (Read(fd, root, path, name, options) is not { } item)
                {
                    continue;
                }

                found.Add(item);
                if (item.Entry.IsDirectory)
                {
                    pending.Push(path);
                }
            }
        }
    }

    private static unsafe Found? Read(int fd, string root, string path, string name, ScanOptions options)
    {
        Libc.StatxBuffer stat;
        var bytes = Posix.Path(name);
        if (Libc.Statx(fd, bytes, Libc.AtSymlinkNofollow, 0x7FF, &stat) < 0)
        {
            // Removed between listing and reading: as if it had never been there.
            return Posix.LastError == Libc.ENoEnt ? null : throw new IOException($"reading '{path}'");
        }

        var type = stat.Mode & TypeMask;
        if (options.IsExcluded(path, type == TypeDirectory))
        {
            return null;
        }

        var isWhiteout = options.IsOverlayUpper && type == TypeCharacter && stat.RawDeviceMajor == 0 && stat.RawDeviceMinor == 0;
        var kind = type switch
        {
            TypeFile => TreeKind.File,
            TypeDirectory when options.IsOverlayUpper && IsOpaque(Join(root, path)) => TreeKind.OpaqueDirectory,
            TypeDirectory => TreeKind.Directory,
            TypeLink => TreeKind.Symlink,
            _ => isWhiteout ? TreeKind.Whiteout : TreeKind.Special,
        };
        var entry = new TreeEntry(
            path,
            kind,
            kind == TreeKind.Symlink ? 0x1FF : (uint)stat.Mode & 0xFFF,
            stat.Uid,
            stat.Gid,
            kind == TreeKind.File ? (long)stat.Size : 0,
            stat.Modified.Seconds,
            "",
            kind == TreeKind.Symlink ? DirectoryReader.ReadLink(fd, bytes) : null,
            kind == TreeKind.File && options.KeepsHardLinks ? Capability(Join(root, path)) : null);
        return new Found(entry, new FileStamp(
            stat.Inode, (long)stat.Size, stat.Modified.Seconds, stat.Modified.Nanoseconds, stat.Changed.Seconds, stat.Changed.Nanoseconds), stat.Links);
    }

    /// <summary>The first name in path order holds the content, the others point at it.</summary>
    private static void LinkInodes(List<Found> found, ScanOptions options)
    {
        if (!options.KeepsHardLinks)
        {
            return;
        }

        var first = new Dictionary<ulong, string>();
        foreach (var item in found)
        {
            if (item.Entry.Kind == TreeKind.File && item.Links > 1 && !first.TryAdd(item.Stamp.Inode, item.Entry.Path))
            {
                item.Entry = item.Entry with { Link = first[item.Stamp.Inode], Size = 0 };
            }
        }
    }

    private static void Hash(string root, List<Found> found, ScanOptions options, ConcurrentBag<string> unreadable)
    {
        var pending = new List<Found>();
        foreach (var item in found)
        {
            if (item.Entry.Kind != TreeKind.File || item.Entry.IsHardLink)
            {
                continue;
            }

            if (options.Cache?.TryGet(item.Entry.Path, item.Stamp) is { } known)
            {
                item.Entry = item.Entry with { Sha256 = known };
            }
            else
            {
                pending.Add(item);
            }
        }

        if (pending.Count == 0)
        {
            return;
        }

        Parallel.ForEach(pending, item =>
        {
            try
            {
                var (sha, size) = HashFile(Join(root, item.Entry.Path));
                item.Entry = item.Entry with { Sha256 = sha, Size = size };
            }
            catch (IOException)
            {
                unreadable.Add(item.Entry.Path);
            }
        });
        foreach (var item in pending)
        {
            options.Cache?.Set(item.Entry.Path, item.Stamp, item.Entry.Sha256);
        }
    }

    private static (string Sha256, long Size) HashFile(string path)
    {
        var fd = Posix.Check(
            Libc.Open(Posix.Path(path), Libc.ORdOnly | Libc.ONoFollow | Libc.ONonBlock | Libc.OCloExec, 0), "opening", path);
        using var handle = new SafeFileHandle(fd, ownsHandle: true);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            long size = 0;
            int count;
            while ((count = RandomAccess.Read(handle, buffer, size)) > 0)
            {
                hash.AppendData(buffer, 0, count);
                size += count;
            }

            return (Convert.ToHexStringLower(hash.GetHashAndReset()), size);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static unsafe bool IsOpaque(string path)
    {
        byte value;
        return Libc.LGetXattr(Posix.Path(path), "user.overlay.opaque\0"u8, &value, 1) == 1 && value == (byte)'y';
    }

    private static unsafe byte[]? Capability(string path)
    {
        var buffer = stackalloc byte[256];
        var size = Libc.LGetXattr(Posix.Path(path), "security.capability\0"u8, buffer, 256);
        return size > 0 ? new ReadOnlySpan<byte>(buffer, (int)size).ToArray() : null;
    }

    private static string Join(string root, string path) => path.Length == 0 ? root : root + "/" + path;

    private sealed class Found(TreeEntry entry, FileStamp stamp, uint links)
    {
        public TreeEntry Entry { get; set; } = entry;

        public FileStamp Stamp { get; } = stamp;

        public uint Links { get; } = links;
    }
}
