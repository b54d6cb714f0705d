using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Storage;

namespace Nua.Registry.Transfer;

/// <summary>Whether the store has a blob, and undamaged: pulling an image again heals it.</summary>
internal static class BlobHealth
{
    public static bool IsSound(StoreWriter writer, Descriptor blob, CancellationToken cancellation)
    {
        if (!writer.Holds(blob.Digest, blob.Size))
        {
            return false;
        }

        try
        {
            using var stream = writer.Store.Blobs.OpenRead(blob);
            var buffer = new byte[256 << 10];
            while (stream.Read(buffer) > 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            return true;
        }
        catch (ProblemException)
        {
            return false;
        }
    }
}
