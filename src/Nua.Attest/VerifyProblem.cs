using Nua.Foundation;
using Nua.Oci;

namespace Nua.Attest;

/// <summary>Why an attachment does not prove anything, and why an image is not verified.</summary>
internal static class VerifyProblem
{
    public static Problem NotVerified(Digest image, string what, string where) => new(
        "NUA3901", $"the image {image} has no {what} made with this key")
    {
        Where = Printable.Escape(where, 300),
        Remedy = "see what is attached with 'nua inspect'; sign with 'nua sign', or give the key that it was signed with",
    };

    public static ProblemException TooMany(Digest image, string where, string why) => new(
        new Problem("NUA3902", $"more is attached to {image} than nua reads")
        {
            Where = Printable.Escape(where, 300),
            Why = why,
            Remedy = "nothing was decided: remove the attachments that are not yours",
        });

    public static Problem NotSigned(Digest attachment) => new("NUA3910", "the statement is not signed")
    {
        Where = attachment.ToString(),
        Severity = Severity.Note,
        Why = "anybody who can write there can attach one",
    };

    public static Problem OtherKey(Digest attachment, string hint) => new("NUA3911", "it is signed with another key")
    {
        Where = attachment.ToString(),
        Severity = Severity.Warning,
        Why = $"the signer names the key {Printable.Escape(hint, 80)}",
    };

    public static Problem WrongSignature(Digest attachment) => new("NUA3912", "the signature does not fit")
    {
        Where = attachment.ToString(),
        Severity = Severity.Warning,
        Why = "it was made with another key, or what it signs was changed",
    };

    public static Problem OtherImage(Digest attachment, Digest? claimed) => new("NUA3913", "it is signed, but it is about another image")
    {
        Where = attachment.ToString(),
        Severity = Severity.Warning,
        Why = claimed is { } digest ? $"it says something about {digest}" : "none of its subjects is this image",
    };

    public static Problem Malformed(Digest attachment, Problem cause) => new("NUA3914", "the attachment is not well formed")
    {
        Where = attachment.ToString(),
        Severity = Severity.Warning,
        Why = $"{cause.Code}: {cause.What}{(cause.Why is null ? "" : $" ({cause.Why})")}",
    };

    public static ProblemException OtherKind(string where, string why) => new(
        new Problem("NUA3915", "it is signed in a way that a key cannot verify")
        {
            Where = where,
            Severity = Severity.Warning,
            Why = why,
        });

    public static Problem TooLarge(Digest attachment, long size, long limit) => new("NUA3916", "the attachment is too large to read")
    {
        Where = attachment.ToString(),
        Severity = Severity.Warning,
        Why = $"it is {size} bytes, at most {limit} are read",
    };
}
