using System.Buffers;
using Nua.Foundation;
using ZstdSharp;

namespace Nua.Oci.Compression;

/// <summary>Expands what <see cref="ParallelZstdWriter"/> wrote, on all processors. Any other form of zstd is refused, so memory is bounded by the
/// size of a piece.</summary>
public sealed class ParallelZstdReader : ReadOnlyStream
{
    /// <summary>Four times what is written here: room for other writers.</summary>
    private const int Limit = 4 * ParallelZstdWriter.PieceBytes;
    private const int MaxFrame = Limit + (Limit / 8) + 1024;

    private readonly Stream _input;
    private readonly string _where;
    private readonly Queue<Task<Piece>> _waiting = new();
    private readonly int _most = Environment.ProcessorCount + 1;
    private Piece _piece = new([], 0);
    private int _at;
    private bool _hasEnded;

    /// <param name="input">Stays open.</param>
    public ParallelZstdReader(Stream input, string where) => (_input, _where) = (input, where);

    /// <exception cref="ProblemException">NUA3040 and what follows: damaged, cut off, or another form.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_at == _piece.Length)
        {
            if (_piece.Bytes.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_piece.Bytes);
                _piece = new Piece([], 0);
            }

            while (!_hasEnded && _waiting.Count < _most)
            {
                Begin();
            }

            if (!_waiting.TryDequeue(out var next))
            {
                return 0;
            }

            (_piece, _at) = (next.GetAwaiter().GetResult(), 0);
        }

        var count = Math.Min(buffer.Length, _piece.Length - _at);
        _piece.Bytes.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Task.WhenAll(_waiting).ContinueWith(_ => { }, TaskScheduler.Default).Wait();
            _waiting.Clear();
        }

        base.Dispose(disposing);
    }

    /// <summary>Reads one frame and has it expanded.</summary>
    private void Begin()
    {
        var frame = ArrayPool<byte>.Shared.Rent(MaxFrame);
        var length = _input.ReadAtLeast(frame.AsSpan(0, ZstdFrames.Start), ZstdFrames.Start, throwOnEndOfStream: false);
        if (length == 0)
        {
            _hasEnded = true;
            return;
        }

        if (length < ZstdFrames.Start)
        {
            throw LayerProblem.Truncated(_where, "zstd");
        }

        var end = ZstdFrames.HeaderLength(frame);
        Fill(frame, ref length, end);
        if (ZstdFrames.ContentLength(frame) is not (> 0 and <= Limit and var content))
        {
            throw LayerProblem.Corrupt(_where, "zstd", "it is no frame as this program writes them");
        }

        for (var isLast = false; !isLast;)
        {
            Fill(frame, ref length, end + 3);
            (var block, isLast) = ZstdFrames.ReadBlock(frame.AsSpan(end));
            if (block < 0 || end + 3 + block > MaxFrame - 8)
            {
                throw LayerProblem.Corrupt(_where, "zstd", "a block is longer than its frame");
            }

            end += 3 + block;
            Fill(frame, ref length, end);
        }

        // The checksum.
        Fill(frame, ref length, end + 4);
        var (whole, size) = (length, (int)content);
        _waiting.Enqueue(Task.Run(() => Expand(frame, whole, size)));
    }

    private void Fill(byte[] frame, ref int length, int wanted)
    {
        if (wanted > length)
        {
            if (_input.ReadAtLeast(frame.AsSpan(length, wanted - length), wanted - length, throwOnEndOfStream: false) < wanted - length)
            {
                throw LayerProblem.Truncated(_where, "zstd");
            }

            length = wanted;
        }
    }

    private Piece Expand(byte[] frame, int length, int size)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            using var decompressor = new Decompressor();
            var written = decompressor.Unwrap(frame.AsSpan(0, length), bytes.AsSpan(0, size));
            ArrayPool<byte>.Shared.Return(frame);
            return written == size ? new Piece(bytes, size) : throw LayerProblem.Corrupt(_where, "zstd", "a frame has another length than it says");
        }
        catch (ZstdException error)
        {
            throw LayerProblem.Corrupt(_where, "zstd", error.Message);
        }
    }

    private readonly record struct Piece(byte[] Bytes, int Length);
}
