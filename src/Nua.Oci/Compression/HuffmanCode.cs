namespace Nua.Oci.Compression;

/// <summary>A length-limited prefix code for the symbols of one deflate block, made from their frequencies.</summary>
internal sealed class HuffmanCode
{
    private readonly int _maxLength;
    private readonly ulong[] _sorted;
    private readonly int[] _parent;
    private readonly uint[] _weight;

    public HuffmanCode(int symbols, int maxLength)
    {
        _maxLength = maxLength;
        Frequencies = new int[symbols];
        Lengths = new byte[symbols];
        Codes = new ushort[symbols];
        _sorted = new ulong[symbols];
        _parent = new int[2 * symbols];
        _weight = new uint[2 * symbols];
    }

    /// <summary>Counted by the caller.</summary>
    public int[] Frequencies { get; }

    /// <summary>Bits of each symbol's code, 0 for symbols that do not occur.</summary>
    public byte[] Lengths { get; }

    /// <summary>Codes with their bits reversed, as deflate packs them.</summary>
    public ushort[] Codes { get; }

    /// <summary>Makes lengths and codes. A code with a single symbol gets one bit, as deflate wants it.</summary>
    public void Build()
    {
        Array.Clear(Lengths);
        var used = SortUsed();
        if (used == 0)
        {
            return;
        }

        Span<int> counts = stackalloc int[33];
        counts.Clear();
        if (used == 1)
        {
            counts[1] = 1;
        }
        else
        {
            CountDepths(used, counts);
            Limit(counts);
        }

        AssignLengths(used, counts);
        AssignCodes(Lengths, Codes);
    }

    /// <summary>The canonical code of these lengths (RFC 1951 §3.2.2), bits reversed.</summary>
    public static void AssignCodes(ReadOnlySpan<byte> lengths, Span<ushort> codes)
    {
        Span<int> next = stackalloc int[17];
        next.Clear();
        foreach (var length in lengths)
        {
            next[length + 1] += length == 0 ? 0 : 1;
        }

        next[1] = 0;
        for (var length = 2; length <= 16; length++)
        {
            next[length] = (next[length] + next[length - 1]) << 1;
        }

        for (var symbol = 0; symbol < lengths.Length; symbol++)
        {
            var length = lengths[symbol];
            if (length > 0)
            {
                codes[symbol] = Reverse(next[length]++, length);
            }
        }
    }

    /// <summary>By frequency, then symbol: the order, and so the code, is the same everywhere.</summary>
    private int SortUsed()
    {
        var used = 0;
        for (var symbol = 0; symbol < Frequencies.Length; symbol++)
        {
            if (Frequencies[symbol] > 0)
            {
                _sorted[used++] = ((ulong)Frequencies[symbol] << 16) | (uint)symbol;
            }
        }

        _sorted.AsSpan(0, used).Sort();
        return used;
    }

    /// <summary>Huffman's tree with two queues: leaves in order, then inner nodes in the order they were made. Counts
    /// leaves by depth.</summary>
    private void CountDepths(int used, Span<int> counts)
    {
        for (var i = 0; i < used; i++)
        {
            _weight[i] = (uint)(_sorted[i] >> 16);
        }

        int leaf = 0, inner = used;
        for (var node = used; node < (2 * used) - 1; node++)
        {
            uint weight = 0;
            for (var child = 0; child < 2; child++)
            {
                var takesLeaf = leaf < used && (inner >= node || _weight[leaf] <= _weight[inner]);
                var taken = takesLeaf ? leaf++ : inner++;
                weight += _weight[taken];
                _parent[taken] = node;
            }

            _weight[node] = weight;
        }

        // From the root down, a node's weight is reused for its depth.
        var root = (2 * used) - 2;
        _weight[root] = 0;
        for (var node = root - 1; node >= 0; node--)
        {
            _weight[node] = _weight[_parent[node]] + 1;
            if (node < used)
            {
                counts[(int)Math.Min(_weight[node], 32)]++;
            }
        }
    }

    /// <summary>Cuts codes that are too long and pays for it by lengthening others, until the lengths fit a prefix code
    /// again.</summary>
    private void Limit(Span<int> counts)
    {
        for (var length = _maxLength + 1; length < counts.Length; length++)
        {
            counts[_maxLength] += counts[length];
            counts[length] = 0;
        }

        long space = 0;
        for (var length = 1; length <= _maxLength; length++)
        {
            space += (long)counts[length] << (_maxLength - length);
        }

        for (; space > 1L << _maxLength; space--)
        {
            counts[_maxLength]--;
            var shorter = _maxLength - 1;
            while (counts[shorter] == 0)
            {
                shorter--;
            }

            counts[shorter]--;
            counts[shorter + 1] += 2;
        }
    }

    private void AssignLengths(int used, ReadOnlySpan<int> counts)
    {
        var next = used - 1;
        for (var length = 1; length <= _maxLength; length++)
        {
            for (var n = counts[length]; n > 0; n--)
            {
                Lengths[(int)(_sorted[next--] & 0xFFFF)] = (byte)length;
            }
        }
    }

    private static ushort Reverse(int code, int length)
    {
        var reversed = 0;
        for (var i = 0; i < length; i++)
        {
            reversed = (reversed << 1) | (code & 1);
            code >>= 1;
        }

        return (ushort)reversed;
    }
}
