namespace Nua.Oci;

/// <summary>The media types of image-spec (media-types.md) that Nua knows, with their Docker equivalents.</summary>
public static class MediaTypes
{
    public const string Manifest = "application/vnd.oci.image.manifest.v1+json";
    public const string Index = "application/vnd.oci.image.index.v1+json";
    public const string Config = "application/vnd.oci.image.config.v1+json";
    public const string LayoutHeader = "application/vnd.oci.layout.header.v1+json";
    public const string Empty = "application/vnd.oci.empty.v1+json";
    public const string LayerTar = "application/vnd.oci.image.layer.v1.tar";
    public const string LayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip";
    public const string LayerZstd = "application/vnd.oci.image.layer.v1.tar+zstd";

    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    public const string DockerManifestList = "application/vnd.docker.distribution.manifest.list.v2+json";
    public const string DockerConfig = "application/vnd.docker.container.image.v1+json";
    public const string DockerLayer = "application/vnd.docker.image.rootfs.diff.tar.gzip";
    public const string DockerLayerTar = "application/vnd.docker.image.rootfs.diff.tar";
    public const string DockerForeignLayer = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";

    private const string Nondistributable = "application/vnd.oci.image.layer.nondistributable.v1.tar";

    public static bool IsManifest(string mediaType) => mediaType is Manifest or DockerManifest;

    public static bool IsIndex(string mediaType) => mediaType is Index or DockerManifestList;

    public static bool IsImageConfig(string mediaType) => mediaType is Config or DockerConfig;

    /// <summary>A layer we know how to read.</summary>
    public static bool IsLayer(string mediaType) => LayerCompressionOf(mediaType) is not null;

    /// <summary>How such a layer is compressed, or null when the media type is not a layer we know.</summary>
    public static Compression.LayerCompression? LayerCompressionOf(string mediaType) => mediaType switch
    {
        LayerTar or DockerLayerTar or Nondistributable => Compression.LayerCompression.None,
        LayerGzip or DockerLayer or DockerForeignLayer or Nondistributable + "+gzip" => Compression.LayerCompression.Gzip,
        LayerZstd or Nondistributable + "+zstd" => Compression.LayerCompression.Zstd,
        _ => null,
    };

    /// <summary>The OCI media type of a layer that Nua writes.</summary>
    public static string Layer(Compression.LayerCompression compression) => compression switch
    {
        Compression.LayerCompression.Gzip => LayerGzip,
        Compression.LayerCompression.Zstd => LayerZstd,
        _ => LayerTar,
    };

    /// <summary>Whether the text has the form of RFC 6838: <c>type/subtype</c>.</summary>
    public static bool IsWellFormed(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return text.Length <= 255 && IsName(text.AsSpan(0, Math.Max(slash, 0))) && IsName(text.AsSpan(slash + 1));
    }

    private static bool IsName(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 127 && char.IsAsciiLetterOrDigit(text[0])
        && text.IndexOfAnyExcept(CharacterSets.MediaTypeName) < 0;
}
