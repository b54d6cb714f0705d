using System.Runtime.InteropServices;
using Nua.Foundation.Linux;

namespace Nua.Agent.Linux;

/// <summary>
/// Lists folders with their names as the kernel has them; .NET's own listing loses bytes that are not UTF-8.
/// </summary>
internal static unsafe class DirectoryReader
{
    /// <summary>Where the name starts in <c>struct dirent</c>, on every 64-bit Linux.</summary>
    private const int _nameOffset = 19;

    /// <summary>Names without <c>.</c> and <c>..</c>, in byte order.</summary>
    /// <exception cref="IOException">with the errno.</exception>
    public static List<string> Names(string path)
    {
        var fd = FileBytes.OpenFolder(path);
        var directory = Native.FdOpenDir(fd);
        if (directory == 0)
        {
            var error = Posix.LastError;
            _ = Libc.Close(fd);
            Posix.Throw(error, "listing", path);
        }

        try
        {
            return Read(directory, path);
        }
        finally
        {
            _ = Native.CloseDir(directory);
        }
    }

    private static List<string> Read(nint directory, string path)
    {
        var names = new List<string>();
        while (true)
        {
            // The end and an error look the same but for errno.
            Marshal.SetLastSystemError(0);
            var entry = Native.ReadDir(directory);
            if (entry is null)
            {
                if (Posix.LastError != 0)
                {
                    Posix.Throw(Posix.LastError, "listing", path);
                }

                names.Sort(StringComparer.Ordinal);
                return names;
            }

            var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + _nameOffset);
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                names.Add(RawName.FromBytes(name));
            }
        }
    }
}
