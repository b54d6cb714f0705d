using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Attachments;
using Nua.Oci.Json;
using Nua.Registry;

namespace Nua.Attest.Places;

/// <summary>An image in a repository of a registry.</summary>
/// <param name="client">Of the repository.</param>
public sealed class RegistryPlace(RegistryClient client, Descriptor subject) : IAttachmentPlace
{
    public string Name => $"{client.Name}@{subject.Digest}";

    public Descriptor Subject => subject;

    /// <param name="tagOrDigest">What names the image in the repository.</param>
    public static async Task<RegistryPlace> OpenAsync(RegistryClient client, string tagOrDigest, CancellationToken cancellation) =>
        new(client, (await client.GetManifestAsync(tagOrDigest, cancellation)).Descriptor);

    public async Task<IReadOnlyList<Attachment>> ListAsync(CancellationToken cancellation)
    {
        var referrers = await client.ReferrersAsync(subject.Digest, artifactType: null, cancellation);
        var found = referrers.Where(entry => MediaTypes.IsManifest(entry.MediaType))
            .Select(entry => new Attachment(entry with { Annotations = StringMap.Empty, Data = null }, Tag: null, subject.Digest))
            .ToList();
        var tag = AttachmentTag.Of(subject.Digest);
        if (await client.FindManifestAsync(tag, cancellation) is { } tagged)
        {
            var manifest = await client.GetManifestAsync(tagged.ToString(), cancellation);
            found.Add(new Attachment(manifest.Descriptor, tag, subject.Digest));
        }

        return found;
    }

    public async Task<byte[]> ReadAsync(Descriptor blob, int limit, CancellationToken cancellation)
    {
        if (blob.Size > limit)
        {
            throw StrictJson.TooLarge(blob.Digest.ToString(), blob.Size, limit);
        }

        if (!MediaTypes.IsManifest(blob.MediaType) && !MediaTypes.IsIndex(blob.MediaType))
        {
            return await client.GetBlobAsync(blob, limit, cancellation);
        }

        var manifest = await client.GetManifestAsync(blob.Digest.ToString(), cancellation);
        return manifest.Bytes.Length == blob.Size
            ? manifest.Bytes
            : throw new ProblemException(new Problem("NUA3941", $"the manifest {blob.Digest} has another size than it is listed with")
            {
                Where = Printable.Escape(Name, 300),
            });
    }

    public async Task AttachAsync(AttachmentContent content, CancellationToken cancellation)
    {
        var pushing = client.ForPushing();
        foreach (var blob in content.Blobs)
        {
            await pushing.PutBlobAsync(blob.Descriptor, blob.Content, cancellation);
        }

        await AttachmentTransfer.EnterAsync(pushing, content.Attachment, content.Manifest, cancellation);
    }
}
