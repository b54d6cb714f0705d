using System.Diagnostics.CodeAnalysis;
using Nua.Foundation.Linux;

namespace Nua.Foundation.Durable;

/// <summary>
/// A kernel lock on a file that is never deleted. It ends with the process that holds it, kill -9 included, so no stale
/// lock is ever found.
/// </summary>
public sealed class FileLock : IDisposable
{
    private int _fd;

    private FileLock(int fd) => _fd = fd;

    public static FileLock Exclusive(string path) => Take(path, Libc.LockEx);

    public static FileLock Shared(string path) => Take(path, Libc.LockSh);

    /// <summary>False at once when somebody else holds it.</summary>
    public static bool TryExclusive(string path, [NotNullWhen(true)] out FileLock? taken)
    {
        var fd = Open(path);
        if (Libc.Flock(fd, Libc.LockEx | Libc.LockNb) == 0)
        {
            taken = new FileLock(fd);
            return true;
        }

        var error = Posix.LastError;
        _ = Libc.Close(fd);
        taken = null;
        if (error != Libc.EWouldBlock)
        {
            Posix.Throw(error, "locking", path);
        }

        return false;
    }

    /// <summary>Somebody holds it. A file that does not exist is not made, and nobody holds it.</summary>
    public static bool IsHeld(string path)
    {
        var fd = Libc.Open(Posix.Path(path), Libc.ORdWr | Libc.OCloExec, 0);
        if (fd < 0 && Posix.LastError == Libc.ERofs)
        {
            // Asking must work there too. Not always: some network file systems lock only what was opened for writing.
            fd = Libc.Open(Posix.Path(path), Libc.ORdOnly | Libc.OCloExec, 0);
        }

        if (fd < 0)
        {
            return Posix.LastError == Libc.ENoEnt ? false : throw new IOException($"cannot open the lock '{Printable.Escape(path, 300)}'");
        }

        var isFree = Libc.Flock(fd, Libc.LockEx | Libc.LockNb) == 0;
        _ = Libc.Close(fd);
        return !isFree;
    }

    public void Dispose()
    {
        var fd = Interlocked.Exchange(ref _fd, -1);
        if (fd >= 0)
        {
            // A process that is being started has the descriptor too, until it executes its program: closing alone would leave the lock with it.
            _ = Libc.Flock(fd, Libc.LockUn);
            _ = Libc.Close(fd);
        }
    }

    private static FileLock Take(string path, int operation)
    {
        var fd = Open(path);
        while (Libc.Flock(fd, operation) < 0)
        {
            if (Posix.LastError != Libc.EIntr)
            {
                var error = Posix.LastError;
                _ = Libc.Close(fd);
                Posix.Throw(error, "locking", path);
            }
        }

        return new FileLock(fd);
    }

    private static int Open(string path) =>
        Posix.Check(Libc.Open(Posix.Path(path), Libc.ORdWr | Libc.OCreat | Libc.OCloExec, 0x180), "opening", path);
}
