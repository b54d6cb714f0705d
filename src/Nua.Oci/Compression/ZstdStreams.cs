using System.Buffers;
using System.Buffers.Binary;
using Nua.Foundation;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Nua.Oci.Compression;

/// <summary>Writes one zstd frame with a checksum, on one thread: the bytes depend on the input and the library's version alone.</summary>
internal sealed class ZstdWriter : WriteOnlyStream
{
    private const int Level = 3;

    private readonly CompressionStream _zstd;

    /// <param name="output">Stays open.</param>
    public ZstdWriter(Stream output)
    {
        _zstd = new CompressionStream(output, Level, leaveOpen: true);
        _zstd.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
    }

    public override void Write(ReadOnlySpan<byte> buffer) => _zstd.Write(buffer);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _zstd.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>
/// Expands zstd frames (RFC 8878): several and skippable ones are one stream; a dictionary or a window over 128 MiB is refused, so
/// memory is bounded; a truncated frame is an error.
/// </summary>
internal sealed class ZstdReader : ReadOnlyStream
{
    private const int MaxWindowLog = 27;
    private const uint Magic = 0xFD2FB528;
    private const uint SkippableMagic = 0x184D2A50;

    private readonly Stream _input;
    private readonly string _where;
    private readonly Decompressor _decompressor = new();
    private readonly byte[] _buffer = new byte[128 << 10];
    private int _position;
    private int _length;
    private bool _isAtFrame = true;
    private bool _hasSeenFrame;
    private bool _hasEnded;

    /// <param name="input">Disposed with this stream.</param>
    public ZstdReader(Stream input, string where)
    {
        _input = input;
        _where = where;
        _decompressor.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowLog);
    }

    public override int Read(Span<byte> buffer)
    {
        while (!buffer.IsEmpty && !_hasEnded)
        {
            if (_isAtFrame && !BeginFrame())
            {
                _hasEnded = true;
                break;
            }

            var written = Expand(buffer);
            if (written > 0)
            {
                return written;
            }
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decompressor.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Expand(Span<byte> buffer)
    {
        try
        {
            var status = _decompressor.UnwrapStream(
                _buffer.AsSpan(_position, _length - _position), buffer, out var consumed, out var written);
            _position += consumed;
            _isAtFrame = status == OperationStatus.Done;
            if (status == OperationStatus.NeedMoreData && _position == _length && written == 0 && !Load())
            {
                throw LayerProblem.Truncated(_where, "zstd");
            }

            return status == OperationStatus.InvalidData
                ? throw LayerProblem.Corrupt(_where, "zstd", "a frame cannot be decoded")
                : written;
        }
        catch (ZstdException error)
        {
            throw Translate(error);
        }
    }

    /// <summary>False at the end of the input. Nothing but frames may follow each other.</summary>
    private bool BeginFrame()
    {
        while (_length - _position < 4 && Load())
        {
        }

        var left = _length - _position;
        if (left == 0 && _hasSeenFrame)
        {
            return false;
        }

        if (left < 4)
        {
            throw _hasSeenFrame ? LayerProblem.Trailing(_where, "zstd") : LayerProblem.Truncated(_where, "zstd");
        }

        var magic = BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(_position));
        if (magic != Magic && (magic & 0xFFFFFFF0) != SkippableMagic)
        {
            throw _hasSeenFrame ? LayerProblem.Trailing(_where, "zstd") : LayerProblem.OtherFormat(_where, "zstd");
        }

        _hasSeenFrame = true;
        _isAtFrame = false;
        return true;
    }

    /// <summary>Reads more behind what is left; false at the end of the input.</summary>
    private bool Load()
    {
        var left = _length - _position;
        _buffer.AsSpan(_position, left).CopyTo(_buffer);
        var read = _input.Read(_buffer.AsSpan(left));
        _position = 0;
        _length = left + read;
        return read > 0;
    }

    private ProblemException Translate(ZstdException error) => error.Code switch
    {
        ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge => LayerProblem.Window(_where, "its window is over 128 MiB"),
        ZSTD_ErrorCode.ZSTD_error_dictionary_wrong => LayerProblem.Window(_where, "it was compressed with a dictionary"),
        _ => LayerProblem.Corrupt(_where, "zstd", Printable.Escape(error.Message, 200), error),
    };
}
