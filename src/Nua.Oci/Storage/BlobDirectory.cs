using Microsoft.Win32.SafeHandles;
using Nua.Foundation.Linux;

namespace Nua.Oci.Storage;

/// <summary>The <c>blobs</c> of an image layout, for reading.</summary>
public sealed class BlobDirectory : IBlobStore
{
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
            if (Posix.LastError is Libc.ENoEnt or Libc.ENotDir or Libc.ELoop)
            {
                throw BlobProblem.Missing(digest, Name);
            }

            Posix.Throw(Posix.LastError, "opening", path);
        }

        var file = new SafeFileHandle(fd, ownsHandle: true);
        try
        {
            var found = FileStatus.Of(fd, path);
            if (!found.IsRegularFile)
            {
                throw BlobProblem.Missing(digest, Name);
            }

            if (found.Size != size)
            {
                throw BlobProblem.WrongSize(digest, Name, size, found.Size);
            }

            return new VerifyingStream(new FileStream(file, FileAccess.Read, bufferSize: 0), digest, size, Name);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
