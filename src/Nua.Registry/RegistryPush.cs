using Nua.Foundation;
using Nua.Oci;
using Nua.Registry.Transfer;

namespace Nua.Registry;

/// <summary>Sends whole images to registries.</summary>
public static class RegistryPush
{
    /// <summary>
    /// Pushes an image byte for byte: blobs first, then manifests, an index last, so that nobody ever sees an incomplete
    /// one. What is there is not sent. When this returns the registry has confirmed every part that was sent, and that the tag is this image.
    /// </summary>
    /// <param name="destination">With a tag, or with the image's own digest for an image without one; <c>latest</c> when it has neither.</param>
    /// <exception cref="ProblemException">NUA36xx, see <see cref="RegistryClient"/>; NUA3622 somebody else moved the tag meanwhile.</exception>
    public static async Task<PushedImage> FromAsync(
        RegistryNetwork network, IBlobStore source, Descriptor root, ImageReference destination, PushOptions options, CancellationToken cancellation)
    {
        if (destination.Digest is { } wanted && wanted != root.Digest)
        {
            throw RegistryProblem.WrongKind(destination.Host, destination.ToString(), $"the image is {root.Digest}, another one");
        }

        var client = network.Open(destination).ForPushing();
        var parts = ImageParts.Of(source, root);
        var blobs = new BlobsPush(network.Options, client, source, options);
        await blobs.RunAsync(parts.Blobs, cancellation);

        var where = destination.Tag ?? destination.Digest?.ToString() ?? "latest";
        var documents = 0;
        foreach (var document in parts.Documents)
        {
            var name = document.Digest == root.Digest ? where : document.Digest.ToString();
            documents += await SendAsync(client, source, document, name, options, cancellation) ? 1 : 0;
        }

        return new PushedImage(
            destination with { Tag = destination.Tag ?? (destination.Digest is null ? "latest" : null), Digest = root.Digest },
            blobs.Sent, blobs.SentBytes, blobs.Mounted, blobs.Present, documents);
    }

    /// <returns>Whether it had to be sent.</returns>
    private static async Task<bool> SendAsync(
        RegistryClient client, IBlobStore source, Descriptor document, string name, PushOptions options, CancellationToken cancellation)
    {
        if (await client.FindManifestAsync(name, cancellation) == document.Digest)
        {
            options.Progress?.Report(new TransferEvent(document, TransferStage.Present, 0));
            return false;
        }

        options.Progress?.Report(new TransferEvent(document, TransferStage.Begun, 0));
        await client.PutManifestAsync(name, document.MediaType, source.ReadDocument(document), cancellation);
        var reference = $"{client.Name}{(name.Contains(':', StringComparison.Ordinal) ? '@' : ':')}{name}";
        var found = await client.FindManifestAsync(name, cancellation) ?? throw RegistryProblem.Lost(client.Host, reference);
        if (found != document.Digest)
        {
            throw RegistryProblem.TagRace(reference, document.Digest, found);
        }

        options.Progress?.Report(new TransferEvent(document, TransferStage.Done, document.Size));
        return true;
    }
}
