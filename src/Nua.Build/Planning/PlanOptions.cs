using Nua.Foundation;

namespace Nua.Build.Planning;

/// <summary>What the command line adds to folder and configuration.</summary>
public sealed record PlanOptions
{
    /// <summary>The unpacked tree when the configuration names a remote source and the build has fetched it; the
    /// packager's own files (<c>nua/</c>) are still taken from the project folder. Null: the source is the folder, or
    /// not fetched yet.</summary>
    public AppFolder? FetchedSource { get; init; }

    /// <summary><c>--base</c>: replaces Debian and <c>build.base-image</c>.</summary>
    public string? BaseReference { get; init; }

    /// <summary><c>--network on|off</c>: for every phase; null means that each phase has what it needs.</summary>
    public bool? Network { get; init; }
}

/// <summary>A plan, or the reasons why there is none. Warnings come with a plan.</summary>
/// <param name="Plan">Null when an error made it impossible. Present but not buildable when
/// <see cref="HasErrors"/>.</param>
public sealed record PlanResult(BuildPlan? Plan, IReadOnlyList<Problem> Problems)
{
    public bool HasErrors => Problems.Any(problem => problem.Severity == Severity.Error);

    /// <summary>The plan, when it can be built.</summary>
    /// <exception cref="ProblemException">with every problem, when there is an error.</exception>
    public BuildPlan Require() => Plan is null || HasErrors ? throw new ProblemException(Problems) : Plan;
}
