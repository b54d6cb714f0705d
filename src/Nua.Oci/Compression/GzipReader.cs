using System.Buffers.Binary;
using Nua.Foundation;

namespace Nua.Oci.Compression;

/// <summary>
/// Expands gzip (RFC 1952) and checks all of its framing, which the platform's own stream does not: each member has its trailer
/// with the right checksum and size; after the last one come only zeros or nothing. Several members, empty ones too, are one
/// stream.
/// </summary>
internal sealed class GzipReader : ReadOnlyStream
{
    private const int MaxHeaderText = 64 << 10;
    private const int HeaderCrc = 2, Extra = 4, Name = 8, Comment = 16, Reserved = 0xE0;

    private readonly Stream _input;
    private readonly string _where;
    private readonly BitReader _bits;
    private readonly Inflater _inflater;
    private uint _crc;
    private uint _size;
    private uint _headerCrc;
    private bool _isFirst = true;
    private bool _isInMember;
    private bool _hasEnded;
    private ReadOnlyMemory<byte> _expanded;
    private readonly byte[] _carry = new byte[256 << 10];

    /// <param name="input">Disposed with this stream.</param>
    public GzipReader(Stream input, string where)
    {
        _input = input;
        _where = where;
        _bits = new BitReader(input, Truncated);
        _inflater = new Inflater(_bits, Corrupt);
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (_expanded.IsEmpty && !_hasEnded)
        {
            Advance();
        }

        var count = Math.Min(buffer.Length, _expanded.Length);
        _expanded.Span[..count].CopyTo(buffer);
        _expanded = _expanded[count..];
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Advance()
    {
        if (!_isInMember)
        {
            _hasEnded = !BeginMember();
            _isInMember = !_hasEnded;
            return;
        }

        var bytes = _inflater.Next();
        if (bytes.IsEmpty)
        {
            CheckTrailer();
            _isInMember = false;
            return;
        }

        _crc = Crc32.Append(_crc, bytes);
        _size += (uint)bytes.Length;
        bytes.CopyTo(_carry);
        _expanded = _carry.AsMemory(0, bytes.Length);
    }

    /// <summary>False at the end of the input.</summary>
    private bool BeginMember()
    {
        var first = _bits.ReadByteOrEnd();
        if (!_isFirst && first <= 0)
        {
            CheckPadding(first);
            return false;
        }

        var second = first == 0x1F ? _bits.ReadByteOrEnd() : 0;
        if (first < 0 || second < 0)
        {
            throw Truncated();
        }

        if (second != 0x8B)
        {
            throw _isFirst ? NotGzip() : Trailing();
        }

        _isFirst = false;
        ReadHeader();
        _crc = 0;
        _size = 0;
        _inflater.Begin();
        return true;
    }

    private void ReadHeader()
    {
        _headerCrc = Crc32.Append(0, [0x1F, 0x8B]);
        var method = HeaderByte();
        var flags = HeaderByte();
        if (method != 8 || (flags & Reserved) != 0)
        {
            throw Corrupt("the member's header has an unknown method or flag");
        }

        for (var i = 0; i < 6; i++)
        {
            HeaderByte();
        }

        if ((flags & Extra) != 0)
        {
            var length = HeaderByte() | (HeaderByte() << 8);
            for (var i = 0; i < length; i++)
            {
                HeaderByte();
            }
        }

        SkipText((flags & Name) != 0);
        SkipText((flags & Comment) != 0);
        if ((flags & HeaderCrc) != 0)
        {
            var wanted = _headerCrc & 0xFFFF;
            if ((HeaderByte() | (HeaderByte() << 8)) != wanted)
            {
                throw Corrupt("the checksum of the member's header is wrong");
            }
        }
    }

    private void SkipText(bool isThere)
    {
        for (var length = 0; isThere && HeaderByte() != 0; length++)
        {
            if (length > MaxHeaderText)
            {
                throw Corrupt("the name in the member's header has no end");
            }
        }
    }

    private int HeaderByte()
    {
        var value = _bits.ReadByteOrEnd();
        if (value < 0)
        {
            throw Truncated();
        }

        _headerCrc = Crc32.Append(_headerCrc, [(byte)value]);
        return value;
    }

    private void CheckTrailer()
    {
        _bits.AlignToByte();
        Span<byte> trailer = stackalloc byte[8];
        _bits.ReadBytes(trailer);
        if (BinaryPrimitives.ReadUInt32LittleEndian(trailer) != _crc)
        {
            throw Corrupt("the checksum is wrong");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]) != _size)
        {
            throw Corrupt("the size at the end is wrong");
        }
    }

    private void CheckPadding(int value)
    {
        for (; value >= 0; value = _bits.ReadByteOrEnd())
        {
            if (value != 0)
            {
                throw Trailing();
            }
        }
    }

    private ProblemException Truncated() => LayerProblem.Truncated(_where, "gzip");

    private ProblemException Corrupt(string why) => LayerProblem.Corrupt(_where, "gzip", why);

    private ProblemException NotGzip() => LayerProblem.OtherFormat(_where, "gzip");

    private ProblemException Trailing() => LayerProblem.Trailing(_where, "gzip");
}
