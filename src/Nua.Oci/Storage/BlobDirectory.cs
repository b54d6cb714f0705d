using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Nua.Foundation.Linux;

namespace Nua.Oci.Storage;

/// <summary>The <c>blobs</c> of an image layout, for reading.</summary>
public sealed class BlobDirectory : IBlobStore
{
    private const ushort FileTypeMask = 0xF000;
    private const ushort RegularFile = 0x8000;

    /// <param name="layout">The directory that has <c>blobs</c> in it.</param>
    public BlobDirectory(string layout) => Name = layout;

    public string Name { get; }

    /// <summary>Where a blob is, if it is. A digest's grammar has neither dots nor slashes in it.</summary>
    public string PathOf(Digest digest) => Path.Combine(Name, "blobs", digest.Algorithm, digest.Encoded);

    public bool TryGetSize(Digest digest, out long size)
    {
        var file = new FileInfo(PathOf(digest));
        var isThere = file.Exists;
        size = isThere ? file.Length : 0;
        return isThere;
    }

    public Stream OpenRead(Digest digest, long size)
    {
        var path = PathOf(digest);
        // Non-blocking, so that a FIFO in a hostile layout does not stop us for ever.
        var fd = Libc.Open(Posix.Path(path), Libc.ORdOnly | Libc.OCloExec | Libc.ONonBlock, 0);
        if (fd < 0)
        {
            if (Posix.LastError is Libc.ENoEnt or Libc.ENotDir)
            {
                throw BlobProblem.Missing(digest, Name);
            }

            Posix.Throw(Posix.LastError, "opening", path);
        }

        var file = new SafeFileHandle(fd, ownsHandle: true);
        try
        {
            var found = SizeOf(fd, path) ?? throw BlobProblem.Missing(digest, Name);
            if (found != size)
            {
                throw BlobProblem.WrongSize(digest, Name, size, found);
            }

            return new VerifyingStream(new FileStream(file, FileAccess.Read, bufferSize: 0), digest, size, Name);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Null when it is not a regular file.</summary>
    private static unsafe long? SizeOf(int fd, string path)
    {
        Unsafe.SkipInit(out Libc.StatxBuffer stat);
        Posix.Check(Libc.Statx(fd, "\0"u8, Libc.AtEmptyPath, 0x7FF, &stat), "reading", path);
        return (stat.Mode & FileTypeMask) == RegularFile ? (long)stat.Size : null;
    }
}
