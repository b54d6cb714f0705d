using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Json;
using Nua.Oci.Storage;

namespace Nua.Registry.Transfer;

/// <summary>Brings the manifests and indexes of an image, and finds out which blobs it has.</summary>
internal sealed class DocumentPull(PullSource source, StoreWriter writer, IProgress<TransferEvent>? progress)
{
    /// <summary>More manifests than any honest index has.</summary>
    private const int MaxDocuments = 10_000;

    private readonly Dictionary<Digest, byte[]> _held = [];

    /// <summary>A document that is at hand.</summary>
    public void Add(RemoteManifest document) => _held[document.Descriptor.Digest] = document.Bytes;

    /// <summary>The manifest of a platform: of an index the first entry that fits.</summary>
    /// <exception cref="ProblemException">NUA3011: none fits; those there are, are listed.</exception>
    public async Task<Descriptor> ChooseAsync(Descriptor root, Platform platform, CancellationToken cancellation)
    {
        var offered = new List<Platform>();
        return await ChooseAsync(root, platform, offered, [], 0, cancellation)
            ?? throw ImageClosure.NothingFor(platform, offered, $"{source.Origin.Name}@{root.Digest}");
    }

    /// <summary>Puts every document below the root into the store.</summary>
    /// <returns>The blobs they mention, each once.</returns>
    public async Task<IReadOnlyList<Descriptor>> FetchAllAsync(Descriptor root, CancellationToken cancellation)
    {
        var blobs = new List<Descriptor>();
        var seen = new HashSet<Digest> { root.Digest };
        var open = new Queue<(Descriptor Document, int Depth)>([(root, 0)]);
        var documents = 0;
        while (open.TryDequeue(out var next))
        {
            if (next.Depth > ImageClosure.MaxDepth || documents++ > MaxDocuments)
            {
                throw RegistryProblem.TooManyParts(source.Origin.Host, $"{source.Origin.Name}@{root.Digest}", MaxDocuments);
            }

            var bytes = await BytesAsync(next.Document, cancellation);
            Store(next.Document, bytes);
            var (manifests, parts) = PartsOf(next.Document, bytes);
            blobs.AddRange(parts.Where(part => seen.Add(part.Digest)));
            foreach (var manifest in manifests.Where(manifest => seen.Add(manifest.Digest)))
            {
                open.Enqueue((manifest, next.Depth + 1));
            }
        }

        return blobs;
    }

    private async Task<Descriptor?> ChooseAsync(
        Descriptor entry, Platform platform, List<Platform> offered, HashSet<Digest> seen, int depth, CancellationToken cancellation)
    {
        // Each once: a few indexes that name each other many times would otherwise take for ever.
        if (depth > ImageClosure.MaxDepth || (entry.Platform is null && !seen.Add(entry.Digest)))
        {
            return null;
        }

        if (seen.Count > MaxDocuments)
        {
            throw RegistryProblem.TooManyParts(source.Origin.Host, $"{source.Origin.Name}@{entry.Digest}", MaxDocuments);
        }

        if (!MediaTypes.IsIndex(entry.MediaType))
        {
            return await IsForAsync(entry, platform, offered, cancellation) ? entry : null;
        }

        foreach (var item in PartsOf(entry, await BytesAsync(entry, cancellation)).Manifests)
        {
            if (item.Platform is { } stated && !platform.Accepts(stated))
            {
                offered.Add(stated);
            }
            else if (await ChooseAsync(item, platform, offered, seen, depth + 1, cancellation) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>An entry that does not say its platform is asked through its config.</summary>
    private async Task<bool> IsForAsync(Descriptor entry, Platform platform, List<Platform> offered, CancellationToken cancellation)
    {
        if (entry.Platform is not null || !MediaTypes.IsManifest(entry.MediaType))
        {
            return entry.Platform is not null;
        }

        var manifest = ImageManifest.Parse(await BytesAsync(entry, cancellation), Where(entry), entry.MediaType);
        if (!MediaTypes.IsImageConfig(manifest.Config.MediaType))
        {
            return false;
        }

        var config = ImageConfig.Parse(
            await source.Origin.GetBlobAsync(manifest.Config, StrictJson.MaxBytes, cancellation), Where(manifest.Config));
        if (!platform.Accepts(config.Platform))
        {
            offered.Add(config.Platform);
        }

        return platform.Accepts(config.Platform);
    }

    private async Task<byte[]> BytesAsync(Descriptor document, CancellationToken cancellation)
    {
        if (_held.TryGetValue(document.Digest, out var held))
        {
            return held;
        }

        if (writer.HoldsSound(document, cancellation) && document.Size <= StrictJson.MaxBytes)
        {
            progress?.Report(new TransferEvent(document, TransferStage.Present, 0));
            return _held[document.Digest] = writer.Store.Blobs.ReadDocument(document);
        }

        var fetched = await source.ManifestAsync(document.Digest.ToString(), document.MediaType, cancellation);
        if (fetched.Bytes.Length != document.Size)
        {
            throw RegistryProblem.WrongContent(
                source.Origin.Host, Where(document), $"it is {fetched.Bytes.Length} bytes, the index says {document.Size}");
        }

        return _held[document.Digest] = fetched.Bytes;
    }

    private void Store(Descriptor document, byte[] bytes)
    {
        if (!writer.HoldsSound(document, CancellationToken.None))
        {
            writer.Put(document.MediaType, bytes);
        }
    }

    private (IReadOnlyList<Descriptor> Manifests, IReadOnlyList<Descriptor> Blobs) PartsOf(Descriptor document, byte[] bytes) =>
        ImageParts.Direct(document, bytes, Where(document));

    private string Where(Descriptor document) => $"{source.Origin.Name}@{document.Digest}";
}
