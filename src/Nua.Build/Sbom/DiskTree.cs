using Microsoft.Win32.SafeHandles;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Build.Sbom;

/// <summary>A tree that is a folder on disk. The folder may be hostile: nothing outside it is read.</summary>
public sealed class DiskTree(string root) : IFileTree
{
    private static readonly EnumerationOptions _everything = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        RecurseSubdirectories = false,
        ReturnSpecialDirectories = false,
    };

    public IEnumerable<TreeEntry> Entries => Below(new DirectoryInfo(root), "");

    public Stream Open(string path)
    {
        var parts = path.Split('/');
        var folder = Posix.Check(
            Libc.Open(Posix.Path(root), Libc.ORdOnly | Libc.ODirectory | Libc.OCloExec, 0), "opening", root);
        foreach (var part in parts[..^1])
        {
            var next = part is "" or "." or ".."
                ? -1
                : Libc.OpenAt(folder, Posix.Path(part), Libc.ORdOnly | Libc.ODirectory | Libc.ONoFollow | Libc.OCloExec, 0);
            _ = Libc.Close(folder);
            folder = next >= 0 ? next : throw new IOException($"'{Printable.Escape(path, 200)}' cannot be reached without following a link");
        }

        // Non-blocking, so that a pipe put in the place of a file does not hold the build.
        var flags = Libc.ORdOnly | Libc.ONoFollow | Libc.ONonBlock | Libc.OCloExec;
        var fd = Libc.OpenAt(folder, Posix.Path(parts[^1]), flags, 0);
        var error = Posix.LastError;
        _ = Libc.Close(folder);
        if (fd < 0)
        {
            Posix.Throw(error, "opening", path);
        }

        return new FileStream(new SafeFileHandle(fd, ownsHandle: true), FileAccess.Read, 1 << 14);
    }

    /// <summary>Names that are not UTF-8 come out as .NET reads them, which cannot be opened; nothing that installers write has such a name.</summary>
    private static IEnumerable<TreeEntry> Below(DirectoryInfo folder, string prefix)
    {
        foreach (var info in folder.EnumerateFileSystemInfos("*", _everything))
        {
            var path = prefix + info.Name;
            if ((info.Attributes & FileAttributes.ReparsePoint) != 0)
            {
                yield return new TreeEntry(path, TreeEntryType.Link, 0);
            }
            else if (info is DirectoryInfo inner)
            {
                yield return new TreeEntry(path, TreeEntryType.Folder, 0);
                foreach (var entry in inner.Exists ? Below(inner, path + "/") : [])
                {
                    yield return entry;
                }
            }
            else
            {
                var size = SizeOfRegular(info.FullName);
                yield return new TreeEntry(path, size is null ? TreeEntryType.Other : TreeEntryType.File, size ?? 0);
            }
        }
    }

    private static unsafe long? SizeOfRegular(string file)
    {
        const uint typeModeAndSize = 0x203;
        const int typeMask = 0xF000;
        const int regular = 0x8000;
        Libc.StatxBuffer buffer;
        return Libc.Statx(Libc.AtFdCwd, Posix.Path(file), Libc.AtSymlinkNofollow, typeModeAndSize, &buffer) == 0
            && (buffer.Mode & typeMask) == regular ? (long)buffer.Size : null;
    }
}
