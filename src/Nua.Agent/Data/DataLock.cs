using Nua.Agent.Linux;
using Nua.Foundation.Durable;
using Nua.Foundation.Linux;

namespace Nua.Agent.Data;

/// <summary>
/// The kernel lock on <c>/nua/data/.nua/lock</c>: one writer at a time. Held by an open descriptor, so it ends with the
/// process however that ends. A folder that cannot be written needs none.
/// </summary>
internal sealed class DataLock : IDisposable
{
    /// <summary>Set in the environment of what init starts: init holds the lock for it.</summary>
    public const string HeldVariable = "NUA_DATA_LOCK";

    private const int _setDescriptorFlags = 2;
    private const uint _mode = 0x1B0;
    private readonly int _fd;

    private DataLock(int fd) => _fd = fd;

    /// <summary>Takes the lock without waiting.</summary>
    /// <param name="shared">Several may hold it together, but not with one who wants it alone.</param>
    /// <returns>null when the folder cannot be locked because it cannot be written, or its file system has no
    /// locks.</returns>
    /// <exception cref="Foundation.ProblemException">NUA6031: somebody else holds it; exit code 75.</exception>
    public static DataLock? Take(DataFolder data, bool shared)
    {
        var fd = Open(data);
        if (fd < 0)
        {
            return null;
        }

        if (Libc.Flock(fd, (shared ? Libc.LockSh : Libc.LockEx) | Libc.LockNb) == 0)
        {
            return new DataLock(fd);
        }

        var error = Posix.LastError;
        _ = Libc.Close(fd);
        if (error == Libc.EWouldBlock)
        {
            throw Refusal.DataBusy();
        }

        Output.Note($"the data's file system has no locks (errno {error}); going on without");
        return null;
    }

    /// <summary>Lets the lock live on in the program that this process becomes.</summary>
    public void KeepAcrossExec() => _ = Native.Fcntl(_fd, _setDescriptorFlags, 0);

    public void Dispose() => _ = Libc.Close(_fd);

    private static int Open(DataFolder data)
    {
        var file = Posix.Path(data.Own + "/" + DataFolder.LockFile);
        if (data.IsWritable)
        {
            DurableFile.CreateDirectory(data.Own, Settings.FolderAccess.Shared);
            return Libc.Open(file, Libc.ORdWr | Libc.OCreat | Libc.ONoFollow | Libc.OCloExec, _mode);
        }

        return Libc.Open(file, Libc.ORdOnly | Libc.ONoFollow | Libc.OCloExec, 0);
    }
}
