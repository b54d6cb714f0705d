namespace Nua.Oci.Compression;

/// <summary>Writes blocks of tokens in the shortest of deflate's three forms. None of them is the final block of a
/// stream.</summary>
internal sealed class DeflateBlockWriter
{
    private const uint MatchFlag = 0x8000_0000;
    private const int MaxStored = 65535;

    private static readonly byte[] _fixedLiteralLengths = DeflateSymbols.FixedLiteralLengths();
    private static readonly ushort[] _fixedLiteralCodes = CodesOf(_fixedLiteralLengths);
    private static readonly byte[] _fixedDistanceLengths = [.. Enumerable.Repeat((byte)5, 30)];
    private static readonly ushort[] _fixedDistanceCodes = CodesOf(_fixedDistanceLengths);

    private readonly BitWriter _output = new();
    private readonly HuffmanCode _literals = new(DeflateSymbols.LiteralCount, maxLength: 15);
    private readonly HuffmanCode _distances = new(DeflateSymbols.DistanceCount, maxLength: 15);
    private readonly HuffmanCode _codeLengths = new(19, maxLength: 7);

    /// <summary>Symbols of the code-length alphabet, each with its extra bits above the low byte.</summary>
    private readonly List<ushort> _lengthTokens = new(320);

    /// <summary>A token for a match; a token below 256 is a literal.</summary>
    public static uint Match(int length, int distance) => MatchFlag | ((uint)length << 16) | (uint)(distance - 1);

    public void Clear() => _output.Clear();

    /// <param name="raw">The bytes that the tokens stand for.</param>
    public void Write(ReadOnlySpan<uint> tokens, ReadOnlySpan<byte> raw)
    {
        var extraBits = CountSymbols(tokens);
        _literals.Build();
        _distances.Build();
        var (literalCount, distanceCount) = EncodeLengths();
        _codeLengths.Build();
        var codeLengthCount = LastUsedCodeLength() + 1;

        var dynamicBits = 17 + (3 * codeLengthCount) + Bits(_codeLengths, _codeLengths.Lengths) + LengthTokenExtraBits()
            + Bits(_literals, _literals.Lengths) + Bits(_distances, _distances.Lengths) + extraBits;
        var fixedBits = 3 + Bits(_literals, _fixedLiteralLengths) + Bits(_distances, _fixedDistanceLengths) + extraBits;
        var storedBits = 8L * (raw.Length + (5 * (1 + (raw.Length / MaxStored)))) + 8;

        _output.Reserve((int)(Math.Min(Math.Min(dynamicBits, fixedBits), storedBits) / 8) + 64);
        if (storedBits <= dynamicBits && storedBits <= fixedBits)
        {
            WriteStored(raw);
        }
        else if (fixedBits <= dynamicBits)
        {
            _output.Write(0b010, 3);
            WriteTokens(tokens, _fixedLiteralLengths, _fixedLiteralCodes, _fixedDistanceLengths, _fixedDistanceCodes);
        }
        else
        {
            _output.Write(0b100, 3);
            WriteCodes(literalCount, distanceCount, codeLengthCount);
            WriteTokens(tokens, _literals.Lengths, _literals.Codes, _distances.Lengths, _distances.Codes);
        }
    }

