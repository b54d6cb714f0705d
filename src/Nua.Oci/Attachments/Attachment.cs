namespace Nua.Oci.Attachments;

/// <summary>A manifest that is about another one: a signature, an SBOM, a statement of provenance.</summary>
/// <param name="Tag">Null when the manifest itself has a <c>subject</c>; else the tag that says what it is about.</param>
/// <param name="Subject">Digest of what it is about.</param>
public sealed record Attachment(Descriptor Manifest, string? Tag, Digest Subject)
{
    /// <summary>Most attachments of one image that are listed or moved along with it. Honest images have a handful;
    /// without a bound, whoever can push beside an image decides how long its readers work (CVE-2023-46737).</summary>
    public const int MaxPerImage = 1000;

    /// <summary>Largest manifest of an attachment, in bytes.</summary>
    public const int MaxManifestBytes = 256 << 10;
}
