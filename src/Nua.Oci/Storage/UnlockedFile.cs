using Microsoft.Win32.SafeHandles;
using Nua.Foundation.Linux;

namespace Nua.Oci.Storage;

/// <summary>
/// Opens files without the advisory lock that .NET takes on every file it opens by path: that would collide with the
/// locks by which processes
/// of Nua know each other.
/// </summary>
internal static class UnlockedFile
{
    public static byte[] ReadAllBytes(string path)
    {
        var fd = Libc.Open(Posix.Path(path), Libc.ORdOnly | Libc.OCloExec, 0);
        if (fd < 0 && Posix.LastError == Libc.ENoEnt)
        {
            throw new FileNotFoundException($"'{Foundation.Printable.Escape(path, 300)}' is not there", path);
        }

        using var file = new SafeFileHandle(Posix.Check(fd, "opening", path), ownsHandle: true);
        using var stream = new FileStream(file, FileAccess.Read, bufferSize: 0);
        using var output = new MemoryStream();
        stream.CopyTo(output);
        return output.ToArray();
    }

    /// <summary>For adding at the end of a file that is there.</summary>
    public static FileStream OpenAppend(string path)
    {
        const int append = 0x400;
        var fd = Posix.Check(Libc.Open(Posix.Path(path), Libc.OWrOnly | append | Libc.OCloExec, 0), "opening", path);
        return new FileStream(new SafeFileHandle(fd, ownsHandle: true), FileAccess.Write, bufferSize: 0);
    }
}
