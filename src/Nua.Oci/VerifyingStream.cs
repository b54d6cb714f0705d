using System.Security.Cryptography;
using Nua.Foundation;

namespace Nua.Oci;

/// <summary>
/// Passes content on while hashing it. The last bytes are given out only after the digest has been found right, so nobody can
/// reach the end of wrong content.
/// </summary>
internal sealed class VerifyingStream : ReadOnlyStream
{
    private readonly Stream _inner;
    private readonly Digest _digest;
    private readonly long _size;
    private readonly string _where;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _seen;
    private bool _isVerified;

    /// <param name="inner">Disposed with this stream.</param>
    public VerifyingStream(Stream inner, Digest digest, long size, string where)
    {
        _inner = inner;
        _digest = digest;
        _size = size;
        _where = where;
        if (!digest.IsVerifiable)
        {
            throw new ProblemException(new Problem("NUA3063", $"content named by '{digest.Algorithm}' cannot be verified")
            {
                Where = where,
                Why = "Nua trusts sha256 only",
            });
        }
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || (_isVerified && _seen == _size))
        {
            return 0;
        }

        var wanted = (int)Math.Min(buffer.Length, _size - _seen);
        var read = wanted == 0 ? 0 : _inner.Read(buffer[..wanted]);
        if (read == 0 && wanted > 0)
        {
            throw BlobProblem.WrongDigest(_digest, _where, $"it ends after {_seen} of {_size} bytes");
        }

        _hash.AppendData(buffer[..read]);
        _seen += read;
        if (_seen == _size)
        {
            Verify();
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Verify()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(hash);
        var found = Digest.FromHash(hash);
        if (found != _digest)
        {
            throw BlobProblem.WrongDigest(_digest, _where, $"its bytes have the digest {found}");
        }

        _isVerified = true;
    }
}
