using Nua.Oci;
using Nua.Oci.Storage;
using Nua.Registry.Transfer;

namespace Nua.Registry;

/// <summary>Brings whole images from registries into the store.</summary>
public static class RegistryPull
{
    /// <summary>
    /// Pulls an image and publishes it under the names of the options. Every byte is verified by its digest before it is
    /// kept; blobs that the store has, undamaged, are not fetched. When this returns the image is durable; when it throws,
    /// the store's index is as it was.
    /// </summary>
    /// <exception cref="Nua.Foundation.ProblemException">NUA36xx, see <see cref="RegistryClient"/>; NUA3011 no such platform; NUA30xx a document
    /// that is not acceptable.</exception>
    public static async Task<PulledImage> IntoAsync(
        RegistryNetwork network, ImageStore store, ImageReference reference, PullOptions options, CancellationToken cancellation)
    {
        using var writer = store.BeginWrite();
        var pulled = await IntoAsync(network, writer, reference, options, cancellation);
        writer.Publish(pulled.Root, options.Names);
        return pulled;
    }

    /// <summary>The same without publishing: the blobs stay as long as <paramref name="writer"/> holds them.</summary>
    public static async Task<PulledImage> IntoAsync(
        RegistryNetwork network, StoreWriter writer, ImageReference reference, PullOptions options, CancellationToken cancellation)
    {
        var source = PullSource.Of(network, reference);
        var asked = reference.Digest?.ToString() ?? reference.Tag ?? "latest";
        var named = await source.ManifestAsync(asked, null, cancellation);
        var documents = new DocumentPull(source, writer, options.Progress);
        documents.Add(named);
        var root = options.Platform is { } platform
            ? await documents.ChooseAsync(named.Descriptor, platform, cancellation)
            : named.Descriptor;
        var blobs = await documents.FetchAllAsync(root, cancellation);
        var (fetched, bytes) = await new BlobsPull(network.Options, source, writer, options.Progress).RunAsync(blobs, cancellation);
        await CheckTagAsync(network, reference, named.Descriptor.Digest, cancellation);
        return new PulledImage(
            root, reference with { Digest = named.Descriptor.Digest }, fetched, bytes, blobs.Count - fetched);
    }

    /// <summary>Everything after the first answer goes by digest, so a tag that moves meanwhile mixes nothing; it is only told.</summary>
    private static async Task CheckTagAsync(
        RegistryNetwork network, ImageReference reference, Digest pulled, CancellationToken cancellation)
    {
        if (reference.Digest is null
            && await network.Open(reference).FindManifestAsync(reference.Tag ?? "latest", cancellation) is { } now && now != pulled)
        {
            network.Options.Tell(RegistryProblem.TagMoved(Foundation.Printable.Escape(reference.ToString(), 300), now));
        }
    }
}
