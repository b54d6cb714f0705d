namespace Nua.Oci.Tar;

/// <summary>What a reader accepts before it gives up: memory must not depend on what an archive claims.</summary>
public sealed record TarLimits
{
    /// <summary>Code of the problem that says a limit was reached.</summary>
    public const string Code = "NUA3027";

    public static readonly TarLimits Default = new();

    public int MaxEntries { get; init; } = 1_000_000;

    /// <summary>Bytes of a path or link target, as Linux has it.</summary>
    public int MaxPathBytes { get; init; } = 4095;

    /// <summary>Bytes between two slashes.</summary>
    public int MaxNameBytes { get; init; } = 255;

    /// <summary>Bytes of one pax or long-name header.</summary>
    public int MaxHeaderBytes { get; init; } = 1 << 20;

    /// <summary>Bytes of all pax and long-name headers of an archive.</summary>
    public long MaxTotalHeaderBytes { get; init; } = 256 << 20;

    /// <summary>Bytes of all extended attributes of an archive.</summary>
    public long MaxTotalXattrBytes { get; init; } = 32 << 20;

    /// <summary>Lets GNU sparse files of the form 1.0 through, as <see cref="TarEntry.SparseSize"/>; layers should not have them.</summary>
    public bool AcceptsSparse { get; init; }
}
