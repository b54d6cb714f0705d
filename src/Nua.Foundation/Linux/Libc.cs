using System.Runtime.InteropServices;

namespace Nua.Foundation.Linux;

/// <summary>
/// The C library calls that .NET lacks or hides errors of. Every call goes through the libc wrapper, not raw
/// <c>syscall()</c> where a wrapper exists, so that fault-injection shims see it. Paths are bytes: Linux names need not be UTF-8.
/// </summary>
public static partial class Libc
{
    public const int AtFdCwd = -100;
    public const int AtSymlinkNofollow = 0x100;
    public const int AtRemoveDir = 0x200;
    public const int AtEmptyPath = 0x1000;

    public const int ORdOnly = 0, OWrOnly = 1, ORdWr = 2;
    public const int OCreat = 0x40, OExcl = 0x80, OTrunc = 0x200, OAppend = 0x400, ONonBlock = 0x800;
    public const int OCloExec = 0x80000, OPath = 0x200000;

    /// <summary>The flags that have another value on ARM.</summary>
    public static readonly int ODirectory = IsArm ? 0x4000 : 0x10000, ONoFollow = IsArm ? 0x8000 : 0x20000;

    public const uint RenameNoReplace = 1, RenameExchange = 2;

    public const ulong MsRdOnly = 1, MsNoSuid = 2, MsNoDev = 4, MsNoExec = 8, MsRemount = 32;
    public const ulong MsBind = 4096, MsRec = 16384, MsPrivate = 1 << 18, MsSlave = 1 << 19;
    public const int MntDetach = 2;

    public const int FSetPipeSize = 1031;

    public const int EPerm = 1, ENoEnt = 2, EIntr = 4, EExist = 17, ENotDir = 20, EIsDir = 21, EInval = 22,
        ENoSpc = 28, ERofs = 30, ENotEmpty = 39, ELoop = 40, ENoData = 61, EOpNotSupp = 95, EWouldBlock = 11, EDQuot = 122;

    public const int PrSetParentDeathSignal = 1, SigKill = 9;

    public const int LockSh = 1, LockEx = 2, LockNb = 4, LockUn = 8;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true)]
    public static partial int Open(ReadOnlySpan<byte> path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    public static partial int OpenAt(int dirFd, ReadOnlySpan<byte> path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    public static partial int Dup2(int fd, int newFd);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Fcntl(int fd, int command, int argument);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Fsync(int fd);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    public static partial int Syncfs(int fd);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static unsafe partial nint Read(int fd, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static unsafe partial nint Write(int fd, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Flock(int fd, int operation);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    public static partial int RenameAt2(
        int oldDir, ReadOnlySpan<byte> oldPath, int newDir, ReadOnlySpan<byte> newPath, uint flags);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    public static partial int UnlinkAt(int dirFd, ReadOnlySpan<byte> path, int flags);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true)]
    public static partial int LinkAt(
        int oldDir, ReadOnlySpan<byte> oldPath, int newDir, ReadOnlySpan<byte> newPath, int flags);

    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true)]
    public static partial int SymlinkAt(ReadOnlySpan<byte> target, int dirFd, ReadOnlySpan<byte> path);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true)]
    public static partial int MkdirAt(int dirFd, ReadOnlySpan<byte> path, uint mode);

    [LibraryImport("libc", EntryPoint = "mknodat", SetLastError = true)]
    public static partial int MknodAt(int dirFd, ReadOnlySpan<byte> path, uint mode, ulong device);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
    public static unsafe partial nint ReadLinkAt(int dirFd, ReadOnlySpan<byte> path, byte* buffer, nint size);

    [LibraryImport("libc", EntryPoint = "fchownat", SetLastError = true)]
    public static partial int FchownAt(int dirFd, ReadOnlySpan<byte> path, uint uid, uint gid, int flags);

    [LibraryImport("libc", EntryPoint = "fchmodat", SetLastError = true)]
    public static partial int FchmodAt(int dirFd, ReadOnlySpan<byte> path, uint mode, int flags);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int Fchmod(int fd, uint mode);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    public static partial int Fchown(int fd, uint uid, uint gid);

    [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true)]
    public static unsafe partial int UtimensAt(int dirFd, ReadOnlySpan<byte> path, TimeSpec* times, int flags);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true)]
    public static partial int Mount(
        ReadOnlySpan<byte> source, ReadOnlySpan<byte> target, ReadOnlySpan<byte> type, ulong flags, ReadOnlySpan<byte> data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true)]
    public static partial int Umount2(ReadOnlySpan<byte> target, int flags);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int Prctl(int option, ulong a, ulong b, ulong c, ulong d);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    public static partial int Madvise(nuint start, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "umask", SetLastError = true)]
    public static partial uint Umask(uint mask);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint GetEuid();

    [LibraryImport("libc", EntryPoint = "getegid")]
    public static partial uint GetEgid();

    [LibraryImport("libc", EntryPoint = "lgetxattr", SetLastError = true)]
    public static unsafe partial nint LGetXattr(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, byte* value, nint size);

    [LibraryImport("libc", EntryPoint = "llistxattr", SetLastError = true)]
    public static unsafe partial nint LListXattr(ReadOnlySpan<byte> path, byte* list, nint size);

    [LibraryImport("libc", EntryPoint = "lsetxattr", SetLastError = true)]
    public static unsafe partial int LSetXattr(
        ReadOnlySpan<byte> path, ReadOnlySpan<byte> name, byte* value, nint size, int flags);

    [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
    public static unsafe partial nint GetDents64(int fd, byte* buffer, nint size);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    public static unsafe partial int Statx(int dirFd, ReadOnlySpan<byte> path, int flags, uint mask, StatxBuffer* buffer);

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct StatxTime
    {
        public long Seconds;
        public uint Nanoseconds;
        private readonly int _reserved;
    }

    /// <summary>The kernel's <c>struct statx</c>; it has one layout on every architecture, unlike <c>struct stat</c>.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    public struct StatxBuffer
    {
        public uint Mask, BlockSize;
        public ulong Attributes;
        public uint Links, Uid, Gid;
        public ushort Mode;
        private readonly ushort _pad;
        public ulong Inode, Size, Blocks, AttributesMask;
        public StatxTime Accessed, Created, Changed, Modified;
        public uint RawDeviceMajor, RawDeviceMinor, DeviceMajor, DeviceMinor;
    }
}
