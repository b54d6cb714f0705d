using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Attachments;

namespace Nua.Check.Inspecting;

/// <summary>Something that is kept beside an image and is about it. What it says of itself; nothing is verified.</summary>
/// <param name="Digest">Of its manifest.</param>
/// <param name="Subject">What it is about: the image, or another attachment.</param>
/// <param name="Type">What it says, as in-toto's URI, when it tells; else the kind of artifact.</param>
/// <param name="Size">Bytes of its content; 0 when its manifest cannot be read.</param>
public sealed record InspectedAttachment(string Digest, string Subject, string Type, string? Tag, long Size)
{
    /// <summary>Where signed and bare statements tell what they say: annotations of the manifest and of its layers.</summary>
    private static readonly string[] _typeKeys = ["dev.sigstore.bundle.predicateType", "in-toto.io/predicate-type"];

    public static InspectedAttachment Of(IBlobStore blobs, Attachment attachment)
    {
        var descriptor = attachment.Manifest;
        ImageManifest? manifest = null;
        try
        {
            manifest = ImageManifest.Parse(
                blobs.ReadDocument(descriptor, Attachment.MaxManifestBytes), $"{descriptor.Digest}", descriptor.MediaType);
        }
        catch (ProblemException)
        {
            // It is listed all the same: that it is there is what there is to say.
        }

        var types = manifest is null ? [] : manifest.Layers.Select(layer => layer.Annotations).Prepend(manifest.Annotations)
            .SelectMany(annotations => _typeKeys.Select(annotations.GetValueOrDefault)).OfType<string>();
        return new InspectedAttachment(
            descriptor.Digest.ToString(), attachment.Subject.ToString(),
            types.FirstOrDefault() ?? descriptor.ArtifactType ?? manifest?.ArtifactType ?? manifest?.Config.MediaType ?? "unreadable",
            attachment.Tag, manifest?.Layers.Sum(layer => layer.Size) ?? 0);
    }
}
