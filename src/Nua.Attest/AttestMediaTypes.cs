namespace Nua.Attest;

/// <summary>Media types, artifact types and annotation keys of what is attached to images.</summary>
public static class AttestMediaTypes
{
    /// <summary>A Sigstore bundle: payload, signature and which key it was, in one JSON document. What cosign 3 writes.</summary>
    public const string Bundle = "application/vnd.dev.sigstore.bundle.v0.3+json";

    /// <summary>An in-toto statement: bare as a layer, or as what a bundle signs.</summary>
    public const string Statement = "application/vnd.in-toto+json";

    /// <summary>The payload of cosign's older signatures, which lie behind the tag <c>sha256-HEX.sig</c>.</summary>
    public const string SimpleSigning = "application/vnd.dev.cosign.simplesigning.v1+json";

    /// <summary>On a layer of <see cref="SimpleSigning"/>: the signature of its bytes in base64.</summary>
    public const string SignatureAnnotation = "dev.cosignproject.cosign/signature";

    /// <summary>On the manifest of a bundle (cosign BUNDLE_SPEC.md).</summary>
    public const string BundleContent = "dev.sigstore.bundle.content";

    /// <inheritdoc cref="BundleContent"/>
    public const string BundlePredicateType = "dev.sigstore.bundle.predicateType";

    /// <summary>On the layer of a bare statement, as buildkit writes it.</summary>
    public const string PredicateTypeAnnotation = "in-toto.io/predicate-type";
}
