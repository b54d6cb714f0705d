namespace Nua.Oci.Tar;

/// <summary>The archive's bytes with their position: what ends too early is an error here and nowhere else.</summary>
internal sealed class TarInput(Stream stream, TarProblem problem)
{
    private readonly byte[] _block = new byte[TarFormat.BlockSize];

    /// <summary>Bytes from the beginning of the archive.</summary>
    public long Position { get; private set; }

    /// <summary>What <see cref="ReadBlock"/> read last.</summary>
    public ReadOnlySpan<byte> Block => _block;

    /// <summary>False at the end of the input; a part of a block is an error.</summary>
    public bool ReadBlock()
    {
        var read = stream.ReadAtLeast(_block, TarFormat.BlockSize, throwOnEndOfStream: false);
        Position += read;
        return read switch
        {
            0 => false,
            TarFormat.BlockSize => true,
            _ => throw problem.Truncated(Position),
        };
    }

    /// <summary>At least one byte.</summary>
    public int Read(Span<byte> bytes)
    {
        var read = stream.Read(bytes);
        Position += read;
        return read > 0 ? read : throw problem.Truncated(Position);
    }

    public void ReadExactly(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[Read(bytes)..];
        }
    }

    public void Skip(long count)
    {
        if (stream.CanSeek)
        {
            if (stream.Length - stream.Position < count)
            {
                throw problem.Truncated(Position);
            }

            stream.Seek(count, SeekOrigin.Current);
            Position += count;
            return;
        }

        Span<byte> buffer = stackalloc byte[16 << 10];
        while (count > 0)
        {
            count -= Read(buffer[..(int)Math.Min(buffer.Length, count)]);
        }
    }

    /// <summary>What is between the end of content of this size and the next block.</summary>
    public void SkipPadding(long size)
    {
        Span<byte> padding = stackalloc byte[TarFormat.BlockSize];
        ReadExactly(padding[..(int)(-size & (TarFormat.BlockSize - 1))]);
    }

    /// <summary>Reads to the very end.</summary>
    public void ExpectZerosToEnd()
    {
        int read;
        Span<byte> rest = stackalloc byte[16 << 10];
        while ((read = stream.Read(rest)) > 0)
        {
            var found = rest[..read].IndexOfAnyExcept((byte)0);
            if (found >= 0)
            {
                throw problem.Trailing(Position + found);
            }

            Position += read;
        }
    }
}
