using System.Buffers.Binary;
using Nua.Foundation;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Nua.Oci.Compression;

/// <summary>Writes one zstd frame with a checksum, on one thread: the bytes depend on the input and the library's
/// version alone.</summary>
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
/// Expands zstd frames (RFC 8878): several and skippable ones are one stream; a dictionary or a window over 128 MiB is refused,
/// so memory is bounded; a truncated frame is an error.
/// </summary>
internal sealed unsafe class ZstdReader : ReadOnlyStream
{
    private const int MaxWindowLog = 27;
    private const uint Magic = 0xFD2FB528;
    private const uint SkippableMagic = 0x184D2A50;

    private readonly Stream _input;
    private readonly string _where;
    private ZSTD_DCtx_s* _context = Methods.ZSTD_createDCtx();
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
        Methods.ZSTD_DCtx_setParameter(_context, ZSTD_dParameter.ZSTD_d_windowLogMax, MaxWindowLog);
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
        // The context is in native memory, so it is freed by the finalizer too.
        Methods.ZSTD_freeDCtx(_context);
        _context = null;
        if (disposing)
        {
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Expand(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_context == null, this);
        fixed (byte* source = _buffer)
        fixed (byte* target = buffer)
        {
            var input = new ZSTD_inBuffer_s { src = source, size = (nuint)_length, pos = (nuint)_position };
            var output = new ZSTD_outBuffer_s { dst = target, size = (nuint)buffer.Length };
            var result = Methods.ZSTD_decompressStream(_context, &output, &input);
            if (Methods.ZSTD_isError(result))
            {
                throw Translate(Methods.ZSTD_getErrorCode(result));
            }

            _position = (int)input.pos;
            _isAtFrame = result == 0;
            if (!_isAtFrame && output.pos == 0 && _position == _length && !Load())
            {
                throw LayerProblem.Truncated(_where, "zstd");
            }

            return (int)output.pos;
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

    private ProblemException Translate(ZSTD_ErrorCode code) => code switch
    {
        ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge => LayerProblem.Window(_where, "its window is over 128 MiB"),
        ZSTD_ErrorCode.ZSTD_error_dictionary_wrong => LayerProblem.Window(_where, "it was compressed with a dictionary"),
        _ => LayerProblem.Corrupt(_where, "zstd", Methods.ZSTD_getErrorString(code)),
    };

    ~ZstdReader() => Dispose(disposing: false);
}
