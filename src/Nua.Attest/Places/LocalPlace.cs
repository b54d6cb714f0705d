using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Archives;
using Nua.Oci.Attachments;
using Nua.Oci.Storage;

namespace Nua.Attest.Places;

/// <summary>An image in the store, a layout or an archive. Archives can be read only.</summary>
/// <param name="source">Where <paramref name="location"/> leads; stays the caller's.</param>
/// <param name="store">Needed when the location is one of the store.</param>
/// <param name="subject">The source's root, or the manifest of a platform in it.</param>
public sealed class LocalPlace(ImageLocation location, ImageSource source, ImageStore? store, Descriptor subject) : IAttachmentPlace
{
    public string Name => location.ToString()!;

    public Descriptor Subject => subject;

    public Task<IReadOnlyList<Attachment>> ListAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Attachment>>(
            [.. source.Attachments.Where(attachment => attachment.Subject == subject.Digest)]);

    public Task<byte[]> ReadAsync(Descriptor blob, int limit, CancellationToken cancellation) =>
        Task.FromResult(source.Blobs.ReadDocument(blob, limit));

    public Task AttachAsync(AttachmentContent content, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        switch (location)
        {
            case ImageLocation.StoreName or ImageLocation.StoreDigest when store is not null:
                using (var writer = store.BeginWrite())
                {
                    writer.Attach(content);
                }

                return Task.CompletedTask;
            case ImageLocation.Layout layout:
                LayoutWriter.Attach(layout.Directory, content);
                return Task.CompletedTask;
            default:
                throw new ProblemException(new Problem("NUA3940", "nothing can be attached to an image in an archive")
                {
                    Where = Printable.Escape(Name, 300),
                    Remedy = "take it into the store with 'nua load', attach there, and 'nua save' it again",
                });
        }
    }
}
