using Nua.Foundation;
using Nua.Oci.Compression;

namespace Nua.Oci;

/// <summary>One image for one platform: its manifest, its config, and where its layers can be read.
/// Immutable.</summary>
public sealed record Image
{
    public required Descriptor ManifestDescriptor { get; init; }

    /// <summary>The exact bytes whose hash is the image's digest.</summary>
    public required ReadOnlyMemory<byte> ManifestBytes { get; init; }

    public required ImageManifest Manifest { get; init; }

    public required ReadOnlyMemory<byte> ConfigBytes { get; init; }

    public required ImageConfig Config { get; init; }

    public required IBlobStore Blobs { get; init; }

    public Digest Digest => ManifestDescriptor.Digest;

    /// <summary>Base first; as many as the manifest has layers.</summary>
    public IReadOnlyList<ImageLayer> Layers =>
        [.. Manifest.Layers.Select((layer, i) => new ImageLayer(i, layer, Config.DiffIds[i]))];

    /// <summary>Reads manifest and config, both verified, and checks that they belong together.</summary>
    /// <exception cref="ProblemException">NUA3001–3009 a document is not acceptable, NUA3060–3062 a blob is missing or
    /// wrong.</exception>
    public static Image Load(IBlobStore blobs, Descriptor manifest)
    {
        var where = $"{blobs.Name}: manifest {manifest.Digest}";
        var manifestBytes = blobs.ReadDocument(manifest);
        var parsed = ImageManifest.Parse(manifestBytes, where, manifest.MediaType);
        if (!MediaTypes.IsImageConfig(parsed.Config.MediaType))
        {
            throw new ProblemException(new Problem("NUA3008", "this manifest is an artifact, not an image")
            {
                Where = where,
                Why = $"its config has the media type '{Printable.Escape(parsed.Config.MediaType, 80)}'",
            });
        }

        var configBytes = blobs.ReadDocument(parsed.Config);
        var config = ImageConfig.Parse(configBytes, $"{blobs.Name}: config {parsed.Config.Digest}");
        if (config.DiffIds.Count != parsed.Layers.Count)
        {
            throw new ProblemException(new Problem("NUA3009", "manifest and config do not belong together")
            {
                Where = where,
                Why = $"the manifest has {parsed.Layers.Count} layers, the config {config.DiffIds.Count} diff_ids",
            });
        }

        return new Image
        {
            ManifestDescriptor = manifest,
            ManifestBytes = manifestBytes,
            Manifest = parsed,
            ConfigBytes = configBytes,
            Config = config,
            Blobs = blobs,
        };
    }
}

/// <summary>One layer of an image.</summary>
/// <param name="Index">0 is the base.</param>
/// <param name="DiffId">Digest of the uncompressed tar, as the config claims; readers compute and compare.</param>
public sealed record ImageLayer(int Index, Descriptor Blob, Digest DiffId)
{
    /// <summary>From the media type; null when it is not a layer Nua can read.</summary>
    public LayerCompression? Compression => MediaTypes.LayerCompressionOf(Blob.MediaType);
}
