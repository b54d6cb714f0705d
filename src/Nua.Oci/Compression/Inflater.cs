namespace Nua.Oci.Compression;

/// <summary>
/// Expands one deflate stream (RFC 1951) into a sliding buffer. It stops exactly at the end of the stream, which the platform's
/// own decoder cannot tell, and every array access is checked: its input is hostile.
/// </summary>
internal sealed class Inflater(BitReader input, Func<string, Exception> corrupt)
{
    private const int BufferSize = 256 << 10;

    private static readonly HuffmanTable _fixedLiterals = Fixed(Literals(), DeflateSymbols.FixedLiteralLengths());
    private static readonly HuffmanTable _fixedDistances = Fixed(Distances(), [.. Enumerable.Repeat((byte)5, 32)]);

    private readonly byte[] _output = new byte[BufferSize + QuickInflate.Slack];
    private readonly HuffmanTable _codeLengths = new(7, DeflateEntry.CodeLengths);
    private readonly HuffmanTable _ownLiterals = Literals();
    private readonly HuffmanTable _ownDistances = Distances();
    private HuffmanTable _literals = _fixedLiterals;
    private HuffmanTable _distances = _fixedDistances;
    private State _state = State.Ended;
    private bool _isLastBlock;
    private int _stored;
    private int _written;
    private int _taken;

    private enum State
    {
        BlockHeader,
        Stored,
        Compressed,
        Ended,
    }

    /// <summary>Begins a stream; what was expanded before cannot be referred to.</summary>
    public void Begin()
    {
        _state = State.BlockHeader;
        _isLastBlock = false;
        _written = 0;
        _taken = 0;
    }

    /// <summary>Some expanded bytes, valid until the next call; empty at the end of the stream.</summary>
    public ReadOnlySpan<byte> Next()
    {
        Slide();
        while (_state != State.Ended && BufferSize - _written > DeflateSymbols.MaxMatch)
        {
            switch (_state)
            {
                case State.BlockHeader:
                    ReadBlockHeader();
                    break;
                case State.Stored:
                    CopyStored();
                    break;
                default:
                    ExpandBlock();
                    break;
            }
        }

        var result = _output.AsSpan(_taken, _written - _taken);
        _taken = _written;
        return result;
    }

    private static HuffmanTable Literals() => new(QuickInflate.LiteralBits, DeflateEntry.Literals);

    private static HuffmanTable Distances() => new(QuickInflate.DistanceBits, DeflateEntry.Distances);

    private static HuffmanTable Fixed(HuffmanTable table, byte[] lengths)
    {
        _ = table.TryBuild(lengths, allowsSingle: false);
        return table;
    }

    /// <summary>Keeps the last 32 KiB as history when the buffer has been handed out to its end.</summary>
    private void Slide()
    {
        if (BufferSize - _written <= DeflateSymbols.MaxMatch)
        {
            var kept = DeflateSymbols.WindowSize;
            _output.AsSpan(_written - kept, kept).CopyTo(_output);
            _written = kept;
            _taken = kept;
        }
    }

    private void ReadBlockHeader()
    {
        if (_isLastBlock)
        {
            _state = State.Ended;
            return;
        }

        _isLastBlock = input.Read(1) == 1;
        switch (input.Read(2))
        {
            case 0:
                input.AlignToByte();
                _stored = (int)input.Read(16);
                if (_stored != (~input.Read(16) & 0xFFFF))
                {
                    throw corrupt("the length of a stored block does not agree with its complement");
                }

                _state = State.Stored;
                break;
            case 1:
                (_literals, _distances) = (_fixedLiterals, _fixedDistances);
                _state = State.Compressed;
                break;
            case 2:
                ReadCodes();
                (_literals, _distances) = (_ownLiterals, _ownDistances);
                _state = State.Compressed;
                break;
            default:
                throw corrupt("a block has the reserved type 3");
        }
    }

    private void CopyStored()
    {
        var count = Math.Min(_stored, BufferSize - _written);
        input.ReadBytes(_output.AsSpan(_written, count));
        _written += count;
        _stored -= count;
        _state = _stored == 0 ? State.BlockHeader : State.Stored;
    }

