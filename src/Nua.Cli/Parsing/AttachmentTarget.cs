using Nua.Attest.Places;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Archives;
using Nua.Oci.Storage;

namespace Nua.Cli.Parsing;

/// <summary>An image that things are attached to, opened where it is. Dispose it when done.</summary>
public sealed class AttachmentTarget : IDisposable
{
    private readonly ImageLocation _location;
    private readonly ImageSource _source;
    private readonly ImageStore? _store;

    private AttachmentTarget(ImageLocation location, ImageSource source, ImageStore? store) =>
        (_location, _source, _store) = (location, source, store);

    public static AttachmentTarget Open(string text)
    {
        var location = Locations.Parse(text);
        var store = location is ImageLocation.StoreName or ImageLocation.StoreDigest ? Locations.OpenStore() : null;
        return new AttachmentTarget(location, ImageSource.Open(location, store), store);
    }

    /// <summary>What the name means: a manifest, or an index of platforms as a whole.</summary>
    public IAttachmentPlace Place() => At(_source.Root);

    /// <summary>The images that the name means: one, or one for each platform.</summary>
    public IReadOnlyList<(Image Image, IAttachmentPlace Place)> Images()
    {
        if (MediaTypes.IsManifest(_source.Root.MediaType))
        {
            return [(Image.Load(_source.Blobs, _source.Root), At(_source.Root))];
        }

        var manifests = new List<Descriptor>();
        ImageClosure.Visit(_source.Blobs, _source.Root, blob =>
        {
            if (MediaTypes.IsManifest(blob.MediaType) && blob.Platform is { Os: not "unknown" })
            {
                manifests.Add(blob);
            }

            return MediaTypes.IsIndex(blob.MediaType);
        });
        return [.. manifests.Select(manifest => (Image.Load(_source.Blobs, manifest), At(manifest)))];
    }

    /// <summary>What a person would call the image in a signature.</summary>
    public string Name => Printable.Escape(_source.Name ?? _source.Root.Digest.ToString(), 300);

    public void Dispose() => _source.Dispose();

    private LocalPlace At(Descriptor manifest) => new(_location, _source, _store, manifest);
}
