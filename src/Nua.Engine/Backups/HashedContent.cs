using System.Security.Cryptography;
using Nua.Oci;

namespace Nua.Engine.Backups;

/// <summary>
/// Hashes what is read through it. What was read into an array is hashed by another processor while the reader works on it, so the reader must
/// leave it as it is until it reads on.
/// </summary>
internal sealed class HashedContent(Stream content, IncrementalHash hash) : ReadOnlyStream
{
    /// <summary>Less is hashed sooner than another thread is told of it.</summary>
    private const int Worthwhile = 64 << 10;

    private Task _hashing = Task.CompletedTask;

    public override int Read(Span<byte> buffer)
    {
        _hashing.Wait();
        var count = content.Read(buffer);
        hash.AppendData(buffer[..count]);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        _hashing.Wait();
        var read = content.Read(buffer, offset, count);
        if (read < Worthwhile)
        {
            hash.AppendData(buffer, offset, read);
        }
        else
        {
            _hashing = Task.Run(() => hash.AppendData(buffer, offset, read));
        }

        return read;
    }

    /// <summary>Waits: afterwards the array belongs to its owner, whatever went wrong meanwhile.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hashing.Wait();
        }

        base.Dispose(disposing);
    }
}
