using Nua.Foundation.Linux;

namespace Nua.Agent.Linux;

/// <summary>
/// Reading and writing at a position, whole or with an error; short writes and interruptions are gone.
/// </summary>
internal static unsafe class FileBytes
{
    /// <summary>Opens a file for reading; a link is refused.</summary>
    /// <exception cref="IOException">with the errno.</exception>
    public static int OpenToRead(string path) => Open(path, Libc.ONoFollow);

    /// <exception cref="IOException">with the errno; also when it is not a folder.</exception>
    public static int OpenFolder(string path) => Open(path, Libc.ODirectory);

    /// <exception cref="IOException">with the errno.</exception>
    public static void WriteAll(int fd, ReadOnlySpan<byte> bytes, long offset, string path)
    {
        fixed (byte* start = bytes)
        {
            var done = 0;
            while (done < bytes.Length)
            {
                var count = Native.PWrite(fd, start + done, bytes.Length - done, offset + done);
                if (count < 0 && Posix.LastError == Libc.EIntr)
                {
                    continue;
                }

                done += (int)Posix.Check(count, "writing", path);
            }
        }
    }

    /// <summary>Fills the buffer as far as the file goes.</summary>
    /// <returns>the bytes read; fewer than the buffer holds only at the end of the file.</returns>
    public static int Read(int fd, Span<byte> buffer, long offset, string path)
    {
        fixed (byte* start = buffer)
        {
            var done = 0;
            while (done < buffer.Length)
            {
                var count = Native.PRead(fd, start + done, buffer.Length - done, offset + done);
                if (count < 0 && Posix.LastError == Libc.EIntr)
                {
                    continue;
                }

                if (Posix.Check(count, "reading", path) == 0)
                {
                    break;
                }

                done += (int)count;
            }

            return done;
        }
    }

    private static int Open(string path, int flags) =>
        Posix.Check(Libc.Open(Posix.Path(path), Libc.ORdOnly | Libc.OCloExec | flags, 0), "opening", path);
}
