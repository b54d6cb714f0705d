using System.Globalization;

namespace Nua.Oci.Tar;

/// <summary>
/// Where a sparse file has content, as GNU tar's form 1.0 writes it at the beginning of the entry's content: the number of pieces, then offset and
/// length of each, decimal, each ended by a newline; padded with zeros to 512 bytes. The pieces' bytes follow, nothing between.
/// </summary>
public static class SparseMap
{
    public const int Block = 512;

    /// <summary>More pieces than a file of this many fragments has no honest use.</summary>
    private const int MaxPieces = 10_000_000;

    /// <summary>Reads the map from an entry's content and leaves the content at the first piece. Pieces are given one at a time.</summary>
    /// <exception cref="ProblemException">NUA3023: out of order, beyond the end, or not as long as what is stored.</exception>
    public static IReadOnlyList<(long Offset, long Length)> Read(TarEntry entry, Stream content, string where)
    {
        var problem = new TarProblem(where);
        var reader = new Reader(content);
        var count = reader.Number();
        if (count is < 0 or > MaxPieces)
        {
            throw problem.Pax(entry.Offset, "the map of a sparse file is malformed");
        }

        var pieces = new List<(long, long)>();
        long end = 0, sum = 0;
        for (var i = 0; i < count; i++)
        {
            var (offset, length) = (reader.Number(), reader.Number());
            if (offset < end || length < 0 || offset > entry.SparseSize || length > entry.SparseSize - offset)
            {
                throw problem.Pax(entry.Offset, "the map of a sparse file is malformed");
            }

            (end, sum) = (offset + length, sum + length);
            pieces.Add((offset, length));
        }

        return reader.Skip() && reader.Used + sum == entry.Size
            ? pieces
            : throw problem.Pax(entry.Offset, "a sparse file is not as long as its map says");
    }

    private sealed class Reader(Stream content)
    {
        private readonly byte[] _block = new byte[Block];
        private int _at = Block;

        public long Used { get; private set; }

        /// <summary>-1 when there is no number.</summary>
        public long Number()
        {
            Span<char> digits = stackalloc char[20];
            for (var i = 0; i < digits.Length; i++)
            {
                if (Next() is not { } next)
                {
                    return -1;
                }

                if (next == '\n')
                {
                    return long.TryParse(digits[..i], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
                }

                digits[i] = (char)next;
            }

            return -1;
        }

        /// <summary>The rest of the block must be padding.</summary>
        public bool Skip() => _block.AsSpan(_at).IndexOfAnyExcept((byte)0) < 0;

        private byte? Next()
        {
            if (_at == Block)
            {
                if (content.ReadAtLeast(_block, Block, throwOnEndOfStream: false) < Block)
                {
                    return null;
                }

                (_at, Used) = (0, Used + Block);
            }

            return _block[_at++];
        }
    }
}
