namespace Nua.Oci;

/// <summary>Keys of annotations and labels, of image-spec (annotations.md) and our own, that more than one part of Nua knows.</summary>
public static class AnnotationKeys
{
    public const string RefName = "org.opencontainers.image.ref.name";
    public const string BaseName = "org.opencontainers.image.base.name";
    public const string BaseDigest = "org.opencontainers.image.base.digest";

    /// <summary>How the image was made, when not by a build: <see cref="Wrap"/>. An engine reads it before it starts anything.</summary>
    public const string Method = "io.nua.method";

    public const string Wrap = "wrap";
}
