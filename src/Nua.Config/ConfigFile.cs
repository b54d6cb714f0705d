using Microsoft.Win32.SafeHandles;
using Nua.Config.Syntax;
using Nua.Foundation.Linux;

namespace Nua.Config;

/// <summary>Reads the bytes of a configuration file, and no more than the limit.</summary>
internal static class ConfigFile
{
    private const ushort FileTypeMask = 0xf000, RegularFile = 0x8000;

    /// <summary>The bytes, or null after reporting why not. One byte more than <see cref="Limits.Size"/> is read at
    /// most, so that too large a file is noticed.</summary>
    public static byte[]? Read(string path, ProblemLog log)
    {
        try
        {
            // Opening a FIFO would wait for a writer without O_NONBLOCK.
            var fd = Libc.Open(Posix.Path(path), Libc.ORdOnly | Libc.ONonBlock | Libc.OCloExec, 0);
            using var handle = new SafeFileHandle(Posix.Check(fd, "open", path), ownsHandle: true);
            if (!IsRegular(fd))
            {
                log.Add(ConfigProblems.Unreadable(path, "it is not a regular file"));
                return null;
            }

            return ReadAll(handle);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.Add(ConfigProblems.Unreadable(path, error.Message));
            return null;
        }
    }

    private static unsafe bool IsRegular(int fd)
    {
        const uint type = 1;
        Libc.StatxBuffer stat;
        return Libc.Statx(fd, "\0"u8, Libc.AtEmptyPath, type, &stat) == 0 && (stat.Mode & FileTypeMask) == RegularFile;
    }

    private static byte[] ReadAll(SafeFileHandle handle)
    {
        var buffer = new byte[Math.Clamp(RandomAccess.GetLength(handle), 0, Limits.Size) + 1];
        var count = 0;
        while (count < buffer.Length)
        {
            var read = RandomAccess.Read(handle, buffer.AsSpan(count), count);
            if (read == 0)
            {
                break;
            }

            count += read;
        }

        return buffer[..count];
    }
}
