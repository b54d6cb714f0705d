using System.Runtime.CompilerServices;
using Nua.Foundation.Linux;

namespace Nua.Oci.Storage;

/// <summary>What the kernel says about a path, symbolic links not followed, or about an open file.</summary>
internal readonly record struct FileStatus(ushort Mode, uint Uid, long Size, long ChangedSeconds)
{
    public bool IsRegularFile => (Mode & 0xF000) == 0x8000;

    public static FileStatus Of(string path) => Of(Libc.AtFdCwd, Posix.Path(path), Libc.AtSymlinkNofollow, path);

    public static FileStatus Of(int fd, string path) => Of(fd, "\0"u8, Libc.AtEmptyPath, path);

    private static unsafe FileStatus Of(int directory, ReadOnlySpan<byte> name, int flags, string path)
    {
        Unsafe.SkipInit(out Libc.StatxBuffer stat);
        Posix.Check(Libc.Statx(directory, name, flags, 0x7FF, &stat), "reading", path);
        return new FileStatus(stat.Mode, stat.Uid, (long)stat.Size, Math.Max(stat.Changed.Seconds, stat.Modified.Seconds));
    }
}
