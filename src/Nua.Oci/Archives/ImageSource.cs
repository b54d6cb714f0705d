using Nua.Oci.Storage;

namespace Nua.Oci.Archives;

/// <summary>An image at one place on this machine, opened for reading: in a layout, an archive or the store.</summary>
public sealed class ImageSource : IDisposable
{
    private readonly IDisposable? _owned;

    private ImageSource(IBlobStore blobs, Descriptor root, string? name, IDisposable? owned)
    {
        Blobs = blobs;
        Root = root;
        Name = name;
        _owned = owned;
    }

    public IBlobStore Blobs { get; }

    /// <summary>What the location names: a manifest, or an index of platforms.</summary>
    public Descriptor Root { get; }

    /// <summary>What the image is called there, if anything.</summary>
    public string? Name { get; }

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
        return new ImageSource(store.Blobs, found.Manifest, found.Name, owned: null);
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
        var entry = Choose(ImageIndex.Parse(UnlockedFile.ReadAllBytes(path), path), location.Tag, location.ToString());
        return new ImageSource(new BlobDirectory(location.Directory), entry, entry.NameOf(), owned: null);
    }

    private static ImageSource OpenOciArchive(ImageLocation.OciArchive location)
    {
        var archive = new OciArchive(location.File);
        var entry = Choose(archive.Index, location.Tag, location.ToString());
        return new ImageSource(archive, entry, entry.NameOf(), archive);
    }

    private static ImageSource OpenDockerArchive(ImageLocation.DockerArchive location)
    {
        var archive = new DockerArchive(location.File);
        var entry = Choose(archive.Index, location.Tag, location.ToString());
        return new ImageSource(archive, entry, entry.NameOf(), archive);
    }

    /// <summary>Without a tag the only image; with one the entry of this name, this digest, or whose name ends in
    /// <c>:TAG</c> or <c>/TAG</c>.</summary>
    private static Descriptor Choose(ImageIndex index, string? tag, string where)
    {
        IReadOnlyList<Descriptor> matches = tag is null ? index.Manifests : Named(index, tag);
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
