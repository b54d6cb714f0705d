namespace Nua.Oci.Attachments;

/// <summary>An attachment that is made and not yet put anywhere, with all its bytes.</summary>
/// <param name="Manifest">The exact bytes that <see cref="Attachment.Manifest"/> describes.</param>
/// <param name="Blobs">Config and layers that the place may lack.</param>
public sealed record AttachmentContent(
    Attachment Attachment, ReadOnlyMemory<byte> Manifest, IReadOnlyList<AttachmentBlob> Blobs);

/// <summary>A small blob in memory.</summary>
public sealed record AttachmentBlob(Descriptor Descriptor, ReadOnlyMemory<byte> Content)
{
    public static AttachmentBlob Of(string mediaType, ReadOnlyMemory<byte> content) =>
        new(Descriptor.Of(mediaType, content.Span), content);
}
