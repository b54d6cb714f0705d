using Nua.Foundation;
using Nua.Oci.Storage;

namespace Nua.Oci.Archives;

/// <summary>Moves images between the places on this machine. Bytes and digests never change between the OCI forms.</summary>
public static class ImageTransfer
{
    /// <param name="name">What the image shall be called at the destination when that does not say: a tag.</param>
    /// <returns>What could not be kept, as notes (docker-archive has no manifest, no annotations, one platform).</returns>
    public static IReadOnlyList<Problem> Copy(
        ImageLocation source, ImageLocation destination, ImageStore? store, CancellationToken cancellation = default) =>
        throw new NotImplementedException();

    /// <summary>Writes what <c>docker load</c> takes.</summary>
    public static IReadOnlyList<Problem> WriteDockerArchive(Image image, IReadOnlyList<string> names, Stream output) =>
        throw new NotImplementedException();
}
