namespace Nua.Engine.Operations;

/// <summary>How long an operation waits. What an image declares is not here.</summary>
public sealed record OperationTimes
{
    public static OperationTimes Default { get; } = new();

    /// <summary>A new release must stay ready for so long before it counts as good.</summary>
    public TimeSpan Steady { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Between two looks at the state of the application.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>An application that counts as stopped for so long is not started again by its engine.</summary>
    public TimeSpan Stopped { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Before a verb that ended with "temporary" (75) or "a binding does not answer" (69) is run again; doubled each time.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(1);
}
