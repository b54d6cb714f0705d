using System.Buffers;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Nua.Oci.Compression;

/// <summary>
/// Compresses on all processors: the input is cut into pieces of <see cref="PieceBytes"/>, each becomes a zstd frame with its length and a checksum, and
/// the frames follow each other in order. Any zstd program reads them as one stream. The bytes depend on the input and the
/// library's version alone.
/// </summary>
public sealed class ParallelZstdWriter : WriteOnlyStream
{
    /// <summary>Of uncompressed content. More would not compress better at the levels used here, and would not stay in the processor's cache.</summary>
    public const int PieceBytes = 1 << 20;

    private readonly Stream _output;
    private readonly int _level;
    private readonly Queue<Task<Piece>> _waiting = new();
    private readonly int _most = Environment.ProcessorCount + 1;
    private byte[] _piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
    private int _used;

    /// <param name="output">Stays open.</param>
    public ParallelZstdWriter(Stream output, int level) => (_output, _level) = (output, level);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var count = Math.Min(buffer.Length, PieceBytes - _used);
            buffer[..count].CopyTo(_piece.AsSpan(_used));
            _used += count;
            buffer = buffer[count..];
            if (_used == PieceBytes)
            {
                Cut();
            }
        }
    }

    /// <summary>Writes all that is left. Without it the output is not whole.</summary>
    public void Complete()
    {
        if (_used > 0)
        {
            Cut();
        }

        while (_waiting.Count > 0)
        {
            Emit();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // What is still being compressed uses rented memory.
            Task.WhenAll(_waiting).ContinueWith(_ => { }, TaskScheduler.Default).Wait();
            _waiting.Clear();
        }

        base.Dispose(disposing);
    }

    private void Cut()
    {
        var (piece, length, level) = (_piece, _used, _level);
        _waiting.Enqueue(Task.Run(() => Compress(piece, length, level)));
        (_piece, _used) = (ArrayPool<byte>.Shared.Rent(PieceBytes), 0);
        while (_waiting.Count > _most)
        {
            Emit();
        }
    }

    private void Emit()
    {
        var piece = _waiting.Dequeue().GetAwaiter().GetResult();
        _output.Write(piece.Bytes, 0, piece.Length);
        ArrayPool<byte>.Shared.Return(piece.Bytes);
    }

    private static Piece Compress(byte[] content, int length, int level)
    {
        using var compressor = new Compressor(level);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        var bytes = ArrayPool<byte>.Shared.Rent(Compressor.GetCompressBound(length));
        var written = compressor.Wrap(content.AsSpan(0, length), bytes);
        ArrayPool<byte>.Shared.Return(content);
        return new Piece(bytes, written);
    }

    private readonly record struct Piece(byte[] Bytes, int Length);
}
