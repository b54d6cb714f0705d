using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace Nua.Rootfs.Worker;

/// <summary>What a frame between <c>nua</c> and its worker carries.</summary>
public enum FrameKind : byte
{
    /// <summary>To the worker: a JSON order.</summary>
    Command = (byte)'C',

    /// <summary>Either way: bytes of a stream.</summary>
    Bytes = (byte)'B',

    /// <summary>Either way: the stream is complete.</summary>
    End = (byte)'E',

    /// <summary>To the worker, during a run: one byte, the signal for the container.</summary>
    Signal = (byte)'K',

    /// <summary>From the worker: a JSON reply; the command is done.</summary>
    Reply = (byte)'R',

    /// <summary>From the worker: JSON problems; the command failed.</summary>
    Failure = (byte)'X',

    /// <summary>From the worker: what a container wrote, after one byte that is the stream's number, 1 or 2.</summary>
    Output = (byte)'O',

    /// <summary>From the worker: the container's process exists.</summary>
    Started = (byte)'S',

    /// <summary>From a supervisor, first of all: it attends to this connection, and does not end by itself before the connection does. One byte, the protocol's number.</summary>
    Attended = (byte)'A',
}

/// <summary>
/// The pipe between <c>nua</c> and its worker: <c>kind (1 byte), length (4 bytes, little endian), payload</c>. A frame is at most
/// 64 MiB; streams are cut into many.
/// </summary>
public sealed class FramePipe(Stream input, Stream output)
{
    public const int Limit = 64 * 1024 * 1024;

    private readonly Lock _turn = new();

    public void Write(FrameKind kind, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[5];
        header[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(header[1..], payload.Length);
        lock (_turn)
        {
            output.Write(header);
            output.Write(payload);
            output.Flush();
        }
    }

    /// <summary>The next frame; null when the other side is gone.</summary>
    public (FrameKind Kind, byte[] Payload)? Read() =>
        ReadHeader() is var (kind, length) && ReadPayload(length) is { } payload ? (kind, payload) : null;

    /// <summary>What comes next and how long it is; null when the other side is gone.</summary>
    public (FrameKind Kind, int Length)? ReadHeader()
    {
        Span<byte> header = stackalloc byte[5];
        if (input.ReadAtLeast(header, 5, throwOnEndOfStream: false) < 5)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(header[1..]);
        return length is < 0 or > Limit ? throw new InvalidDataException($"a frame of {length} bytes") : ((FrameKind)header[0], length);
    }

    /// <summary>All of a frame whose header was read; null when the other side is gone.</summary>
    public byte[]? ReadPayload(int length)
    {
        var payload = GC.AllocateUninitializedArray<byte>(length);
        return input.ReadAtLeast(payload, length, throwOnEndOfStream: false) < length ? null : payload;
    }

    /// <summary>A part of a frame whose header was read; 0 when the other side is gone.</summary>
    public int ReadSome(Span<byte> buffer) => input.Read(buffer);
}

/// <summary>
/// The worker's side of the pipe: one thread reads it always, so that a signal reaches a running container and the end of <c>nua</c> ends
/// the worker at once, whatever it is doing.
/// </summary>
internal sealed class FrameInbox : IDisposable
{
    private readonly BlockingCollection<(FrameKind Kind, byte[] Payload)> _frames = new(boundedCapacity: 16);

    public FrameInbox(FramePipe pipe, Action<int> onSignal, Action onClosed)
    {
        var thread = new Thread(() =>
        {
            while (pipe.Read() is { } frame)
            {
                if (frame.Kind == FrameKind.Signal)
                {
                    onSignal(frame.Payload[0]);
                }
                else
                {
                    _frames.Add(frame);
                }
            }

            onClosed();
        })
        {
            IsBackground = true,
        };
        thread.Start();
    }

    public (FrameKind Kind, byte[] Payload)? Next() => _frames.Take();

    public void Dispose() => _frames.Dispose();
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
            pipe.Write(FrameKind.Bytes, _buffer.AsSpan(0, _used));
            _used = 0;
        }
    }

    /// <summary>Flushes and says that there is no more.</summary>
    public void Complete()
    {
        Flush();
        pipe.Write(FrameKind.End, []);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
