using System.Runtime.InteropServices;

namespace Nua.Oci.Layers;

/// <summary>System calls that only unpacking needs.</summary>
internal static partial class RootedCalls
{
    public const ulong NoXDev = 1, NoMagicLinks = 2, NoSymlinks = 4, Beneath = 8, InRoot = 16;

    private const long OpenAt2Number = 437;

    /// <summary><c>openat2</c> has no wrapper in the C library; its number is the same on every architecture.</summary>
    public static unsafe int OpenAt2(int directory, ReadOnlySpan<byte> path, int flags, uint mode, ulong resolve)
    {
        var how = new OpenHow { Flags = (ulong)flags, Mode = mode, Resolve = resolve };
        fixed (byte* pointer = path)
        {
            return (int)Syscall(OpenAt2Number, directory, pointer, &how, (nuint)sizeof(OpenHow));
        }
    }

    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true)]
    public static unsafe partial int FSetXattr(int fd, ReadOnlySpan<byte> name, byte* value, nuint size, int flags);

    [LibraryImport("libc", EntryPoint = "fremovexattr", SetLastError = true)]
    public static partial int FRemoveXattr(int fd, ReadOnlySpan<byte> name);

    [LibraryImport("libc", EntryPoint = "futimens", SetLastError = true)]
    public static unsafe partial int FutimeNs(int fd, Nua.Foundation.Linux.Libc.TimeSpec* times);

    [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
    public static unsafe partial nint GetDents(int fd, byte* buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(int fd, long length);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(int fd, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "gnu_dev_makedev")]
    public static partial ulong MakeDevice(uint major, uint minor);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static unsafe partial long Syscall(long number, long directory, byte* path, OpenHow* how, nuint size);

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags, Mode, Resolve;
    }
}
