namespace Nua.Attest;

/// <summary>How much of what others attached is looked at. Beyond it verification fails instead of going on: whoever can push beside an
/// image must not decide how long its readers work (CVE-2023-46737).</summary>
public sealed record AttestLimits
{
    public static readonly AttestLimits Default = new();

    /// <summary>Attachments of one image; signatures in one older signature manifest.</summary>
    public int MaxAttachments { get; init; } = 128;

    /// <summary>Bytes of one bundle, statement or payload.</summary>
    public int MaxBytes { get; init; } = 32 << 20;

    /// <summary>Bytes of all that is read for one image.</summary>
    public long MaxTotalBytes { get; init; } = 128L << 20;
}
