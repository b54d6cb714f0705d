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

    /// <exception cref="Nua.Foundation.ProblemException">NUA3117 the disk does not give it, now or while it is read; those of <see cref="IBlobStore"/>.</exception>
    public Stream OpenRead(Digest digest, long size)
    {
        Content? content = null;
        try
        {
            content = new Content(Open(digest, size), Name);
            return new VerifyingStream(content, digest, size, Name);
        }
        catch (Exception failure)
        {
            content?.Dispose();
            if (failure is IOException unreadable)
            {
                throw StoreProblem.CannotRead(Name, unreadable);
            }

            throw;
        }
    }

    private FileStream Open(Digest digest, long size)
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

            return new FileStream(file, FileAccess.Read, bufferSize: 0);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Its failures are problems of the store: whoever reads may be writing elsewhere, and must not take them for his own.</summary>
    private sealed class Content(FileStream file, string store) : ReadOnlyStream
    {
        public override int Read(Span<byte> buffer)
        {
            try
            {
                return file.Read(buffer);
            }
            catch (IOException error)
            {
                throw StoreProblem.CannotRead(store, error);
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                file.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
