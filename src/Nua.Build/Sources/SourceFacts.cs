namespace Nua.Build.Sources;

/// <summary>What is recorded about where a source came from. Nothing in it is secret or depends on the host.</summary>
/// <param name="Kind"><c>folder</c>, <c>archive</c> or <c>git</c>.</param>
/// <param name="Address">As configured, without user, password, query and fragment; null for the project folder itself.</param>
/// <param name="Sha256">64 lower-case hex digits of an archive's bytes; else null.</param>
/// <param name="Commit">The full commit hash of a git source; else null.</param>
/// <param name="CommitTime">Seconds since 1970 of that commit; else null.</param>
public sealed record SourceFacts(string Kind, string? Address, string? Sha256, string? Commit, long? CommitTime);

/// <summary>A source whose bytes are known and at hand but not unpacked yet: enough to tell whether anything changed.</summary>
/// <param name="Facts">What it is.</param>
/// <param name="Held">The project folder, the archive in the cache, or the git repository in the cache.</param>
/// <param name="Name">The archive's file name, which says how it is packed; empty otherwise.</param>
/// <param name="Subfolder">Folder inside the source to build; null: all of it.</param>
public sealed record PinnedSource(SourceFacts Facts, string Held, string Name, string? Subfolder);

/// <summary>A source as a folder on disk.</summary>
public sealed record FetchedSource(string Folder, SourceFacts Facts);

/// <summary>Bounds that keep a hostile or broken source from filling disk, memory or time.</summary>
public sealed record SourceLimits
{
    /// <summary>Bytes of one download.</summary>
    public long DownloadBytes { get; init; } = 4L << 30;

    /// <summary>Bytes of all unpacked files together.</summary>
    public long UnpackedBytes { get; init; } = 16L << 30;

    /// <summary>Files, folders and links in one archive.</summary>
    public int Entries { get; init; } = 1_000_000;

    /// <summary>Folders inside each other.</summary>
    public int Depth { get; init; } = 128;

    /// <summary>How many bytes one archive byte may unpack to, looked at beyond 64 MiB.</summary>
    public int Ratio { get; init; } = 400;

    /// <summary>Longest silence of a server.</summary>
    public TimeSpan Inactivity { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time of one download or one git command.</summary>
    public TimeSpan Transfer { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Longest time to unpack.</summary>
    public TimeSpan Unpack { get; init; } = TimeSpan.FromMinutes(15);
}
