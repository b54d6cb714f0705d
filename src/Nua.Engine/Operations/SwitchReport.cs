using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Engine.Operations;

public enum SwitchOutcome
{
    /// <summary>The instance is what was asked for.</summary>
    Done,

    /// <summary>It is what it was, and answers again.</summary>
    KeptOld,

    /// <summary>It did not become what was asked for, and what it was does not come back. All is stopped, nothing is deleted.</summary>
    Broken,

    /// <summary>It would become what was asked for; it was tried on a copy, and nothing was changed.</summary>
    Rehearsed,

    /// <summary>There was nothing before, and nothing is left.</summary>
    NotInstalled,
}

/// <summary>What a switch did.</summary>
/// <param name="Problem">Why it did not become what was asked for.</param>
public sealed record SwitchReport(SwitchOutcome Outcome, string Kind, Release? From, Release To, Problem? Problem)
{
    public int? Generation { get; init; }

    /// <summary>From the first change to the last.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>How long requests met the closed gate.</summary>
    public TimeSpan Away { get; init; }

    /// <summary>How the data was copied; null when it was not.</summary>
    public string? Copied { get; init; }

    /// <summary>Path; null for none.</summary>
    public string? SafetyBackup { get; init; }

    public IReadOnlyList<StepTime> Steps { get; init; } = [];

    /// <summary>Of the command: the contract's 0, 10 and 20; 1 when an installation failed.</summary>
    public int ExitCode => Outcome switch
    {
        SwitchOutcome.Done or SwitchOutcome.Rehearsed => 0,
        SwitchOutcome.KeptOld => 10,
        SwitchOutcome.Broken => 20,
        _ => 1,
    };
}

public sealed record StepTime(string Step, TimeSpan Duration);
