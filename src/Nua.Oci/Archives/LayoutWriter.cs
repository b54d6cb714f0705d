using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Oci.Attachments;
using Nua.Oci.Storage;

namespace Nua.Oci.Archives;

/// <summary>
/// Adds images to an image layout that is not the store. The lock of its <c>oci-layout</c> file, which is never
/// replaced, guards the index, so that
/// several of our processes can write into one layout and nothing but the layout is in the directory.
/// </summary>
public static class LayoutWriter
{
    /// <returns>The name of the image in the layout.</returns>
    /// <exception cref="ProblemException">NUA3208, NUA3204 something else is there.</exception>
    internal static string? Write(ImageSource source, ImageLocation.Layout destination, CancellationToken cancellation)
    {
        var directory = Path.GetFullPath(destination.Directory);
        var name = destination.Tag ?? source.Name;
        try
        {
            DurableFile.CreateDirectory(Path.Combine(directory, "blobs"));
            LayoutHeader.CreateOrCheck(directory, why => ArchiveProblem.NotALayout(directory, why));
            CopyBlobs(source, directory, cancellation);
            var index = new StoreIndex(directory, Path.Combine(directory, LayoutHeader.FileName), mode: 0x1A4);
            index.Change(old => ImageTransfer.Enter(old, source, name));
        }
        catch (IOException error)
        {
            throw ArchiveProblem.CannotWrite(directory, error);
        }

        return name;
    }

    /// <summary>Adds an attachment to a layout that holds what it is about.</summary>
    /// <exception cref="ProblemException">NUA3208.</exception>
    public static void Attach(string layout, AttachmentContent content)
    {
        var directory = Path.GetFullPath(layout);
        try
        {
            var blobs = new BlobDirectory(directory);
            foreach (var (descriptor, bytes) in content.Blobs.Append(new AttachmentBlob(content.Attachment.Manifest, content.Manifest)))
            {
                var path = blobs.PathOf(descriptor.Digest);
                DurableFile.CreateDirectory(Path.GetDirectoryName(path)!);
                DurableFile.Replace(path, bytes.Span);
            }

            var index = new StoreIndex(directory, Path.Combine(directory, LayoutHeader.FileName), mode: 0x1A4);
            var tag = content.Attachment.Tag;
            index.Change(old => old.WithNames(content.Attachment.Manifest, tag is null ? [] : [tag]));
        }
        catch (IOException error)
        {
            throw ArchiveProblem.CannotWrite(directory, error);
        }
    }

    private static void CopyBlobs(ImageSource source, string directory, CancellationToken cancellation)
    {
        var blobs = new BlobDirectory(directory);
        foreach (var blob in ImageTransfer.BlobsOf(source))
        {
            var path = blobs.PathOf(blob.Digest);
            DurableFile.CreateDirectory(Path.GetDirectoryName(path)!);
            if (blobs.FindDamage(blob.Digest, blob.Size, cancellation) is not null)
            {
                WholeFile.Write(path, file => ImageTransfer.CopyBlob(source.Blobs, blob, file, cancellation));
            }
        }
    }
}
