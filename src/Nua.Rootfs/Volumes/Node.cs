using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Rootfs.Volumes;

internal enum NodeKind
{
    File,
    Directory,
    Symlink,
    Fifo,

    /// <summary>Socket or device: not copied.</summary>
    Other,
}

/// <summary>One name of a tree on disk, as the kernel describes it, links not followed.</summary>
internal readonly record struct Node(Libc.StatxBuffer Status)
{
    private const uint TypeMask = 0xF000;

    public NodeKind Kind => (Status.Mode & TypeMask) switch
    {
        0x8000 => NodeKind.File,
        0x4000 => NodeKind.Directory,
        0xA000 => NodeKind.Symlink,
        0x1000 => NodeKind.Fifo,
        _ => NodeKind.Other,
    };

    public string KindName => (Status.Mode & TypeMask) == 0xC000 ? "a socket" : "a device";

    /// <summary>Permissions, set-user-id, set-group-id, sticky.</summary>
    public uint Mode => Status.Mode & 0xFFFu;

    public long Size => (long)Status.Size;

    public (uint Major, uint Minor, ulong Inode) Identity => (Status.DeviceMajor, Status.DeviceMinor, Status.Inode);

    /// <summary>Fewer blocks on the disk than its length needs.</summary>
    public bool IsSparse => (long)Status.Blocks * 512 < Size;

    /// <returns>Null when it is gone.</returns>
    public static unsafe Node? Read(int directory, ReadOnlySpan<byte> name, string shown)
    {
        Libc.StatxBuffer status;
        if (Libc.Statx(directory, name, Libc.AtSymlinkNofollow, 0x7FF, &status) == 0)
        {
            return new Node(status);
        }

        if (Posix.LastError != Libc.ENoEnt)
        {
            Posix.Throw(Posix.LastError, "reading", shown);
        }

        return null;
    }

    /// <summary>Of an open file.</summary>
    public static unsafe Node Of(int fd, string shown)
    {
        Libc.StatxBuffer status;
        Posix.Check(Libc.Statx(fd, "\0"u8, Libc.AtEmptyPath, 0x7FF, &status), "reading", shown);
        return new Node(status);
    }

    /// <summary>Opens what must be of this kind, never through a link and without waiting.</summary>
    public static int Open(int directory, ReadOnlySpan<byte> name, int flags, string shown) => Posix.Check(
        Libc.OpenAt(directory, name, flags | Libc.ONoFollow | Libc.OCloExec | Libc.ONonBlock, 0), "opening", shown);

    public static ProblemException TooDeep(string path) => new(new Problem("NUA4073", "a path is longer than an archive can hold")
    {
        Where = Printable.Escape(path, 120),
        Why = "it has more than 3900 bytes",
    });

    public static ProblemException Changed(string path) => new(new Problem("NUA4074", $"'{Printable.Escape(path, 300)}' changed while it was copied")
    {
        Why = "something writes to data that must be at rest",
        Remedy = "stop what writes to it and try again",
    })
    { ExitCode = 75 };
}
