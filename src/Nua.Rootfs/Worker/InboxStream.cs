using Nua.Oci;

namespace Nua.Rootfs.Worker;

/// <summary>The worker's side of a stream: the <see cref="FrameKind.Bytes"/> frames up to <see cref="FrameKind.End"/>.</summary>
internal sealed class InboxStream(FrameInbox inbox) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> _rest;
    private bool _isEnded;
    private byte[]? _failure;

    /// <exception cref="Nua.Foundation.ProblemException">whoever writes it has failed.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (_rest.IsEmpty)
        {
            if (_isEnded)
            {
                return 0;
            }

            if (_failure is not null)
            {
                // Nothing follows: whoever reads to the end after the failure would wait for ever.
                throw Reply.Failure(_failure);
            }

            var frame = inbox.Next() ?? throw new EndOfStreamException("the other side is gone");
            switch (frame.Kind)
            {
                case FrameKind.Bytes:
                    _rest = frame.Payload;
                    break;
                case FrameKind.End:
                    _isEnded = true;
                    break;
                case FrameKind.Failure:
                    _failure = frame.Payload;
                    break;
                default:
                    throw new InvalidDataException($"frame {frame.Kind} inside a stream");
            }
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest.Span[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }
}
