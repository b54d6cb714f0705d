using Nua.Foundation.Linux;

namespace Nua.Agent.Linux;

/// <summary>What <c>statx</c> says about a name.</summary>
internal readonly record struct FileStatus
{
    private const ushort _typeMask = 0xF000;
    private const uint _basicFields = 0x7ff;

    public ushort RawMode { get; init; }
    public uint Uid { get; init; }
    public uint Gid { get; init; }
    public uint Links { get; init; }
    public long Size { get; init; }
    public ulong Inode { get; init; }
    public ulong Device { get; init; }
    public long Seconds { get; init; }
    public uint Nanoseconds { get; init; }
    public long ChangedSeconds { get; init; }
    public uint ChangedNanoseconds { get; init; }

    /// <summary>The permission bits with setuid, setgid and sticky.</summary>
    public uint Mode => (uint)(RawMode & 0xFFF);

    public bool IsDirectory => (RawMode & _typeMask) == 0x4000;
    public bool IsRegular => (RawMode & _typeMask) == 0x8000;
    public bool IsLink => (RawMode & _typeMask) == 0xA000;
    public bool IsFifo => (RawMode & _typeMask) == 0x1000;
    public bool IsSocket => (RawMode & _typeMask) == 0xC000;

    /// <summary>Null when there is no such name or it cannot be looked at.</summary>
    public static FileStatus? Of(string path, bool followLinks = true) =>
        TryRead(Libc.AtFdCwd, Posix.Path(path), followLinks ? 0 : Libc.AtSymlinkNofollow, out var status)
            ? status : null;

    /// <exception cref="IOException">the file cannot be looked at.</exception>
    public static FileStatus OfOpen(int fd) =>
        TryRead(fd, "\0"u8, Libc.AtEmptyPath, out var status)
            ? status
            : throw new IOException("reading a file's status", Posix.LastError);

    public static unsafe bool TryRead(int directory, ReadOnlySpan<byte> path, int flags, out FileStatus status)
    {
        Libc.StatxBuffer buffer;
        if (Libc.Statx(directory, path, flags, _basicFields, &buffer) < 0)
        {
            status = default;
            return false;
        }

        status = new FileStatus
        {
            RawMode = buffer.Mode,
            Uid = buffer.Uid,
            Gid = buffer.Gid,
            Links = buffer.Links,
            Size = (long)buffer.Size,
            Inode = buffer.Inode,
            Device = ((ulong)buffer.DeviceMajor << 32) | buffer.DeviceMinor,
            Seconds = buffer.Modified.Seconds,
            Nanoseconds = buffer.Modified.Nanoseconds,
            ChangedSeconds = buffer.Changed.Seconds,
            ChangedNanoseconds = buffer.Changed.Nanoseconds,
        };
        return true;
    }
}
