namespace Nua.Engine.Operations;

/// <summary>The backup before a switch: what leads back when nothing else does.</summary>
public abstract record SafetyBackup
{
    private SafetyBackup()
    {
    }

    /// <summary>Made while the application went on, but for the moment of a clone.</summary>
    /// <param name="Path">Of the file, every byte read back.</param>
    public sealed record Made(string Path) : SafetyBackup;

    /// <summary>
    /// To be made of data at rest, which takes as long as it is large. The switch stops the application anyway and leaves the old generation alone, so it is made
    /// beside the work on the new one: users are away once, and for no longer. Without it nothing is committed.
    /// </summary>
    /// <param name="Partial">Files that are half written until it is whole.</param>
    /// <param name="MakeAsync">Gives the path of the file, every byte read back.</param>
    public sealed record AtRest(IReadOnlyList<string> Partial, Func<CancellationToken, Task<string>> MakeAsync) : SafetyBackup;
}
