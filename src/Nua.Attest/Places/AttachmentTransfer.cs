using Nua.Attest.Verifying;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Attachments;
using Nua.Oci.Storage;
using Nua.Registry;

namespace Nua.Attest.Places;

/// <summary>Moves what is attached to an image between the store and registries, byte for byte.</summary>
public static class AttachmentTransfer
{
    // Of an index: what is attached to more platforms is not looked for.
    private const int MaxSubjects = 32;

    /// <summary>Sends attachments to a repository that holds what they are about, or will.</summary>
    /// <param name="source">Where their blobs are.</param>
    /// <param name="attachments">Each after what it is about.</param>
    /// <returns>How many were not there.</returns>
    /// <exception cref="ProblemException">those of <see cref="RegistryClient"/>.</exception>
    public static async Task<int> PushAsync(
        RegistryClient client, IBlobStore source, IReadOnlyList<Attachment> attachments, CancellationToken cancellation)
    {
        var pushing = client.ForPushing();
        var sent = 0;
        foreach (var attachment in attachments)
        {
            var name = attachment.Tag ?? attachment.Manifest.Digest.ToString();
            if (await pushing.FindManifestAsync(name, cancellation) == attachment.Manifest.Digest)
            {
                continue;
            }

            var bytes = source.ReadDocument(attachment.Manifest, Attachment.MaxManifestBytes);
            var manifest = ImageManifest.Parse(bytes, $"{attachment.Manifest.Digest}", attachment.Manifest.MediaType);
            foreach (var blob in manifest.Layers.Prepend(manifest.Config))
            {
                if (!await pushing.HasBlobAsync(blob, cancellation))
                {
                    await pushing.PutBlobAsync(blob, () => source.OpenRead(blob), moved: null, cancellation);
                }
            }

            await EnterAsync(pushing, attachment, bytes, cancellation);
            sent++;
        }

        return sent;
    }

    /// <summary>Brings what is attached to an image, and to the platforms of an index, into the store. Nothing is published: the writer holds it,
    /// and may attach it.</summary>
    /// <param name="client">Of the repository that the image came from.</param>
    /// <param name="root">In the store.</param>
    /// <param name="tell">Hears a warning (NUA3903) when attachments cannot be had; the image is good without them, and none is brought then.</param>
    public static async Task<IReadOnlyList<Attachment>> FetchAsync(
        RegistryClient client, StoreWriter writer, Descriptor root, AttestLimits limits, Action<Problem> tell, CancellationToken cancellation)
    {
        try
        {
            var found = new List<Attachment>();
            foreach (var subject in AttachmentIndex.ManifestsOf(writer.Store.Blobs, root).Take(MaxSubjects))
            {
                found.AddRange(await FetchOfAsync(new RegistryPlace(client, subject), writer, limits, cancellation));
            }

            return found;
        }
        catch (ProblemException error)
        {
            tell(new Problem("NUA3903", $"what is attached to {root.Digest} was not brought along")
            {
                Severity = Severity.Warning,
                Where = Printable.Escape(client.Name, 300),
                Why = $"{error.Problems[0].Code}: {error.Problems[0].What}",
            });
            return [];
        }
    }

    /// <summary>Stores the manifest, and sees to it that it is found: by its tag, or as a referrer.</summary>
    internal static async Task EnterAsync(
        RegistryClient pushing, Attachment attachment, ReadOnlyMemory<byte> manifest, CancellationToken cancellation)
    {
        if (attachment.Tag is { } tag)
        {
            await pushing.PutManifestAsync(tag, attachment.Manifest.MediaType, manifest, cancellation);
        }
        else
        {
            await pushing.AttachAsync(attachment.Manifest.MediaType, manifest, cancellation);
        }
    }

    private static async Task<IReadOnlyList<Attachment>> FetchOfAsync(
        RegistryPlace place, StoreWriter writer, AttestLimits limits, CancellationToken cancellation)
    {
        var attachments = await place.ListAsync(cancellation);
        if (attachments.Count > limits.MaxAttachments)
        {
            throw VerifyProblem.TooMany(place.Subject.Digest, place.Name, $"at most {limits.MaxAttachments} attachments are brought along");
        }

        var reader = new AttachmentReader(place, limits);
        foreach (var attachment in attachments)
        {
            var bytes = await reader.ReadAsync(attachment.Manifest, Attachment.MaxManifestBytes, cancellation);
            var manifest = ImageManifest.Parse(bytes, $"{attachment.Manifest.Digest}", attachment.Manifest.MediaType);
            foreach (var blob in manifest.Layers.Prepend(manifest.Config))
            {
                if (!writer.Holds(blob.Digest, blob.Size))
                {
                    writer.Put(blob.MediaType, await reader.ReadAsync(blob, limits.MaxBytes, cancellation));
                }
            }

            writer.Put(attachment.Manifest.MediaType, bytes);
        }

        return attachments;
    }
}
