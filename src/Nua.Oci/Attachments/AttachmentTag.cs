namespace Nua.Oci.Attachments;

/// <summary>
/// The older way to attach, from before manifests had a <c>subject</c>: a tag beside the image that is made of its digest,
/// <c>sha256-HEX.sig</c>. cosign introduced it; in an image layout the tag is the name of an entry like any other.
/// </summary>
public static class AttachmentTag
{
    public const string Signature = "sig";

    private static readonly string[] _suffixes = [Signature, "att", "sbom"];

    public static string Of(Digest subject, string suffix = Signature) =>
        $"{subject.Algorithm}-{subject.Encoded}.{suffix}";

    /// <summary>What a manifest of this name is about; null when it is not such a tag.</summary>
    public static Digest? SubjectOf(string? name)
    {
        var dot = name?.LastIndexOf('.') ?? -1;
        return dot > 0 && _suffixes.Contains(name![(dot + 1)..])
            && name.StartsWith("sha256-", StringComparison.Ordinal)
            && Digest.TryParse($"sha256:{name["sha256-".Length..dot]}", out var digest)
            ? digest
            : null;
    }
}
