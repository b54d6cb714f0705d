using Nua.Agent.Linux;
using Nua.Foundation.Linux;

namespace Nua.Agent.Backup;

/// <summary>
/// Copies and hashes file contents. Holes stay holes; the hash is that of the whole content, holes as zeros.
/// </summary>
internal sealed class FileCopy(Action checkpoint)
{
    private const int _seekData = 3, _seekHole = 4;
    private const int _noSuchData = 6;

    private static readonly byte[] _zeros = new byte[64 * 1024];
    private readonly byte[] _buffer = new byte[256 * 1024];

    /// <summary>Hashes <paramref name="size"/> bytes of a file and, with a target, copies them.</summary>
    /// <param name="target">A new, empty file; null to hash only.</param>
    /// <returns>the SHA-256; null when the file turned out to be shorter.</returns>
    public string? Run(int source, int? target, long size, string path)
    {
        var hash = new Sha256();
        var offset = 0L;
        while (offset < size)
        {
            var data = NextData(source, offset, size, path);
            Zeros(hash, data - offset);
            offset = data;
            var end = offset < size ? Math.Min(Seek(source, offset, _seekHole, path) ?? size, size) : size;
            while (offset < end)
            {
                checkpoint();
                var wanted = (int)Math.Min(end - offset, _buffer.Length);
                var count = FileBytes.Read(source, _buffer.AsSpan(0, wanted), offset, path);
                if (count < wanted)
                {
                    return null;
                }

                hash.Append(_buffer.AsSpan(0, count));
                if (target is { } fd)
                {
                    FileBytes.WriteAll(fd, _buffer.AsSpan(0, count), offset, "the copy of " + path);
                }

                offset += count;
            }
        }

        if (target is { } file)
        {
            Posix.Check(Native.FTruncate(file, size), "sizing", path);
        }

        return hash.FinishHex();
    }

    private static long NextData(int fd, long offset, long size, string path) =>
        Math.Min(Seek(fd, offset, _seekData, path) ?? size, size);

    /// <returns>null: there is no more data behind; on file systems that know no holes, everything is data.</returns>
    private static long? Seek(int fd, long offset, int whence, string path)
    {
        var found = Native.LSeek(fd, offset, whence);
        if (found >= 0)
        {
            return found;
        }

        if (Posix.LastError is Libc.EInval or Libc.EOpNotSupp)
        {
            return whence == _seekData ? offset : null;
        }

        if (Posix.LastError != _noSuchData)
        {
            Posix.Throw(Posix.LastError, "reading", path);
        }

        return null;
    }

    private void Zeros(Sha256 hash, long count)
    {
        while (count > 0)
        {
            checkpoint();
            var part = (int)Math.Min(count, _zeros.Length);
            hash.Append(_zeros.AsSpan(0, part));
            count -= part;
        }
    }
}
