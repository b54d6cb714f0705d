namespace Nua.Oci.Compression;

/// <summary>How much a compressed layer may expand before reading stops with NUA3044.</summary>
/// <param name="MaxBytes">Largest uncompressed layer, in bytes.</param>
/// <param name="MaxRatio">Uncompressed over compressed bytes; looked at only above 64 MiB, since small files compress
/// strangely.</param>
public sealed record ExpansionLimits(long MaxBytes, int MaxRatio)
{
    /// <summary>For images from elsewhere: 128 GiB and 1100:1. Deflate cannot exceed 1032:1, so the ratio finds zstd bombs;
    /// deflate's are bounded by <see cref="MaxBytes"/>, and nothing is ever held in memory.</summary>
    public static readonly ExpansionLimits Default = new(128L << 30, 1100);

    /// <summary>Uncompressed bytes below which the ratio does not matter.</summary>
    public const long RatioFloor = 64 << 20;
}
