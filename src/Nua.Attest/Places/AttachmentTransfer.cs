using Nua.Oci;
using Nua.Oci.Attachments;
using Nua.Oci.Storage;
using Nua.Registry;

namespace Nua.Attest.Places;

/// <summary>Moves what is attached to an image between the store and registries, byte for byte.</summary>
public static class AttachmentTransfer
{
    /// <summary>Sends attachments to a repository that holds what they are about, or will.</summary>
    /// <param name="source">Where their blobs are.</param>
    /// <param name="attachments">Each after what it is about.</param>
    /// <returns>How many were not there.</returns>
    /// <exception cref="Nua.Foundation.ProblemException">those of <see cref="RegistryClient"/>.</exception>
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

    /// <summary>Brings what is attached to an image of the store from the repository that it came from.</summary>
    /// <param name="root">In the store.</param>
    /// <returns>How many are there now.</returns>
    /// <exception cref="Nua.Foundation.ProblemException">NUA3902 there is more than <paramref name="limits"/> allow: then none is brought; those of
    /// <see cref="RegistryClient"/>.</exception>
    public static async Task<int> PullAsync(
        RegistryClient client, ImageStore store, Descriptor root, AttestLimits limits, CancellationToken cancellation)
    {
        var place = new RegistryPlace(client, root);
        var attachments = await place.ListAsync(cancellation);
        if (attachments.Count > limits.MaxAttachments)
        {
            throw VerifyProblem.TooMany(root.Digest, place.Name, $"at most {limits.MaxAttachments} attachments are brought along");
        }

        using var writer = store.BeginWrite();
        var reader = new Verifying.AttachmentReader(place, limits);
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

        foreach (var attachment in attachments)
        {
            writer.Attach(attachment);
        }

        return attachments.Count;
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
}
