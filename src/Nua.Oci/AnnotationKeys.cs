namespace Nua.Oci;

/// <summary>Annotation keys of image-spec (annotations.md) that Nua reads or writes.</summary>
public static class AnnotationKeys
{
    public const string RefName = "org.opencontainers.image.ref.name";
    public const string BaseName = "org.opencontainers.image.base.name";
    public const string BaseDigest = "org.opencontainers.image.base.digest";
}
