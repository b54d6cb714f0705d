using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Nua.Foundation.Durable;
using Nua.Foundation.Linux;

namespace Nua.Oci.Storage;

/// <summary>
/// A blob being written: a stream that hashes what passes. It lives in a temporary file under a kernel lock, by which pruning
/// tells the files of living writers from those of dead ones. Without <see cref="Commit"/> nothing is left.
/// </summary>
public sealed class BlobWriter : WriteOnlyStream
{
    private readonly StoreWriter _owner;
    private readonly string _temporary;
    private readonly SafeFileHandle _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[256 << 10];
    private int _buffered;
    private long _written;
    private bool _isCommitted;

    internal BlobWriter(StoreWriter owner, string temporary)
    {
        _owner = owner;
        _temporary = temporary;
        _file = DurableFile.Create(temporary);
        try
        {
            Posix.Check(Libc.Flock((int)_file.DangerousGetHandle(), Libc.LockEx | Libc.LockNb), "locking", temporary);
        }
        catch (IOException)
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Bytes written so far.</summary>
    public override long Length => _written + _buffered;

    /// <exception cref="Nua.Foundation.ProblemException">NUA3101.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_isCommitted, this);
        while (!buffer.IsEmpty)
        {
            if (_buffered == _buffer.Length)
            {
                Drain();
            }

            var count = Math.Min(buffer.Length, _buffer.Length - _buffered);
            buffer[..count].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += count;
            buffer = buffer[count..];
        }
    }

    /// <summary>
    /// Puts the blob in its place under its digest. Its bytes are on the disk when this returns; its name is after
    /// <see cref="StoreWriter.Sync"/> or <see cref="StoreWriter.Publish"/>. Content that was there already is replaced
    /// by these bytes, which heals a
    /// damaged blob.
    /// </summary>
    /// <exception cref="Nua.Foundation.ProblemException">NUA3101.</exception>
    public Descriptor Commit(string mediaType)
    {
        var digest = Finish();
        Place(digest);
        return new Descriptor(mediaType, digest, _written);
    }

    /// <summary>The same for bytes that somebody else named: unless they are those of <paramref name="expected"/>, nothing is kept of
    /// them.</summary>
    /// <returns>False when they are other bytes.</returns>
    /// <exception cref="Nua.Foundation.ProblemException">NUA3101.</exception>
    public bool TryCommitAs(Descriptor expected)
    {
        var digest = Finish();
        var isRight = digest == expected.Digest && _written == expected.Size;
        if (isRight)
        {
            Place(digest);
        }

        return isRight;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_file.IsClosed)
        {
            if (!_isCommitted)
            {
                DurableFile.Discard(_temporary);
            }

            _file.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private Digest Finish()
    {
        ObjectDisposedException.ThrowIf(_isCommitted, this);
        Drain();
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(hash);
        return Digest.FromHash(hash);
    }

    private void Place(Digest digest)
    {
        _owner.Commit(_file, _temporary, digest);
        _isCommitted = true;
    }

    private void Drain()
    {
        var bytes = _buffer.AsSpan(0, _buffered);
        try
        {
            DurableFile.Write(_file, bytes, _temporary);
        }
        catch (IOException error)
        {
            throw StoreProblem.CannotWrite(_owner.Store.Home, error);
        }

        _hash.AppendData(bytes);
        _written += _buffered;
        _buffered = 0;
    }
}
