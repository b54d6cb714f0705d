using System.Security.Cryptography;
using Nua.Foundation;

namespace Nua.Oci.Compression;

/// <summary>No compression: hands bytes on and does not close the output.</summary>
internal sealed class PassThroughWriter(Stream output) : WriteOnlyStream
{
    public override void Write(ReadOnlySpan<byte> buffer) => output.Write(buffer);

    public override void Flush() => output.Flush();
}

/// <summary>Counts what is read.</summary>
internal sealed class CountingStream(Stream inner) : ReadOnlyStream
{
    public long Count { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        Count += read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>Stops a bomb: total size and, above a floor, the ratio to what was read for it.</summary>
internal sealed class BoundedStream(
    Stream expanded, CountingStream compressed, ExpansionLimits limits, string where) : ReadOnlyStream
{
    private long _count;

    public override int Read(Span<byte> buffer)
    {
        var read = expanded.Read(buffer);
        _count += read;
        if (_count > limits.MaxBytes)
        {
            throw TooLarge($"it is more than {limits.MaxBytes} bytes");
        }

        if (_count > ExpansionLimits.RatioFloor && _count / limits.MaxRatio > compressed.Count)
        {
            throw TooLarge($"{compressed.Count} bytes became {_count}, more than {limits.MaxRatio} to 1");
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            expanded.Dispose();
            compressed.Dispose();
        }

        base.Dispose(disposing);
    }

    private ProblemException TooLarge(string why) => new(
        new Problem("NUA3044", "the layer expands too far") { Where = where, Why = why });
}

/// <summary>Computes the diff_id of an expanded layer and compares it at the end.</summary>
internal sealed class DiffIdStream(Stream tar, Digest diffId, string where) : ReadOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _isVerified;

    public override int Read(Span<byte> buffer)
    {
        var read = tar.Read(buffer);
        if (read > 0)
        {
            _hash.AppendData(buffer[..read]);
        }
        else if (!buffer.IsEmpty && !_isVerified)
        {
            Verify();
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            tar.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Verify()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(hash);
        var found = Digest.FromHash(hash);
        if (found != diffId)
        {
            throw new ProblemException(new Problem("NUA3056", "the layer is not what the config says")
            {
                Where = where,
                Why = $"its diff_id is {found}, the config has {diffId}",
            });
        }

        _isVerified = true;
    }
}