    /// <summary>Ends on a byte boundary with an empty stored block and gives everything written since
    /// <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        WriteStored([]);
        return _output.Written;
    }

    private static ushort[] CodesOf(byte[] lengths)
    {
        var codes = new ushort[lengths.Length];
        HuffmanCode.AssignCodes(lengths, codes);
        return codes;
    }

    /// <summary>Counts both alphabets; gives the extra bits that follow the symbols, the same in every form.</summary>
    private long CountSymbols(ReadOnlySpan<uint> tokens)
    {
        var literals = _literals.Frequencies;
        var distances = _distances.Frequencies;
        Array.Clear(literals);
        Array.Clear(distances);
        long extraBits = 0;
        foreach (var token in tokens)
        {
            if ((token & MatchFlag) == 0)
            {
                literals[token]++;
                continue;
            }

            var length = DeflateSymbols.LengthIndex[(token >> 16) & 0x1FF];
            var distance = DeflateSymbols.DistanceIndex((int)(token & 0xFFFF) + 1);
            literals[257 + length]++;
            distances[distance]++;
            extraBits += DeflateSymbols.LengthExtra[length] + DeflateSymbols.DistanceExtra[distance];
        }

        literals[DeflateSymbols.EndOfBlock] = 1;
        return extraBits;
    }

    private static long Bits(HuffmanCode counted, ReadOnlySpan<byte> lengths)
    {
        long bits = 0;
        for (var symbol = 0; symbol < counted.Frequencies.Length; symbol++)
        {
            bits += (long)counted.Frequencies[symbol] * lengths[symbol];
        }

        return bits;
    }

    /// <summary>Run-length encodes the lengths of both codes as one sequence (RFC 1951 §3.2.7).</summary>
    private (int Literals, int Distances) EncodeLengths()
    {
        var literalCount = Math.Max(257, 1 + Array.FindLastIndex(_literals.Lengths, length => length != 0));
        var distanceCount = Math.Max(1, 1 + Array.FindLastIndex(_distances.Lengths, length => length != 0));
        Span<byte> all = stackalloc byte[literalCount + distanceCount];
        _literals.Lengths.AsSpan(0, literalCount).CopyTo(all);
        _distances.Lengths.AsSpan(0, distanceCount).CopyTo(all[literalCount..]);

        _lengthTokens.Clear();
        Array.Clear(_codeLengths.Frequencies);
        for (var i = 0; i < all.Length;)
        {
            var run = 1;
            while (i + run < all.Length && all[i + run] == all[i])
            {
                run++;
            }

            EncodeRun(all[i], run);
            i += run;
        }

        return (literalCount, distanceCount);
    }

    private void EncodeRun(byte length, int run)
    {
        if (length != 0)
        {
            AddLengthToken(length, 0);
            run--;
        }

        while (run > 0)
        {
            if (run < 3)
            {
                AddLengthToken(length, 0);
                run--;
                continue;
            }

            var (symbol, longest, least) = length != 0 ? (16, 6, 3) : run <= 10 ? (17, 10, 3) : (18, 138, 11);
            var taken = Math.Min(run, longest);
            AddLengthToken(symbol, taken - least);
            run -= taken;
        }
    }

    private void AddLengthToken(int symbol, int extra)
    {
        _lengthTokens.Add((ushort)(symbol | (extra << 8)));
        _codeLengths.Frequencies[symbol]++;
    }

    private static int LengthTokenBits(int symbol) => symbol switch { 16 => 2, 17 => 3, 18 => 7, _ => 0 };

    private long LengthTokenExtraBits()
    {
        long bits = 0;
        foreach (var token in _lengthTokens)
        {
            bits += LengthTokenBits(token & 0xFF);
        }

        return bits;
    }

    private int LastUsedCodeLength()
    {
        var last = 18;
        while (last > 3 && _codeLengths.Lengths[DeflateSymbols.CodeLengthOrder[last]] == 0)
        {
            last--;
        }

        return last;
    }

    private void WriteCodes(int literalCount, int distanceCount, int codeLengthCount)
    {
        _output.Write((uint)(literalCount - 257), 5);
        _output.Write((uint)(distanceCount - 1), 5);
        _output.Write((uint)(codeLengthCount - 4), 4);
        for (var i = 0; i < codeLengthCount; i++)
        {
            _output.Write(_codeLengths.Lengths[DeflateSymbols.CodeLengthOrder[i]], 3);
        }

        foreach (var token in _lengthTokens)
        {
            var symbol = token & 0xFF;
            _output.Write(_codeLengths.Codes[symbol], _codeLengths.Lengths[symbol]);
            _output.Write((uint)(token >> 8), LengthTokenBits(symbol));
        }
    }

    private void WriteTokens(
        ReadOnlySpan<uint> tokens, byte[] literalLengths, ushort[] literalCodes, byte[] distanceLengths, ushort[] distanceCodes)
    {
        var lengthIndex = DeflateSymbols.LengthIndex;
        foreach (var token in tokens)
        {
            if ((token & MatchFlag) == 0)
            {
                _output.Write(literalCodes[token], literalLengths[token]);
                continue;
            }

            // At most 15 + 5 bits for the length and 15 + 13 for the distance: 48, which one call takes.
            var length = (int)((token >> 16) & 0x1FF);
            int index = lengthIndex[length];
            ulong bits = literalCodes[257 + index];
            int count = literalLengths[257 + index];
            bits |= (ulong)(uint)(length - DeflateSymbols.LengthBase[index]) << count;
            count += DeflateSymbols.LengthExtra[index];

            var distance = (int)(token & 0xFFFF) + 1;
            index = DeflateSymbols.DistanceIndex(distance);
            bits |= (ulong)distanceCodes[index] << count;
            count += distanceLengths[index];
            bits |= (ulong)(uint)(distance - DeflateSymbols.DistanceBase[index]) << count;
            _output.Write(bits, count + DeflateSymbols.DistanceExtra[index]);
        }

        _output.Write(literalCodes[DeflateSymbols.EndOfBlock], literalLengths[DeflateSymbols.EndOfBlock]);
    }

    private void WriteStored(ReadOnlySpan<byte> raw)
    {
        do
        {
            var part = raw[..Math.Min(raw.Length, MaxStored)];
            _output.Reserve(part.Length + 8);
            _output.Write(0, 3);
            _output.Align();
            _output.Write((uint)part.Length | ((uint)(ushort)~part.Length << 16), 32);
            _output.Align();
            _output.Write(part);
            raw = raw[part.Length..];
        }
        while (!raw.IsEmpty);
    }
}
