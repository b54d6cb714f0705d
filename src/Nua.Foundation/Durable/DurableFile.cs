using Microsoft.Win32.SafeHandles;
using Nua.Foundation.Linux;

namespace Nua.Foundation.Durable;

/// <summary>
/// The one way a file of Nua comes into being: written beside its place, synced with fsync's own error checked, renamed,
/// and the directory synced. After a crash at any instant the name holds either the old bytes or all of the new.
/// .NET's own flush is not used: it returns normally when fsync fails.
/// </summary>
public static class DurableFile
{
    /// <summary>Replaces <paramref name="path"/> with <paramref name="content"/>, durably.</summary>
    /// <exception cref="IOException">any write, fsync or rename failed; the old file is still there.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content, uint mode = 0x1A4)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var temporary = Path.Combine(directory, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var file = Create(temporary, mode))
            {
                Write(file, content, temporary);
                Sync(file, temporary);
            }

            Rename(temporary, path);
        }
        catch
        {
            Discard(temporary);
            throw;
        }
    }

    /// <summary>Creates a new file that must not exist, readable by nobody else unless <paramref name="mode"/> says so.</summary>
    public static SafeFileHandle Create(string path, uint mode = 0x180)
    {
        var fd = Posix.Check(
            Libc.Open(Posix.Path(path), Libc.ORdWr | Libc.OCreat | Libc.OExcl | Libc.OCloExec, mode), "creating", path);
        return new SafeFileHandle(fd, ownsHandle: true);
    }

    /// <summary>Appends bytes, all of them. Not <c>RandomAccess.Write</c>: on a failing disk it says that the file cannot seek.</summary>
    /// <exception cref="IOException">with the system's own error.</exception>
    public static unsafe void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, string path)
    {
        while (!bytes.IsEmpty)
        {
            fixed (byte* pointer = bytes)
            {
                var written = Libc.Write((int)file.DangerousGetHandle(), pointer, bytes.Length);
                if (written >= 0)
                {
                    bytes = bytes[(int)written..];
                }
                else if (Posix.LastError != Libc.EIntr)
                {
                    Posix.Throw(Posix.LastError, "writing", path);
                }
            }
        }
    }

    /// <summary>Flushes a file's data and metadata to the disk. After a failure the file is dead: never retry on it.</summary>
    public static void Sync(SafeFileHandle file, string path) =>
        Posix.Check(Libc.Fsync((int)file.DangerousGetHandle()), "syncing", path);

    /// <summary>Flushes a directory, so that the names in it survive a power cut.</summary>
    public static void SyncDirectory(string directory)
    {
        var fd = Posix.Check(
            Libc.Open(Posix.Path(directory), Libc.ORdOnly | Libc.ODirectory | Libc.OCloExec, 0), "opening", directory);
        try
        {
            Posix.Check(Libc.Fsync(fd), "syncing", directory);
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    /// <summary>Renames over whatever is there, then syncs the directory.</summary>
    public static void Rename(string from, string to)
    {
        Posix.Check(Libc.RenameAt2(Libc.AtFdCwd, Posix.Path(from), Libc.AtFdCwd, Posix.Path(to), 0), "renaming to", to);
        SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(to))!);
    }

    /// <summary>Removes a temporary file if it is there and that is still possible. Never throws: it is called when something else went
    /// wrong, which must be told instead.</summary>
    public static void Discard(string path) => _ = Libc.UnlinkAt(Libc.AtFdCwd, Posix.Path(path), 0);

    /// <summary>Creates a directory and its missing parents, each entry synced into its parent.</summary>
    public static void CreateDirectory(string directory, uint mode = 0x1ED)
    {
        directory = Path.GetFullPath(directory);
        if (Directory.Exists(directory))
        {
            return;
        }

        var parent = Path.GetDirectoryName(directory)!;
        CreateDirectory(parent, mode);
        if (Libc.MkdirAt(Libc.AtFdCwd, Posix.Path(directory), mode) < 0 && Posix.LastError != Libc.EExist)
        {
            Posix.Throw(Posix.LastError, "creating", directory);
        }

        SyncDirectory(parent);
    }
}
