using Nua.Attest.Places;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Archives;
using Nua.Oci.Storage;
using Nua.Registry;

namespace Nua.Cli.Parsing;

/// <summary>An image that things are attached to, opened where it is: in the store, a layout, an archive or a registry. Dispose it when
/// done.</summary>
internal sealed class AttachmentTarget : IDisposable
{
    private readonly IDisposable _owned;
    private readonly ImageSource? _source;
    private readonly Func<Descriptor, IAttachmentPlace> _place;

    private AttachmentTarget(string name, Descriptor root, ImageSource? source, Func<Descriptor, IAttachmentPlace> place, IDisposable owned)
    {
        Name = name;
        Root = root;
        _source = source;
        _place = place;
        _owned = owned;
    }

    /// <summary>What a person would call the image in a signature.</summary>
    public string Name { get; }

    /// <summary>What the name means: a manifest, or an index of platforms as a whole.</summary>
    public IAttachmentPlace Place => _place(Root);

    private Descriptor Root { get; }

    /// <param name="isPlain">The registry may be spoken to in plain HTTP.</param>
    public static async Task<AttachmentTarget> OpenAsync(string text, bool isPlain, Session session)
    {
        var location = Locations.Parse(text);
        if (location is ImageLocation.Registry registry)
        {
            var stored = text.StartsWith("docker://", StringComparison.Ordinal)
                ? null
                : Locations.OpenStore().Find(Locations.NameInStore(registry.Reference));
            if (stored is null)
            {
                return await OpenAsync(registry.Reference, isPlain, session);
            }

            location = new ImageLocation.StoreName(stored.Name!);
        }

        var store = location is ImageLocation.StoreName or ImageLocation.StoreDigest ? Locations.OpenStore() : null;
        var source = ImageSource.Open(location, store);
        return new AttachmentTarget(
            source.Name ?? source.Root.Digest.ToString(), source.Root, source,
            manifest => new LocalPlace(location, source, store, manifest), source);
    }

    /// <summary>The images that the name means, each at hand: one, or one for each platform.</summary>
    /// <exception cref="ProblemException">NUA9057: it is in a registry.</exception>
    public IReadOnlyList<(Image Image, IAttachmentPlace Place)> Images()
    {
        var source = _source ?? throw new ProblemException(new Problem("NUA9057", "a statement about what is in an image can only be made where its layers are")
        {
            Where = Printable.Escape(Name, 300),
            Remedy = "'nua pull' it, attest, and 'nua push' it, which sends only what is missing there; or give the statement as a file with --predicate",
        });
        return
        [
            .. Manifests(source).Select(manifest => (Image.Load(source.Blobs, manifest), _place(manifest))),
        ];
    }

    public void Dispose() => _owned.Dispose();

    private static IEnumerable<Descriptor> Manifests(ImageSource source)
    {
        if (MediaTypes.IsManifest(source.Root.MediaType))
        {
            return [source.Root];
        }

        var manifests = new List<Descriptor>();
        ImageClosure.Visit(source.Blobs, source.Root, blob =>
        {
            // buildkit keeps its own statements in the index, for the platform 'unknown'.
            if (MediaTypes.IsManifest(blob.MediaType) && blob.Platform is { Os: not "unknown" })
            {
                manifests.Add(blob);
            }

            return MediaTypes.IsIndex(blob.MediaType);
        });
        return manifests;
    }

    private static async Task<AttachmentTarget> OpenAsync(ImageReference reference, bool isPlain, Session session)
    {
        var network = isPlain ? Registries.Open(session, reference) : Registries.Open(session);
        try
        {
            var client = network.Open(reference);
            var asked = reference.Digest?.ToString() ?? reference.Tag ?? "latest";
            var root = (await client.GetManifestAsync(asked, session.Cancellation)).Descriptor;
            return new AttachmentTarget(
                client.Name, root, source: null, manifest => new RegistryPlace(client, manifest), network);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }
}
