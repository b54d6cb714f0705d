using System.Buffers.Binary;
using System.Security.Cryptography;
using Nua.Oci;

namespace Nua.Engine.Backups;

/// <summary>
/// The last 48 bytes of a backup: a skippable zstd frame (<c>5E 2A 4D 18</c>, length 40) with <c>NUABKUP1</c> and the SHA-256 of every byte before it. It tells a
/// whole file from one that was cut off, and finds a flipped bit where even the compression would not mind it.
/// </summary>
internal static class BackupTrailer
{
    public const int Length = 48;

    public static ReadOnlySpan<byte> Start => "\x5E\x2A\x4D\x18\x28\0\0\0NUABKUP1"u8;

    public static byte[] Of(ReadOnlySpan<byte> sha256) => [.. Start, .. sha256];
}

/// <summary>Hashes what is written through it; <see cref="Complete"/> ends the backup.</summary>
/// <param name="output">Stays open.</param>
internal sealed class TrailerWriter(Stream output) : WriteOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _hash.AppendData(buffer);
        output.Write(buffer);
    }

    public void Complete() => output.Write(BackupTrailer.Of(_hash.GetHashAndReset()));

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }
}

/// <summary>Gives everything but the trailer, and at the end of it checks that the trailer is right.</summary>
/// <param name="input">Stays open.</param>
internal sealed class TrailerReader(Stream input, string where) : ReadOnlyStream
{
    private const int Block = 1 << 20;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[Block + BackupTrailer.Length];
    private int _at;
    private int _end;
    private bool _isChecked;

    /// <exception cref="Nua.Foundation.ProblemException">NUA5121 a byte has changed, NUA5123 it was cut off.</exception>
    public override int Read(Span<byte> buffer)
    {
        // What is in the buffer before its last 48 bytes cannot be the trailer.
        while (_end - _at <= BackupTrailer.Length && !_isChecked)
        {
            _buffer.AsSpan(_at, _end - _at).CopyTo(_buffer);
            (_at, _end) = (0, _end - _at);
            var count = input.Read(_buffer.AsSpan(_end));
            _end += count;
            if (count == 0)
            {
                Check();
            }
        }

        var take = Math.Min(buffer.Length, _end - _at - BackupTrailer.Length);
        if (take <= 0)
        {
            return 0;
        }

        _buffer.AsSpan(_at, take).CopyTo(buffer);
        _hash.AppendData(buffer[..take]);
        _at += take;
        return take;
    }

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }

    private void Check()
    {
        var trailer = _buffer.AsSpan(_at, _end - _at);
        if (trailer.Length < BackupTrailer.Length || !trailer.StartsWith(BackupTrailer.Start))
        {
            throw BackupProblem.Truncated(where);
        }

        if (!trailer[BackupTrailer.Start.Length..].SequenceEqual(_hash.GetHashAndReset()))
        {
            throw BackupProblem.Damaged(where, "its checksum is not the one it ends with");
        }

        _isChecked = true;
    }
}
