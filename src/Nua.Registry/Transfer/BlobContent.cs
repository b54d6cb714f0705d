using System.Buffers;
using System.Net;
using Nua.Registry.Http;

namespace Nua.Registry.Transfer;

/// <summary>A part of a blob as the body of a request, read while it is sent.</summary>
internal sealed class BlobContent(Func<Stream> open, long start, long partLength, Inactivity time, Action<long> moved) : HttpContent
{
    private const int BufferSize = 256 << 10;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            using var source = open();
            for (var position = 0L; position < start + partLength;)
            {
                // What the registry has is read once more, because the digest is of the whole.
                var end = position < start ? start : start + partLength;
                var read = source.Read(buffer, 0, (int)Math.Min(BufferSize, end - position));
                if (read == 0)
                {
                    throw new IOException("the blob is shorter than its descriptor says");
                }

                if (position >= start)
                {
                    await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                    moved(position + read);
                }

                time.Moved(read);
                position += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = partLength;
        return true;
    }
}
