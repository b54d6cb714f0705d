using System.Buffers.Binary;

namespace Nua.Rootfs.Worker;

/// <summary>What a frame between <c>nua</c> and its worker carries.</summary>
internal enum FrameKind : byte
{
    /// <summary>To the worker: a JSON <see cref="Command"/>.</summary>
    Command = (byte)'C',

    /// <summary>Either way: bytes of a stream.</summary>
    Bytes = (byte)'B',

    /// <summary>Either way: the stream is complete.</summary>
    End = (byte)'E',

    /// <summary>To the worker, during a run: one byte, the signal for the container.</summary>
    Signal = (byte)'K',

    /// <summary>From the worker: a JSON <see cref="Reply"/>; the command is done.</summary>
    Reply = (byte)'R',

    /// <summary>From the worker: JSON problems; the command failed.</summary>
    Failure = (byte)'X',

    /// <summary>From the worker: what a container wrote.</summary>
    Output = (byte)'O',

    /// <summary>From the worker: the container's process exists.</summary>
    Started = (byte)'S',
}

/// <summary>
/// The pipe between <c>nua</c> and its worker: <c>kind (1 byte), length (4 bytes, little endian), payload</c>. A frame is at most
/// 64 MiB; streams are cut into many.
/// </summary>
internal sealed class FramePipe(Stream input, Stream output)
{
    public const int Limit = 64 * 1024 * 1024;

    private readonly SemaphoreSlim _turn = new(1, 1);

    public async ValueTask WriteAsync(FrameKind kind, ReadOnlyMemory<byte> payload, CancellationToken cancel = default)
    {
        var header = new byte[5];
        header[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(1), payload.Length);
        await _turn.WaitAsync(cancel);
        try
        {
            await output.WriteAsync(header, cancel);
            await output.WriteAsync(payload, cancel);
            await output.FlushAsync(cancel);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The next frame; null when the other side is gone.</summary>
    public async ValueTask<(FrameKind Kind, byte[] Payload)?> ReadAsync(CancellationToken cancel = default)
    {
        var header = new byte[5];
        if (await input.ReadAtLeastAsync(header, 5, throwOnEndOfStream: false, cancel) < 5)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(1));
        if (length is < 0 or > Limit)
        {
            throw new InvalidDataException($"a frame of {length} bytes");
        }

        var payload = new byte[length];
        if (await input.ReadAtLeastAsync(payload, length, throwOnEndOfStream: false, cancel) < length)
        {
            return null;
        }

        return ((FrameKind)header[0], payload);
    }
}

/// <summary>Cuts what is written into <see cref="FrameKind.Bytes"/> frames.</summary>
internal sealed class FrameStream(FramePipe pipe) : Stream
{
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _used;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var count = Math.Min(data.Length, _buffer.Length - _used);
            data[..count].CopyTo(_buffer.AsSpan(_used));
            _used += count;
            data = data[count..];
            if (_used == _buffer.Length)
            {
                Flush();
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        if (_used > 0)
        {
            pipe.WriteAsync(FrameKind.Bytes, _buffer.AsMemory(0, _used)).AsTask().GetAwaiter().GetResult();
            _used = 0;
        }
    }

    /// <summary>Flushes and says that there is no more.</summary>
    public void Complete()
    {
        Flush();
        pipe.WriteAsync(FrameKind.End, ReadOnlyMemory<byte>.Empty).AsTask().GetAwaiter().GetResult();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

/// <summary>Reads the <see cref="FrameKind.Bytes"/> frames up to <see cref="FrameKind.End"/> as one stream.</summary>
internal sealed class FrameReadStream(FramePipe pipe) : Stream
{
    private ReadOnlyMemory<byte> _rest;
    private bool _isEnded;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        while (_rest.IsEmpty)
        {
            if (_isEnded)
            {
                return 0;
            }

            var frame = pipe.ReadAsync().AsTask().GetAwaiter().GetResult()
                ?? throw new EndOfStreamException("the other side is gone");
            switch (frame.Kind)
            {
                case FrameKind.Bytes:
                    _rest = frame.Payload;
                    break;
                case FrameKind.End:
                    _isEnded = true;
                    break;
                case FrameKind.Failure:
                    throw Reply.Failure(frame.Payload);
                default:
                    throw new InvalidDataException($"frame {frame.Kind} inside a stream");
            }
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest.Span[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
