using Nua.Attest;
using Nua.Attest.Places;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Archives;
using Nua.Oci.Attachments;
using Nua.Oci.Storage;
using Nua.Registry;
using Nua.Registry.Engines;
using Nua.Registry.Transfer;

namespace Nua.Cli;

/// <summary>Opens images wherever they are, and puts them wherever they shall go. Registries and engines come in through the local store.</summary>
/// <param name="isPlain">The registry of the command line may be spoken to in plain HTTP.</param>
/// <param name="withAttachments">Signatures and other statements beside the image come along.</param>
internal sealed class ImagePlaces(Session session, bool isPlain, bool withAttachments = false)
{
    /// <summary>An image to be looked at or moved.</summary>
    /// <param name="platform">Of an index in a registry only this is fetched; null for all of it.</param>
    /// <exception cref="ProblemException">whatever is wrong with the place.</exception>
    public async Task<ImageSource> OpenAsync(string text, Platform? platform) => Locations.Parse(text) switch
    {
        ImageLocation.Registry registry => Stored(text, registry) ?? await PullAsync(registry.Reference, platform),
        ImageLocation.DockerDaemon daemon => await FetchAsync(daemon),
        var place => ImageSource.Open(place, place is ImageLocation.StoreName or ImageLocation.StoreDigest ? Locations.OpenStore() : null),
    };

    /// <summary>Copies an image to a place outside the store or in it.</summary>
    /// <param name="from">Where it comes from, as written: a registry may have its blobs already.</param>
    public async Task<TransferResult> CopyAsync(ImageSource source, ImageLocation destination, ImageLocation? from = null)
    {
        switch (destination)
        {
            case ImageLocation.Registry registry:
                var (pushed, _) = await PushAsync(source, registry.Reference, from);
                return new TransferResult(source.Root, pushed.Pinned.ToString(), []);
            case ImageLocation.DockerDaemon daemon:
                using (var engine = EngineSocket.Find(Environment.GetEnvironmentVariable))
                {
                    var image = source.OpenImage();
                    return new TransferResult(
                        image.ManifestDescriptor, daemon.Name, await engine.LoadAsync(image, daemon.Name, session.Cancellation));
                }

            default:
                var store = destination is ImageLocation.StoreName ? Locations.OpenStore() : null;
                return ImageTransfer.Copy(withAttachments ? source : source.WithoutAttachments(), destination, store, session.Cancellation);
        }
    }

    /// <returns>What was sent of the image, and how many attachments were.</returns>
    public async Task<(PushedImage Image, int Attachments)> PushAsync(ImageSource source, ImageReference destination, ImageLocation? from)
    {
        using var network = Network(destination);
        using var progress = new TransferProgress(session, "pushing");
        var options = new PushOptions { Progress = progress, MountFrom = [.. Relatives(source, destination, from)] };
        var pushed = await RegistryPush.FromAsync(network, source.Blobs, source.Root, destination, options, session.Cancellation);
        var attached = withAttachments
            ? await AttachmentTransfer.PushAsync(network.Open(destination), source.Blobs, source.Attachments, session.Cancellation)
            : 0;
        return (pushed, attached);
    }

    /// <summary>Pulls into the store and gives it names there.</summary>
    public async Task<PulledImage> PullAsync(ImageStore store, ImageReference reference, PullOptions options)
    {
        using var network = Network(reference);
        using var progress = new TransferProgress(session, "pulling");
        using var writer = store.BeginWrite();
        var pulled = await RegistryPull.IntoAsync(network, writer, reference, options with { Progress = progress }, session.Cancellation);
        var attachments = await AttachmentsAsync(network, writer, reference, pulled.Root);
        writer.Publish(pulled.Root, options.Names);
        foreach (var attachment in attachments)
        {
            writer.Attach(attachment);
        }

        return pulled;
    }

    private RegistryNetwork Network(ImageReference reference) =>
        isPlain ? Registries.Open(session, reference) : Registries.Open(session);

    /// <summary>A name without <c>docker://</c> may be one that a pull left in the store.</summary>
    private static ImageSource? Stored(string text, ImageLocation.Registry registry)
    {
        if (text.StartsWith("docker://", StringComparison.Ordinal))
        {
            return null;
        }

        var (store, name) = (Locations.OpenStore(), Locations.NameInStore(registry.Reference));
        return store.Find(name) is { } found ? ImageSource.Open(new ImageLocation.StoreDigest(found.Manifest.Digest), store) : null;
    }

    private async Task<IReadOnlyList<Attachment>> AttachmentsAsync(
        RegistryNetwork network, StoreWriter writer, ImageReference reference, Descriptor root) => withAttachments
        ? await AttachmentTransfer.FetchAsync(
            network.Open(reference), writer, root, AttestLimits.Default, session.Messages.Report, session.Cancellation)
        : [];

    /// <summary>The blobs stay in the store until pruning, so that the next look needs no network.</summary>
    private async Task<ImageSource> PullAsync(ImageReference reference, Platform? platform)
    {
        var store = Locations.OpenStore();
        var writer = store.BeginWrite();
        try
        {
            using var network = Network(reference);
            using var progress = new TransferProgress(session, "pulling");
            var pulled = await RegistryPull.IntoAsync(
                network, writer, reference, new PullOptions { Platform = platform, Progress = progress }, session.Cancellation);
            return ImageSource.Of(
                store.Blobs, pulled.Root, reference.Digest is null ? Locations.NameInStore(reference) : null, writer,
                await AttachmentsAsync(network, writer, reference, pulled.Root));
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>Engines give a stream; archives are read from a file.</summary>
    private async Task<ImageSource> FetchAsync(ImageLocation.DockerDaemon daemon)
    {
        var file = Path.Combine(Path.GetTempPath(), $"nua-{Guid.NewGuid():N}.tar");
        var whenDone = new Deletion(file);
        try
        {
            await using (var stream = new FileStream(file, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }))
            {
                using var engine = EngineSocket.Find(Environment.GetEnvironmentVariable);
                await engine.SaveAsync(daemon.Name, stream, session.Cancellation);
            }

            var archive = ImageSource.Open(new ImageLocation.DockerArchive(file, null), null);
            return ImageSource.Of(archive.Blobs, archive.Root, daemon.Name, new Both(archive, whenDone));
        }
        catch
        {
            whenDone.Dispose();
            throw;
        }
    }

    /// <summary>Repositories of the same registry where blobs of the image may be: where it comes from, and its base.</summary>
    private static IEnumerable<string> Relatives(ImageSource source, ImageReference destination, ImageLocation? from)
    {
        var candidates = new List<string?> { (from as ImageLocation.Registry)?.Reference.ToString() };
        if (MediaTypes.IsManifest(source.Root.MediaType))
        {
            var manifest = ImageManifest.Parse(source.Blobs.ReadDocument(source.Root), source.Blobs.Name, source.Root.MediaType);
            candidates.Add(manifest.Annotations.GetValueOrDefault(AnnotationKeys.BaseName));
        }

        return candidates.Select(text => text is not null && ImageReference.TryParse(text, out var reference, out _) ? reference : null)
            .Where(reference => reference?.Host == destination.Host).Select(reference => reference!.Repository).Distinct(StringComparer.Ordinal);
    }

    private sealed class Deletion(string file) : IDisposable
    {
        public void Dispose() => File.Delete(file);
    }

    private sealed class Both(IDisposable first, IDisposable second) : IDisposable
    {
        public void Dispose()
        {
            first.Dispose();
            second.Dispose();
        }
    }
}