    private void ReadCodes()
    {
        var literalCount = (int)input.Read(5) + 257;
        var distanceCount = (int)input.Read(5) + 1;
        var codeLengthCount = (int)input.Read(4) + 4;
        if (literalCount > DeflateSymbols.LiteralCount || distanceCount > DeflateSymbols.DistanceCount)
        {
            throw corrupt("a block defines too many symbols");
        }

        Span<byte> codeLengths = stackalloc byte[19];
        codeLengths.Clear();
        for (var i = 0; i < codeLengthCount; i++)
        {
            codeLengths[DeflateSymbols.CodeLengthOrder[i]] = (byte)input.Read(3);
        }

        if (!_codeLengths.TryBuild(codeLengths, allowsSingle: false))
        {
            throw corrupt("the code for code lengths is not a prefix code");
        }

        Span<byte> lengths = stackalloc byte[literalCount + distanceCount];
        ReadLengths(lengths);
        if (lengths[DeflateSymbols.EndOfBlock] == 0)
        {
            throw corrupt("a block has no code for its end");
        }

        if (!_ownLiterals.TryBuild(lengths[..literalCount], allowsSingle: true)
            || !_ownDistances.TryBuild(lengths[literalCount..], allowsSingle: true))
        {
            throw corrupt("a block's code is not a prefix code");
        }
    }

    private void ReadLengths(Span<byte> lengths)
    {
        for (var i = 0; i < lengths.Length;)
        {
            var entry = _codeLengths.Decode(input);
            var symbol = entry == DeflateEntry.None ? -1 : DeflateEntry.Base(entry);
            if (symbol is >= 0 and < 16)
            {
                lengths[i++] = (byte)symbol;
                continue;
            }

            var (value, repeat) = symbol switch
            {
                16 when i > 0 => (lengths[i - 1], 3 + (int)input.Read(2)),
                17 => ((byte)0, 3 + (int)input.Read(3)),
                18 => ((byte)0, 11 + (int)input.Read(7)),
                _ => throw corrupt("a code length repeats nothing"),
            };
            if (repeat > lengths.Length - i)
            {
                throw corrupt("code lengths repeat past their end");
            }

            lengths.Slice(i, repeat).Fill(value);
            i += repeat;
        }
    }

    private void ExpandBlock()
    {
        var output = _output.AsSpan();
        var written = _written;
        var limit = BufferSize - DeflateSymbols.MaxMatch;
        while (written < limit)
        {
            (written, var hasEnded) = QuickInflate.Run(input, _literals, _distances, output, written, limit);
            if (hasEnded)
            {
                _state = State.BlockHeader;
                break;
            }

            if (written >= limit)
            {
                break;
            }

            var entry = _literals.Decode(input);
            if ((entry & DeflateEntry.Literal) != 0)
            {
                output[written++] = (byte)DeflateEntry.Base(entry);
                continue;
            }

            if ((entry & DeflateEntry.EndOfBlock) != 0)
            {
                _state = State.BlockHeader;
                break;
            }

            written += CopyMatch(output, written, entry);
        }

        _written = written;
    }

    /// <summary>Takes the extra bits.</summary>
    private int Value(uint entry) => DeflateEntry.Base(entry) + (int)input.Read(DeflateEntry.Bits(entry) - DeflateEntry.CodeBits(entry));

    private int CopyMatch(Span<byte> output, int written, uint lengthEntry)
    {
        if (lengthEntry == DeflateEntry.None)
        {
            throw corrupt("the bits are no code");
        }

        var length = Value(lengthEntry);
        var distanceEntry = _distances.Decode(input);
        if (distanceEntry == DeflateEntry.None)
        {
            throw corrupt("a distance is no code");
        }

        var distance = Value(distanceEntry);
        if (distance > written)
        {
            throw corrupt("a distance points before the beginning");
        }

        if (distance >= length)
        {
            output.Slice(written - distance, length).CopyTo(output[written..]);
        }
        else
        {
            // The copy overlaps itself on purpose: a run.
            for (var i = 0; i < length; i++)
            {
                output[written + i] = output[written + i - distance];
            }
        }

        return length;
    }
}
