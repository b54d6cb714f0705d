using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Rootfs.Trees;

/// <summary>Files by names that may be any bytes: .NET's own calls open none whose name is not UTF-8.</summary>
public static class FileContent
{
    /// <exception cref="IOException">with the errno in <see cref="Exception.HResult"/>.</exception>
    public static FileStream Open(string path)
    {
        var fd = Posix.Check(Libc.Open(Posix.Path(path), Libc.ORdOnly | Libc.OCloExec, 0), "opening", path);
        return new FileStream(new SafeFileHandle(fd, ownsHandle: true), FileAccess.Read, 128 * 1024);
    }

    /// <summary>Copies without following a link, exactly as many bytes as were announced.</summary>
    /// <exception cref="ProblemException">NUA4035: the file changed while it was read.</exception>
    public static void CopyTo(string path, long size, Stream output)
    {
        var fd = Posix.Check(Libc.Open(Posix.Path(path), Libc.ORdOnly | Libc.ONoFollow | Libc.OCloExec, 0), "opening", path);
        using var file = new SafeFileHandle(fd, ownsHandle: true);
        var buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            long done = 0;
            while (done < size)
            {
                var count = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, size - done)), done);
                if (count == 0)
                {
                    throw new ProblemException(new Problem("NUA4035", $"'{Printable.Escape(path, 300)}' became shorter while it was read")
                    {
                        Remedy = "build again when nothing writes to the folder",
                    });
                }

                output.Write(buffer, 0, count);
                done += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
