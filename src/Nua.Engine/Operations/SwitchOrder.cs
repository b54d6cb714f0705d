using Nua.Engine.Engines;
using Nua.Engine.Instances;
using Nua.Engine.Verifying;

namespace Nua.Engine.Operations;

/// <summary>What an instance is to become: a release on a new generation of the data. Installing, upgrading, rolling back and restoring
/// differ in nothing else.</summary>
public sealed record SwitchOrder
{
    /// <summary>Of <see cref="OperationKind"/>.</summary>
    public required string Kind { get; init; }

    public required Release Target { get; init; }

    public required InstanceSettings Settings { get; init; }

    /// <summary>It is to run afterwards. Otherwise it is started to see that it becomes ready, and stopped again.</summary>
    public required bool IsWanted { get; init; }

    public required Filling Filling { get; init; }

    /// <summary>Run on the new generation, in this order.</summary>
    public IReadOnlyList<SwitchVerb> Verbs { get; init; } = [];

    /// <summary>Why the application starts: <c>NUA_REASON</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>The old release can go on with whatever the new one writes (equal data versions). Then the gate opens as soon as the new one is
    /// ready, and if it does not stay steady the old one takes over its data: nothing that users wrote meanwhile is lost.</summary>
    public bool IsForwardSafe { get; init; }

    /// <summary>The new release takes over while the old one still serves, on the same data (<see cref="Overlap"/>): nobody is sent away, and until it has stayed steady
    /// the old one is there to take over again.</summary>
    public bool IsOverlapping { get; init; }

    /// <summary>What was seeded into the data: the new release must have it before the old one is given up.</summary>
    public IReadOnlyList<Seeding> Seedings { get; init; } = [];

    /// <summary>Null for none.</summary>
    public SafetyBackup? SafetyBackup { get; init; }

    /// <summary>Files and folders of the host that serve this operation only and go at its end.</summary>
    public IReadOnlyList<string> Partial { get; init; } = [];
}

/// <summary>How the new generation comes to its first content.</summary>
public abstract record Filling
{
    private Filling()
    {
    }

    /// <summary>Empty volumes.</summary>
    public sealed record Empty : Filling;

    /// <summary>A copy of an earlier one.</summary>
    public sealed record CloneOf(int Generation) : Filling;

    /// <summary>Made whole by somebody else while the old release still runs, or not at all; whatever is there under that number goes first.</summary>
    public sealed record Written(Func<int, CancellationToken, Task> Write) : Filling;

    /// <summary>None: the release changes, the generation stays as it is.</summary>
    public sealed record Same : Filling;
}
