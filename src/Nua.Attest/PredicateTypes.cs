namespace Nua.Attest;

/// <summary>What a statement can say about an image, by the URI that stands in it, and the short words of the command line.</summary>
public static class PredicateTypes
{
    /// <summary>"This image is mine": no more than the digest. cosign's signatures in bundle form.</summary>
    public const string Signature = "https://sigstore.dev/cosign/sign/v1";

    public const string CycloneDx = "https://cyclonedx.org/bom";

    public const string Spdx = "https://spdx.dev/Document";

    /// <summary>SLSA build provenance, version 1.</summary>
    public const string Provenance = "https://slsa.dev/provenance/v1";

    private static readonly (string Word, string Uri)[] _words =
        [("signature", Signature), ("cyclonedx", CycloneDx), ("spdx", Spdx), ("provenance", Provenance)];

    public static IEnumerable<string> Words => _words.Select(pair => pair.Word);

    /// <summary>The URI that a word stands for; any absolute URI stands for itself. Null for anything else.</summary>
    public static string? Parse(string text) =>
        _words.FirstOrDefault(pair => pair.Word == text).Uri ?? (IsUri(text) ? text : null);

    /// <summary>The word for a URI, or the URI itself.</summary>
    public static string NameOf(string uri) => _words.FirstOrDefault(pair => pair.Uri == uri).Word ?? uri;

    /// <summary>in-toto's TypeURI: absolute, with a scheme.</summary>
    public static bool IsUri(string text) =>
        text.Length <= 2048 && text.Contains(':', StringComparison.Ordinal) && Uri.TryCreate(text, UriKind.Absolute, out _)
        && text.All(c => c is > ' ' and < '\x7f');
}
