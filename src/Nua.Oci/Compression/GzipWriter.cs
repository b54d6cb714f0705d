using System.Buffers.Binary;

namespace Nua.Oci.Compression;

/// <summary>
/// Writes one gzip member with a fixed header (no name, no time, operating system "unknown"), whose bytes depend on the
/// input alone.
/// The input is cut into blocks of <see cref="BlockSize"/> that are compressed in parallel, each with the 32 KiB before
/// it as history, and joined in
/// order; the number of threads changes nothing. Memory: about 3 MiB for each block under way.
/// </summary>
internal sealed class GzipWriter : WriteOnlyStream
{
    /// <summary>Part of the format: another size gives other bytes.</summary>
    public const int BlockSize = 1 << 20;

    private readonly Stream _output;
    private readonly int _maxPending;
    private readonly Queue<Block> _pending = new();
    private readonly Stack<Block> _free = new();
    private Block _current = new();
    private uint _crc;
    private long _total;
    private bool _isFinished;
    private bool _hasFailed;

    /// <param name="output">Stays open.</param>
    /// <param name="workers">0 is one per processor.</param>
    public GzipWriter(Stream output, int workers)
    {
        _output = output;
        _maxPending = (workers > 0 ? workers : Environment.ProcessorCount) + 1;
        output.Write([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_isFinished, this);
        while (!buffer.IsEmpty)
        {
            buffer = buffer[_current.Append(buffer)..];
            if (_current.IsFull)
            {
                Enqueue();
            }
        }
    }

    /// <summary>Finishes the member: a final empty block, then checksum and size.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isFinished)
        {
            _isFinished = true;
            if (!_hasFailed)
            {
                Finish();
            }
        }

        base.Dispose(disposing);
    }

    private void Finish()
    {
        if (!_current.IsEmpty)
        {
            if (_pending.Count == 0)
            {
                // A small layer: no need for another thread.
                _current.Compress();
                Emit(_current);
            }
            else
            {
                Enqueue();
            }
        }

        while (_pending.Count > 0)
        {
            EmitOldest();
        }

        Span<byte> end = stackalloc byte[10];
        end[0] = 3;
        end[1] = 0;
        BinaryPrimitives.WriteUInt32LittleEndian(end[2..], _crc);
        BinaryPrimitives.WriteUInt32LittleEndian(end[6..], (uint)_total);
        _output.Write(end);
    }

    private void Enqueue()
    {
        var block = _current;
        _current = _free.TryPop(out var free) ? free : new Block();
        _current.Begin(history: block);
        block.Start();
        _pending.Enqueue(block);
        if (_pending.Count >= _maxPending)
        {
            EmitOldest();
        }
    }

    private void EmitOldest()
    {
        var block = _pending.Dequeue();
        block.Wait();
        Emit(block);
        _free.Push(block);
    }

    private void Emit(Block block)
    {
        try
        {
            _output.Write(block.Compressed);
        }
        catch
        {
            // The disk is full, say: disposing must not try again.
            _hasFailed = true;
            throw;
        }

        _crc = Crc32.Combine(_crc, block.Checksum, block.Length);
        _total += block.Length;
    }

    /// <summary>A piece of input with the history in front of it, and what it is compressed to.</summary>
    private sealed class Block
    {
        private readonly byte[] _bytes = new byte[DeflateSymbols.WindowSize + BlockSize];
        private readonly DeflateEncoder _encoder = new();
        private int _start;
        private int _end;
        private byte[] _compressed = [];
        private int _compressedLength;
        private Task _work = Task.CompletedTask;

        public bool IsFull => Length == BlockSize;

        public bool IsEmpty => Length == 0;

        public int Length => _end - _start;

        public uint Checksum { get; private set; }

        public ReadOnlySpan<byte> Compressed => _compressed.AsSpan(0, _compressedLength);

        public void Begin(Block history)
        {
            var length = Math.Min(DeflateSymbols.WindowSize, history._end);
            history._bytes.AsSpan(history._end - length, length).CopyTo(_bytes);
            _start = length;
            _end = length;
        }

        public int Append(ReadOnlySpan<byte> bytes)
        {
            var count = Math.Min(bytes.Length, BlockSize - Length);
            bytes[..count].CopyTo(_bytes.AsSpan(_end));
            _end += count;
            return count;
        }

        public void Start() => _work = Task.Run(Compress);

        public void Wait() => _work.GetAwaiter().GetResult();

        public void Compress()
        {
            Checksum = Crc32.Append(0, _bytes.AsSpan(_start, Length));
            var result = _encoder.Encode(_bytes.AsSpan(0, _end), _start);
            if (_compressed.Length < result.Length)
            {
                _compressed = new byte[result.Length + (result.Length / 4)];
            }

            result.CopyTo(_compressed);
            _compressedLength = result.Length;
        }
    }
}
