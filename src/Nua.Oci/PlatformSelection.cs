using Nua.Foundation;

namespace Nua.Oci;

/// <summary>
/// Finds the manifest for a platform: the descriptor itself, or the first entry of an index that fits. Every document is read
/// once: a few indexes that name each other many times would otherwise take for ever.
/// </summary>
internal sealed class PlatformSelection(IBlobStore blobs, Platform platform)
{
    private readonly HashSet<Platform> _offered = [];
    private readonly HashSet<Digest> _seenIndexes = [];
    private readonly Dictionary<Digest, Platform?> _platforms = [];

    public Descriptor Select(Descriptor root) => Find(root, depth: 0)
        ?? throw ImageClosure.NothingFor(platform, [.. _offered], $"{blobs.Name}: {root.Digest}");

    private Descriptor? Find(Descriptor entry, int depth)
    {
        if (MediaTypes.IsManifest(entry.MediaType))
        {
            return entry;
        }

        if (!MediaTypes.IsIndex(entry.MediaType) || depth > ImageClosure.MaxDepth || !_seenIndexes.Add(entry.Digest))
        {
            return null;
        }

        var index = ImageIndex.Parse(blobs.ReadDocument(entry), $"{blobs.Name}: {entry.Digest}", entry.MediaType);
        foreach (var item in index.Manifests)
        {
            if (item.Platform is { } itemPlatform && !platform.Accepts(itemPlatform))
            {
                _offered.Add(itemPlatform);
            }
            else if (Find(item, depth + 1) is { } found && IsFor(item, found))
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>An entry that does not say its platform is asked through its config.</summary>
    private bool IsFor(Descriptor item, Descriptor manifest) =>
        item.Platform is not null || (PlatformOf(manifest) is { } found && platform.Accepts(found));

    /// <summary>Null when the manifest is not an image's.</summary>
    private Platform? PlatformOf(Descriptor manifest)
    {
        if (_platforms.TryGetValue(manifest.Digest, out var known))
        {
            return known;
        }

        var where = $"{blobs.Name}: {manifest.Digest}";
        var parsed = ImageManifest.Parse(blobs.ReadDocument(manifest), where, manifest.MediaType);
        return _platforms[manifest.Digest] = MediaTypes.IsImageConfig(parsed.Config.MediaType)
            ? ImageConfig.Parse(blobs.ReadDocument(parsed.Config), $"{blobs.Name}: {parsed.Config.Digest}").Platform
            : null;
    }
}
