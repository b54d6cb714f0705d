using System.Runtime.CompilerServices;

namespace Nua.Oci.Compression;

/// <summary>Decodes a canonical prefix code: a table for codes up to <see cref="FastBits"/> long, a search by length
/// for the rest.</summary>
internal sealed class HuffmanTable
{
    public const int FastBits = 11;
    private const int MaxBits = 15;

    private readonly ushort[] _fast = new ushort[1 << FastBits];
    private readonly ushort[] _symbols = new ushort[288];
    private readonly int[] _firstCode = new int[MaxBits + 2];
    private readonly int[] _firstIndex = new int[MaxBits + 2];

    /// <summary>By the next <see cref="FastBits"/> bits: the symbol above the low four bits, the code's length in them; 0 when no short
    /// code begins so.</summary>
    public ReadOnlySpan<ushort> Fast => _fast;

    /// <summary>
    /// False when the lengths make no code, by zlib's rules: over-subscribed; or incomplete, except one code of one bit
    /// where
    /// <paramref name="allowsSingle"/> says so, or no code at all.
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

        Fill(lengths, counts);
        return true;
    }

    /// <summary>Takes one symbol; -1 when the bits are no code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Decode(BitReader input)
    {
        input.FillForCode();
        var entry = _fast[input.Peek(FastBits)];
        if (entry != 0)
        {
            input.Take(entry & 15);
            return entry >> 4;
        }

        return DecodeLong(input);
    }

    private int DecodeLong(BitReader input)
    {
        var bits = input.Peek(MaxBits);
        var code = 0;
        for (var length = 1; length <= MaxBits; length++)
        {
            code = (code << 1) | (int)(bits & 1);
            bits >>= 1;
            var index = code - _firstCode[length];
            var count = _firstIndex[length + 1] - _firstIndex[length];
            if (index >= 0 && index < count)
            {
                input.Take(length);
                return _symbols[_firstIndex[length] + index];
            }
        }

        // At the end of the input the missing bits read as zeros: then this is a truncation, which Take reports.
        input.Take(1);
        return -1;
    }

    private void Fill(ReadOnlySpan<byte> lengths, ReadOnlySpan<int> counts)
    {
        Array.Clear(_fast);
        var code = 0;
        var index = 0;
        for (var length = 1; length <= MaxBits; length++)
        {
            code <<= 1;
            _firstCode[length] = code;
            _firstIndex[length] = index;
            code += counts[length];
            index += counts[length];
        }

        _firstIndex[MaxBits + 1] = index;
        Span<int> next = stackalloc int[MaxBits + 2];
        _firstIndex.CopyTo(next);
        for (var symbol = 0; symbol < lengths.Length; symbol++)
        {
            var length = lengths[symbol];
            if (length == 0)
            {
                continue;
            }

            var place = next[length]++;
            _symbols[place] = (ushort)symbol;
            if (length <= FastBits)
            {
                FillFast(_firstCode[length] + place - _firstIndex[length], length, symbol);
            }
        }
    }

    private void FillFast(int code, int length, int symbol)
    {
        var reversed = 0;
        for (var i = 0; i < length; i++)
        {
            reversed = (reversed << 1) | ((code >> i) & 1);
        }

        for (var i = reversed; i < _fast.Length; i += 1 << length)
        {
            _fast[i] = (ushort)((symbol << 4) | length);
        }
    }
}
