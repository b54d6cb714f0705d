using System.Runtime.CompilerServices;
using Nua.Foundation.Linux;

namespace Nua.Oci.Storage;

/// <summary>What the kernel says about a path, symbolic links not followed.</summary>
internal readonly record struct FileStatus(ushort Mode, uint Uid, long Size, long ChangedSeconds)
{
    public static unsafe FileStatus Of(string path)
    {
        Unsafe.SkipInit(out Libc.StatxBuffer stat);
        Posix.Check(
            Libc.Statx(Libc.AtFdCwd, Posix.Path(path), Libc.AtSymlinkNofollow, 0x7FF, &stat), "reading", path);
        return new FileStatus(stat.Mode, stat.Uid, (long)stat.Size, Math.Max(stat.Changed.Seconds, stat.Modified.Seconds));
    }
}
