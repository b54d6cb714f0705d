using Nua.Oci;

namespace Nua.Rootfs.Worker;

/// <summary>A stream of the worker, read straight from the pipe into the caller's buffer.</summary>
/// <param name="onFailure">Called when the order's failure comes instead of the rest.</param>
internal sealed class PipedStream(FramePipe pipe, Action onFailure) : ReadOnlyStream
{
    private int _left;
    private bool _isEnded;

    /// <exception cref="EndOfStreamException">the worker is gone.</exception>
    /// <exception cref="Nua.Foundation.ProblemException">the order failed.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (_left == 0)
        {
            if (_isEnded)
            {
                return 0;
            }

            var (kind, length) = pipe.ReadHeader() ?? throw new EndOfStreamException("the worker is gone");
            switch (kind)
            {
                case FrameKind.Bytes:
                    _left = length;
                    break;
                case FrameKind.End:
                    _isEnded = true;
                    break;
                case FrameKind.Failure:
                    onFailure();
                    throw Reply.Failure(pipe.ReadPayload(length) ?? throw new EndOfStreamException("the worker is gone"));
                default:
                    throw new InvalidDataException($"frame {kind} inside a stream");
            }
        }

        var count = pipe.ReadSome(buffer[..Math.Min(buffer.Length, _left)]);
        if (count == 0)
        {
            throw new EndOfStreamException("the worker is gone");
        }

        _left -= count;
        return count;
    }
}
