using Nua.Oci.Attachments;
using Nua.Oci.Storage;

namespace Nua.Oci.Archives;

/// <summary>An image at one place on this machine, opened for reading: in a layout, an archive or the store.</summary>
public sealed class ImageSource : IDisposable
{
    private readonly Lazy<IReadOnlyList<Attachment>> _attachments;
    private readonly IDisposable? _owned;

    private ImageSource(
        IBlobStore blobs, Descriptor root, string? name, Func<IReadOnlyList<Attachment>> attachments, IDisposable? owned)
    {
        Blobs = blobs;
        Root = root;
        Name = name;
        _attachments = new Lazy<IReadOnlyList<Attachment>>(attachments);
        _owned = owned;
    }

    public IBlobStore Blobs { get; }

    /// <summary>What the location names: a manifest, or an index of platforms.</summary>
    public Descriptor Root { get; }

    /// <summary>What the image is called there, if anything.</summary>
    public string? Name { get; }

    /// <summary>Signatures, SBOMs and other statements about the image that are kept beside it. Looked for when first
    /// asked.</summary>
    /// <exception cref="Nua.Foundation.ProblemException">NUA3070, or what reading the image's documents gives.</exception>
    public IReadOnlyList<Attachment> Attachments => _attachments.Value;

    /// <summary>The same image, to be moved without what is attached to it. Disposing either closes both.</summary>
    public ImageSource WithoutAttachments() => new(Blobs, Root, Name, () => [], _owned);

    /// <summary>An image that is somewhere else, whose blobs are at hand as long as this is open.</summary>
    /// <param name="owned">Disposed with this.</param>
    /// <param name="attachments">Whose blobs are at hand, too.</param>
    public static ImageSource Of(
        IBlobStore blobs, Descriptor root, string? name, IDisposable? owned, IReadOnlyList<Attachment>? attachments = null) =>
        new(blobs, root, name, () => attachments ?? [], owned);

    /// <param name="store">For names and digests of the store; null when there is none.</param>
    /// <exception cref="Nua.Foundation.ProblemException">NUA3104 or NUA3203 to NUA3209, or what is wrong with the
    /// documents.</exception>
    public static ImageSource Open(ImageLocation location, ImageStore? store) => location switch
    {
        ImageLocation.StoreName name => OpenStore(store, name.Name),
        ImageLocation.StoreDigest digest => OpenStore(store, digest.Digest.ToString()),
        ImageLocation.Layout layout => OpenLayout(layout),
        ImageLocation.OciArchive archive => OpenOciArchive(archive),
        ImageLocation.DockerArchive archive => OpenDockerArchive(archive),
        _ => throw ArchiveProblem.NotLocal(location, "read"),
    };

    /// <summary>The image for a platform, linux/amd64 unless said otherwise.</summary>
    public Image OpenImage(Platform? platform = null) =>
        Image.Load(Blobs, ImageClosure.Select(Blobs, Root, platform ?? Platform.LinuxAmd64));

    public void Dispose() => _owned?.Dispose();

    private static ImageSource OpenStore(ImageStore? store, string name)
    {
        var found = (store ?? throw ArchiveProblem.NoStore()).Resolve(name);
        return new ImageSource(store.Blobs, found.Manifest, found.Name, () => store.AttachmentsOf(found.Manifest), owned: null);
    }

    private static ImageSource OpenLayout(ImageLocation.Layout location)
    {
        var path = Path.Combine(location.Directory, "index.json");
        var header = Path.Combine(location.Directory, LayoutHeader.FileName);
        if (!File.Exists(path) || !File.Exists(header))
        {
            throw Directory.Exists(location.Directory)
                ? ArchiveProblem.NotALayout(location.Directory, "'oci-layout' or 'index.json' is missing")
                : ArchiveProblem.NotThere(location.ToString());
        }

        LayoutHeader.Check(
            UnlockedFile.ReadAllBytes(header), header, why => ArchiveProblem.NotALayout(location.Directory, why));
        return Open(
            new BlobDirectory(location.Directory), ImageIndex.Parse(UnlockedFile.ReadAllBytes(path), path), location.Tag,
            location.ToString(), owned: null);
    }

    private static ImageSource OpenOciArchive(ImageLocation.OciArchive location)
    {
        var archive = new OciArchive(location.File);
        return Open(archive, archive.Index, location.Tag, location.ToString(), archive);
    }

    private static ImageSource OpenDockerArchive(ImageLocation.DockerArchive location)
    {
        var archive = new DockerArchive(location.File);
        return Open(archive, archive.Index, location.Tag, location.ToString(), archive);
    }

    private static ImageSource Open(IBlobStore blobs, ImageIndex index, string? tag, string where, IDisposable? owned)
    {
        var root = Choose(blobs, index, tag, where);
        return new ImageSource(blobs, root, root.NameOf(), () => AttachmentIndex.Of(blobs, index, root), owned);
    }

    /// <summary>Without a tag the only image, attachments not counted; with one the entry of this name, this digest, or whose name ends in
    /// <c>:TAG</c> or <c>/TAG</c>.</summary>
    private static Descriptor Choose(IBlobStore blobs, ImageIndex index, string? tag, string where)
    {
        IReadOnlyList<Descriptor> matches = tag is null ? AttachmentIndex.Images(blobs, index) : Named(index, tag);
        return matches.Select(entry => entry.Digest).Distinct().Count() == 1
            ? matches[0]
            : throw ArchiveProblem.Choose(
                where, tag, index.Manifests.Select(entry => entry.NameOf() ?? entry.Digest.ToString()));
    }

    private static List<Descriptor> Named(ImageIndex index, string tag)
    {
        var exact = index.Manifests.Where(entry => entry.NameOf() == tag || entry.Digest.ToString() == tag).ToList();
        return exact.Count > 0
            ? exact
            : [.. index.Manifests.Where(entry => entry.NameOf() is { } name
                && (name.EndsWith(":" + tag, StringComparison.Ordinal)
                    || name.EndsWith("/" + tag, StringComparison.Ordinal)))];
    }
}
