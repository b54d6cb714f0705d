namespace Nua.Oci.Compression;

/// <summary>
/// Decodes a canonical prefix code: the next <paramref name="firstBits"/> bits lead to an entry, which tells a symbol, or for longer codes where the
/// table of their remaining bits is.
/// </summary>
/// <param name="meanings">Of each symbol (<see cref="DeflateEntry"/>).</param>
internal sealed class HuffmanTable(int firstBits, uint[] meanings)
{
    private const int MaxBits = 15;

    /// <summary>The first table, and as many further ones as there can be beginnings of long codes: in a whole code at least two share one.</summary>
    private readonly uint[] _entries = new uint[(1 << firstBits) + ((meanings.Length / 2) << (MaxBits - firstBits))];

    public ReadOnlySpan<uint> Entries => _entries;

    /// <summary>
    /// False when the lengths make no code, by zlib's rules: over-subscribed; or incomplete, except one code of one bit
    /// where <paramref name="allowsSingle"/> says so, or no code at all.
    /// </summary>
    public bool TryBuild(ReadOnlySpan<byte> lengths, bool allowsSingle)
    {
        Span<int> counts = stackalloc int[MaxBits + 1];
        counts.Clear();
        foreach (var length in lengths)
        {
            counts[length]++;
        }

        counts[0] = 0;
        var space = 1;
        var used = 0;
        for (var length = 1; length <= MaxBits; length++)
        {
            space = (space << 1) - counts[length];
            if (space < 0)
            {
                return false;
            }

            used += counts[length];
        }

        if (space > 0 && used > 0 && !(allowsSingle && used == 1 && counts[1] == 1))
        {
            return false;
        }

        if (space > 0)
        {
            // Only such codes leave bits that mean nothing.
            Array.Clear(_entries, 0, 1 << firstBits);
        }

        Fill(lengths, counts, used);
        return true;
    }

    /// <summary>Takes one code, not the extra bits behind it; <see cref="DeflateEntry.None"/> when the bits are no code.</summary>
    public uint Decode(BitReader input)
    {
        input.FillForCode();
        var bits = input.Peek(MaxBits);
        var entry = _entries[bits & ((1 << firstBits) - 1)];
        if ((entry & DeflateEntry.Table) != 0)
        {
            entry = _entries[DeflateEntry.Base(entry) + (int)(bits >> firstBits)];
        }

        // At the end of the input the missing bits read as zeros: then this is a truncation, which Take reports.
        input.Take(entry == DeflateEntry.None ? 1 : DeflateEntry.CodeBits(entry));
        return entry;
    }

    private void Fill(ReadOnlySpan<byte> lengths, ReadOnlySpan<int> counts, int used)
    {
        Span<int> next = stackalloc int[MaxBits + 2];
        next[1] = 0;
        for (var length = 1; length <= MaxBits; length++)
        {
            next[length + 1] = next[length] + counts[length];
        }

        Span<ushort> sorted = stackalloc ushort[288];
        for (var symbol = 0; symbol < lengths.Length; symbol++)
        {
            if (lengths[symbol] != 0)
            {
                sorted[next[lengths[symbol]]++] = (ushort)symbol;
            }
        }

        // Codes that share their first bits follow each other.
        var (code, beginning, begin, end) = (0, -1, 0, 1 << firstBits);
        foreach (int symbol in sorted[..used])
        {
            int length = lengths[symbol];
            var entry = DeflateEntry.With(meanings[symbol], length);
            if (length <= firstBits)
            {
                Repeat(entry, code, 1 << length, 1 << firstBits);
            }
            else
            {
                if ((code & ((1 << firstBits) - 1)) != beginning)
                {
                    beginning = code & ((1 << firstBits) - 1);
                    (begin, end) = (end, end + (1 << (MaxBits - firstBits)));
                    _entries[beginning] = DeflateEntry.ToTable(begin);
                }

                Repeat(entry, begin + (code >> firstBits), 1 << (length - firstBits), end);
            }

            code = Following(code, length);
        }
    }

    private void Repeat(uint entry, int from, int step, int end)
    {
        for (var i = from; i < end; i += step)
        {
            _entries[i] = entry;
        }
    }

    /// <summary>The next code, in the order of the stream: its first bit is the lowest.</summary>
    private static int Following(int code, int length)
    {
        var bit = 1 << (length - 1);
        while ((code & bit) != 0)
        {
            code ^= bit;
            bit >>= 1;
        }

        return code | bit;
    }
}
