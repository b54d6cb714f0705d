using System.Runtime.InteropServices;
using Nua.Foundation.Linux;

namespace Nua.Rootfs.Volumes;

/// <summary>System calls that only copying of volumes needs.</summary>
internal static unsafe partial class VolumeCalls
{
    public const int SeekSet = 0, SeekData = 3, SeekHole = 4;
    public const int EXDev = 18, ENoTty = 25, ENoSys = 38, ENxIo = 6, ERange = 34;

    private const nuint FiClone = 0x40049409;

    /// <summary>Makes <paramref name="target"/> share the content of <paramref name="source"/> until one of them is written to.</summary>
    public static int Reflink(int target, int source) => Ioctl(target, FiClone, source);

    [LibraryImport("libc", EntryPoint = "copy_file_range", SetLastError = true)]
    public static partial nint CopyFileRange(int source, long* from, int target, long* to, nuint length, uint flags);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(int fd, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(int fd, long length);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    public static partial nint ReadAt(int fd, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    public static partial nint WriteAt(int fd, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", EntryPoint = "flistxattr", SetLastError = true)]
    public static partial nint ListXattrs(int fd, byte* names, nuint size);

    [LibraryImport("libc", EntryPoint = "fgetxattr", SetLastError = true)]
    public static partial nint GetXattr(int fd, ReadOnlySpan<byte> name, byte* value, nuint size);

    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true)]
    public static partial int SetXattr(int fd, ReadOnlySpan<byte> name, byte* value, nuint size, int flags);

    [LibraryImport("libc", EntryPoint = "futimens", SetLastError = true)]
    public static partial int SetTimes(int fd, Libc.TimeSpec* times);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int fd, nuint request, nint argument);
}
