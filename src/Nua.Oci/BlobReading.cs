using System.Buffers;
using Nua.Foundation;
using Nua.Oci.Json;

namespace Nua.Oci;

/// <summary>What every blob store can do because it can open blobs.</summary>
public static class BlobReading
{
    public static Stream OpenRead(this IBlobStore store, Descriptor blob) => store.OpenRead(blob.Digest, blob.Size);

    /// <summary>A whole document, verified before the first byte is given out.</summary>
    /// <exception cref="ProblemException">NUA3001 larger than <paramref name="limit"/>; those of
    /// <see cref="IBlobStore.OpenRead"/>.</exception>
    public static byte[] ReadDocument(this IBlobStore store, Descriptor blob, int limit = StrictJson.MaxBytes)
    {
        if (blob.Size > limit)
        {
            throw StrictJson.TooLarge(blob.Digest.ToString(), blob.Size, limit);
        }

        using var stream = store.OpenRead(blob.Digest, blob.Size);
        var bytes = new byte[blob.Size];
        stream.ReadExactly(bytes);
        // The verdict comes with the end of the stream.
        _ = stream.ReadByte();
        return bytes;
    }

    /// <summary>Reads a whole blob.</summary>
    /// <returns>What is wrong with it; null when every byte is what the digest says.</returns>
    public static Problem? FindDamage(this IBlobStore store, Digest digest, long size, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(256 << 10);
        try
        {
            using var content = store.OpenRead(digest, size);
            while (content.Read(buffer) > 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            return null;
        }
        catch (ProblemException failure)
        {
            return failure.Problems[0];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
