using System.Buffers.Binary;
using Nua.Oci;
using Nua.Oci.Compression;

namespace Nua.Engine.Backups;

/// <summary>
/// The last 20 bytes of a backup: a skippable zstd frame (<c>5E 2A 4D 18</c>, length 12) with <c>NUABKUP1</c> and the CRC-32 of every byte before it. It tells a
/// whole file from one that was cut off, and finds every flipped byte where even the compression would not mind it. What the files hold is the manifest's
/// to say, with SHA-256: hashing everything twice would cost as much time as all the rest.
/// </summary>
internal static class BackupTrailer
{
    public const int Length = 20;

    public static ReadOnlySpan<byte> Start => "\x5E\x2A\x4D\x18\x0C\0\0\0NUABKUP1"u8;

    public static byte[] Of(uint crc)
    {
        var trailer = new byte[Length];
        Start.CopyTo(trailer);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(Start.Length), crc);
        return trailer;
    }
}

/// <summary>Sums up what is written through it; <see cref="Complete"/> ends the backup.</summary>
/// <param name="output">Stays open.</param>
internal sealed class TrailerWriter(Stream output) : WriteOnlyStream
{
    private uint _crc;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _crc = Crc32.Append(_crc, buffer);
        output.Write(buffer);
    }

    public void Complete() => output.Write(BackupTrailer.Of(_crc));
}

/// <summary>Gives everything but the trailer, and at the end of it checks that the trailer is right.</summary>
/// <param name="input">Stays open.</param>
internal sealed class TrailerReader(Stream input, string where) : ReadOnlyStream
{
    private const int Block = 1 << 20;

    private readonly byte[] _buffer = new byte[Block + BackupTrailer.Length];
    private int _at;
    private int _end;
    private uint _crc;
    private bool _isChecked;

    /// <exception cref="Nua.Foundation.ProblemException">NUA5121 a byte has changed, NUA5123 it was cut off.</exception>
    public override int Read(Span<byte> buffer)
    {
        // What is in the buffer before its last bytes cannot be the trailer.
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
        _crc = Crc32.Append(_crc, buffer[..take]);
        _at += take;
        return take;
    }

    private void Check()
    {
        var trailer = _buffer.AsSpan(_at, _end - _at);
        if (trailer.Length < BackupTrailer.Length || !trailer.StartsWith(BackupTrailer.Start))
        {
            throw BackupProblem.Truncated(where);
        }

        if (!trailer.SequenceEqual(BackupTrailer.Of(_crc)))
        {
            throw BackupProblem.Damaged(where, "its checksum is not the one it ends with");
        }

        _isChecked = true;
    }
}
