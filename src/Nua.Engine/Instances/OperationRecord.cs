namespace Nua.Engine.Instances;

/// <summary>
/// An operation that has begun: written before anything is changed, replaced before each step, removed at the end. Together with
/// <see cref="InstanceRecord"/> it says what to do after a crash.
/// </summary>
public sealed record OperationRecord
{
    public int Schema { get; init; } = 1;

    /// <summary><c>install</c>, <c>upgrade</c>, <c>rollback</c>, <c>restore</c>, <c>configure</c>, <c>backup</c>, <c>destroy</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Of the instance, as in <see cref="InstanceRecord.Engine"/>: an installation that was cut off has no record yet.</summary>
    public string? Engine { get; init; }

    /// <summary>The step that has begun, for people and for the report; recovery does not need it.</summary>
    public required string Step { get; init; }

    /// <summary>The generation being made; null when the operation makes none.</summary>
    public int? Generation { get; init; }

    public Release? Target { get; init; }

    /// <summary>The backup that was made before, for the case that nothing else leads back; null for none.</summary>
    public string? SafetyBackup { get; init; }

    /// <summary>The service ran when the operation began.</summary>
    public bool WasRunning { get; init; }

    /// <summary>Files of the host that are half written and go when the operation does not end.</summary>
    public IReadOnlyList<string> Partial { get; init => field = value ?? []; } = [];

    /// <summary>UTC, informative only.</summary>
    public required DateTimeOffset Begun { get; init; }
}
