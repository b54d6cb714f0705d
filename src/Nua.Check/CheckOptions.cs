namespace Nua.Check;

/// <summary>How strict a check is, and how much work it will do for an image that it does not trust.</summary>
public sealed record CheckOptions
{
    public static CheckOptions Default { get; } = new();

    /// <summary>Warnings count as errors.</summary>
    public bool IsStrict { get; init; }

    /// <summary>Findings kept for each rule; what goes beyond is counted in one last finding.</summary>
    public int MostFindingsPerRule { get; init; } = 20;

    /// <summary>Entries of all layers together, and directories that are only implied by what is in them.</summary>
    public int MostEntries { get; init; } = 400_000;

    /// <summary>Characters of the paths of all entries together; default 64 Mi.</summary>
    public long MostNameCharacters { get; init; } = 64 << 20;

    /// <summary>Uncompressed bytes of all layers together; default 64 GiB.</summary>
    public long MostBytes { get; init; } = 64L << 30;

    /// <summary>Characters of names and link targets that are kept, each name once however many paths go through it; default 24 Mi.</summary>
    public long MostKeptCharacters { get; init; } = 24 << 20;

    /// <summary>Bytes of one file that rules read as a whole; default 16 MiB.</summary>
    public int MostDocumentBytes { get; init; } = 16 << 20;

    /// <summary>Bytes of <c>files.json</c>, which grows with the image: about 300 for each path; default 48 MiB.</summary>
    public int MostFileListBytes { get; init; } = 48 << 20;

    /// <summary>Bytes of all such files but the last, and of what is known about programs, scripts and packages, together; default 48 MiB.</summary>
    public long MostKeptBytes { get; init; } = 48L << 20;
}
