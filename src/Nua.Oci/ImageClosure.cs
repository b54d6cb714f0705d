using Nua.Foundation;

namespace Nua.Oci;

/// <summary>Everything that a manifest or index leads to.</summary>
public static class ImageClosure
{
    /// <summary>Deepest nesting of indexes; 1 is an index of manifests.</summary>
    public const int MaxDepth = 8;

    private const int MaxBlobs = 200_000;

    /// <summary>
    /// Visits descriptors from the root down, each digest once. A manifest or index is read and its parts are visited
    /// when
    /// <paramref name="visit"/> answers true for it; what is of an unknown kind is visited and not looked into.
    /// </summary>
    /// <exception cref="ProblemException">NUA3012 nested too deep, a cycle or too many blobs; those of reading
    /// documents.</exception>
    public static void Visit(IBlobStore blobs, Descriptor root, Func<Descriptor, bool> visit) =>
        Visit(blobs, root, visit, [], depth: 0);

    private static void Visit(
        IBlobStore blobs, Descriptor descriptor, Func<Descriptor, bool> visit, HashSet<Digest> seen, int depth)
    {
        if (depth > MaxDepth || seen.Count > MaxBlobs)
        {
            throw new ProblemException(new Problem("NUA3012", "the image index is nested too deep or has too many parts")
            {
                Where = $"{blobs.Name}: {descriptor.Digest}",
                Why = $"at most {MaxDepth} indexes inside each other and {MaxBlobs} blobs are read",
            });
        }

        if (!seen.Add(descriptor.Digest) || !visit(descriptor))
        {
            return;
        }

        var where = $"{blobs.Name}: {descriptor.Digest}";
        if (MediaTypes.IsManifest(descriptor.MediaType))
        {
            var manifest = ImageManifest.Parse(blobs.ReadDocument(descriptor), where, descriptor.MediaType);
            foreach (var part in manifest.Layers.Prepend(manifest.Config))
            {
                if (seen.Add(part.Digest))
                {
                    visit(part);
                }
            }
        }
        else if (MediaTypes.IsIndex(descriptor.MediaType))
        {
            var index = ImageIndex.Parse(blobs.ReadDocument(descriptor), where, descriptor.MediaType);
            foreach (var entry in index.Manifests)
            {
                Visit(blobs, entry, visit, seen, depth + 1);
            }
        }
    }

    /// <inheritdoc cref="PlatformSelection"/>
    /// <exception cref="ProblemException">NUA3011 none fits; the message lists those there are.</exception>
    public static Descriptor Select(IBlobStore blobs, Descriptor root, Platform platform) =>
        new PlatformSelection(blobs, platform).Select(root);

    /// <summary>NUA3011; for whoever looks through an index in another way.</summary>
    public static ProblemException NothingFor(Platform platform, IReadOnlyList<Platform> offered, string where) => new(
        new Problem("NUA3011", $"the image has nothing for {platform}")
        {
            Where = where,
            Why = offered.Count == 0
                ? "its index names no platform"
                : "it is for " + string.Join(", ", offered.Take(20).Select(p => Printable.Escape(p.ToString(), 60))),
        });
}
