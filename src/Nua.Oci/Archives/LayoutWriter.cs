using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Oci.Storage;

namespace Nua.Oci.Archives;

/// <summary>
/// Adds images to an image layout that is not the store. The lock of its <c>oci-layout</c> file, which is never
/// replaced, guards the index, so that
/// several of our processes can write into one layout and nothing but the layout is in the directory.
/// </summary>
internal static class LayoutWriter
{
    /// <returns>The name of the image in the layout.</returns>
    /// <exception cref="ProblemException">NUA3208, NUA3204 something else is there.</exception>
    public static string? Write(ImageSource source, ImageLocation.Layout destination, CancellationToken cancellation)
    {
        var directory = Path.GetFullPath(destination.Directory);
        var name = destination.Tag ?? source.Name;
        try
        {
            DurableFile.CreateDirectory(Path.Combine(directory, "blobs"));
            LayoutHeader.CreateOrCheck(directory, why => ArchiveProblem.NotALayout(directory, why));
            CopyBlobs(source, directory, cancellation);
            var index = new StoreIndex(directory, Path.Combine(directory, LayoutHeader.FileName), mode: 0x1A4);
            index.Change(old => old.WithNames(source.Root, name is null ? [] : [name]));
        }
        catch (IOException error)
        {
            throw ArchiveProblem.CannotWrite(directory, error);
        }

        return name;
    }

    private static void CopyBlobs(ImageSource source, string directory, CancellationToken cancellation)
    {
        var blobs = new BlobDirectory(directory);
        foreach (var blob in ImageTransfer.BlobsOf(source))
        {
            var path = blobs.PathOf(blob.Digest);
            DurableFile.CreateDirectory(Path.GetDirectoryName(path)!);
            if (!IsSound(blobs, blob, cancellation))
            {
                WholeFile.Write(path, file => ImageTransfer.CopyBlob(source.Blobs, blob, file, cancellation));
            }
        }
    }

    private static bool IsSound(BlobDirectory blobs, Descriptor blob, CancellationToken cancellation)
    {
        if (!blobs.TryGetSize(blob.Digest, out var size) || size != blob.Size)
        {
            return false;
        }

        try
        {
            ImageTransfer.CopyBlob(blobs, blob, Stream.Null, cancellation);
            return true;
        }
        catch (ProblemException)
        {
            return false;
        }
    }
}
