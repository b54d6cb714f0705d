using Nua.Agent.Linux;
using Nua.Foundation.Linux;

namespace Nua.Agent.Settings;

/// <summary>Whether folders can be written, asked of the kernel, which knows about read-only mounts.</summary>
internal static class FolderAccess
{
    /// <summary>0770: the arbitrary user of group 0 that some engines choose must get in as well.</summary>
    public const uint Shared = 0x1F8;

    /// <summary>0700.</summary>
    public const uint Private = 0x1C0;

    private const int _writeAndEnter = 3;

    public static bool IsWritable(string path) =>
        Native.Access(Posix.Path(path), _writeAndEnter) == 0 && FileStatus.Of(path) is { IsDirectory: true };

    /// <summary>Creates one folder; true also when it was there.</summary>
    public static bool TryCreate(string path, uint mode) =>
        Libc.MkdirAt(Libc.AtFdCwd, Posix.Path(path), mode) == 0 || (Posix.LastError == Libc.EExist && IsWritable(path));
}
