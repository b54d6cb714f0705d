using Nua.Foundation;
using Nua.Oci;

namespace Nua.Attest.Verifying;

/// <summary>How a statement or signature is stored.</summary>
public enum AttachmentForm
{
    /// <summary>Something else: an artifact of another tool.</summary>
    Other,

    /// <summary>An in-toto statement that nobody signed.</summary>
    Statement,

    /// <summary>A Sigstore bundle: what cosign 3 writes.</summary>
    Bundle,

    /// <summary>Behind the tag <c>sha256-HEX.sig</c>: what cosign wrote before.</summary>
    Tag,
}

/// <summary>What was found out about one attachment, or about one of several signatures behind a tag.</summary>
/// <param name="Attachment">Digest of its manifest.</param>
public sealed record AttachmentVerdict(Digest Attachment, AttachmentForm Form)
{
    /// <summary>Signed with the key, about this very image, and well formed.</summary>
    public bool IsVerified { get; init; }

    /// <summary>Why it proves nothing; null when it is verified, or is of a kind that is not looked at.</summary>
    public Problem? Problem { get; init; }

    /// <summary>What it says, as the URI of in-toto. When it is not verified, only what somebody claims. Not escaped.</summary>
    public string? PredicateType { get; init; }

    /// <summary>What the signer calls the image. Not judged, not escaped.</summary>
    public string? Name { get; init; }

    /// <summary>What it says, a JSON object; of verified statements only.</summary>
    public ReadOnlyMemory<byte>? Predicate { get; init; }
}

/// <summary>Every attachment of one image with its verdict, in the order of the place.</summary>
/// <param name="Image">The manifest or index that was asked about.</param>
public sealed record VerificationReport(Digest Image, IReadOnlyList<AttachmentVerdict> Verdicts)
{
    /// <summary>Whether something of this kind is verified.</summary>
    public bool Has(string predicateType) =>
        Verdicts.Any(verdict => verdict.IsVerified && verdict.PredicateType == predicateType);

    /// <summary>One problem for each kind that is required and not verified; none when the image is.</summary>
    public IReadOnlyList<Problem> Missing(IEnumerable<string> predicateTypes, string where) =>
    [
        .. predicateTypes.Where(type => !Has(type)).Select(type =>
            VerifyProblem.NotVerified(Image, Printable.Escape(PredicateTypes.NameOf(type), 200), where)),
    ];
}
