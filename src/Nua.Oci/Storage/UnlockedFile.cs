using Microsoft.Win32.SafeHandles;
using Nua.Foundation.Linux;
using Nua.Oci.Json;

namespace Nua.Oci.Storage;

/// <summary>
/// Opens files without the advisory lock that .NET takes on every file it opens by path: that would collide with the locks by
/// which processes of Nua know each other.
/// </summary>
internal static class UnlockedFile
{
    /// <summary>All of a document. A file of somebody else's layout can be anything: a FIFO is not waited for, and what grows or
    /// has no end is not read.</summary>
    /// <exception cref="Foundation.ProblemException">NUA3001 it is larger than <paramref name="limit"/> bytes; NUA3116 it is no
    /// regular file.</exception>
    public static byte[] ReadAllBytes(string path, int limit = StrictJson.MaxBytes)
    {
        using var file = OpenRead(path);
        var status = FileStatus.Of((int)file.DangerousGetHandle(), path);
        if (status.Size > limit)
        {
            throw StrictJson.TooLarge(path, status.Size, limit);
        }

        using var stream = new FileStream(file, FileAccess.Read, bufferSize: 0);
        var bytes = new byte[status.Size];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length == bytes.Length ? bytes : bytes[..length];
    }

    /// <summary>A regular file, links followed. A FIFO is not waited for.</summary>
    /// <exception cref="Foundation.ProblemException">NUA3116 it is no regular file.</exception>
    public static SafeFileHandle OpenRead(string path)
    {
        var fd = Libc.Open(Posix.Path(path), Libc.ORdOnly | Libc.OCloExec | Libc.ONonBlock, 0);
        if (fd < 0 && Posix.LastError == Libc.ENoEnt)
        {
            throw new FileNotFoundException($"'{Foundation.Printable.Escape(path, 300)}' is not there", path);
        }

        var file = new SafeFileHandle(Posix.Check(fd, "opening", path), ownsHandle: true);
        try
        {
            return FileStatus.Of(fd, path).IsRegularFile ? file : throw StoreProblem.NotAFile(path);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>For adding at the end of a file that is there.</summary>
    public static FileStream OpenAppend(string path)
    {
        const int append = 0x400;
        var fd = Posix.Check(Libc.Open(Posix.Path(path), Libc.OWrOnly | append | Libc.OCloExec, 0), "opening", path);
        return new FileStream(new SafeFileHandle(fd, ownsHandle: true), FileAccess.Write, bufferSize: 0);
    }
}
