using Nua.Foundation;

namespace Nua.Config;

/// <summary>What reading a project's configuration gave. <see cref="Config"/> is null exactly when a problem is an
/// error.</summary>
public sealed record ConfigResult
{
    public AppConfig? Config { get; init; }

    /// <summary>Everything found, in file order: errors, warnings and notes on old spellings.</summary>
    public IReadOnlyList<Problem> Problems { get; init; } = [];

    /// <summary>The file that was read; null when the project has none, and then <see cref="Config"/> is
    /// empty.</summary>
    public string? File { get; init; }

    /// <summary>Files that are named right but not read.</summary>
    public IReadOnlyList<string> OtherCandidates { get; init; } = [];

    /// <summary>The project's folder; null when only text was read.</summary>
    public string? Root { get; init; }
}
