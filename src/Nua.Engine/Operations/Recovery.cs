using Nua.Engine.Instances;

namespace Nua.Engine.Operations;

/// <summary>
/// What is left to do when an operation has ended, well or badly, or was cut off at any moment: make the world what <c>instance.json</c> says, then
/// clear away what it does not name. The record changes by one rename, so it always names a whole release and a whole generation,
/// either the old ones or the new ones; whether the operation "happened" is not decided here, it is read.
/// </summary>
/// <remarks>A pure decision. Every action may be cut off and repeated, so the same decision after a crash in the middle is right again.</remarks>
public static class Recovery
{
    /// <param name="record">Null: nothing was committed yet.</param>
    public static IReadOnlyList<RecoveryAction> Decide(InstanceRecord? record, OperationRecord operation) => record switch
    {
        null => [new RecoveryAction.RemoveAll(), new RecoveryAction.RemoveFiles(operation.Partial), new RecoveryAction.RemoveInstance()],
        _ when operation.Kind == OperationKind.Destroy => [new RecoveryAction.RemoveAll(), new RecoveryAction.RemoveInstance()],
        _ => [Serving(record, operation), .. CleanUp(record, operation)],
    };

    /// <summary>The commit of this operation is in the record.</summary>
    public static bool IsCommitted(InstanceRecord? record, OperationRecord operation) => record is not null
        && (operation.Generation is { } made ? record.Generation == made : record.Release.Image == operation.Target?.Image);

    private static RecoveryAction Serving(InstanceRecord record, OperationRecord operation) => record.IsWanted
        ? new RecoveryAction.Serve(record, MustRestart: operation.Kind == OperationKind.Configure)
        : new RecoveryAction.Stop();

    /// <summary>Forgetting comes before the number is used up: it frees the space that a full disk lacks for the record.</summary>
    private static IEnumerable<RecoveryAction> CleanUp(InstanceRecord record, OperationRecord operation)
    {
        yield return new RecoveryAction.Forget();
        if (operation.Generation > record.LastGeneration)
        {
            yield return new RecoveryAction.UseUp(operation.Generation.Value);
        }

        yield return new RecoveryAction.RemoveFiles(operation.Partial);
        yield return new RecoveryAction.End();
    }
}

public abstract record RecoveryAction
{
    private RecoveryAction()
    {
    }

    /// <summary>Whatever else runs is stopped; the recorded release runs on the recorded generation, is ready, and the gate is open.</summary>
    /// <param name="MustRestart">Something of the same release and generation that runs may have other settings.</param>
    public sealed record Serve(InstanceRecord Record, bool MustRestart) : RecoveryAction;

    /// <summary>Nothing runs.</summary>
    public sealed record Stop : RecoveryAction;

    /// <summary>The number of a generation that failed is not used again.</summary>
    public sealed record UseUp(int Generation) : RecoveryAction;

    /// <summary>Generations beyond the retention leave the record; then all that the record does not name leave the disk, with
    /// their images.</summary>
    public sealed record Forget : RecoveryAction;

    /// <summary>No container, no generation, no image.</summary>
    public sealed record RemoveAll : RecoveryAction;

    /// <summary>The folder of the instance, but for backups: an installation that did not happen, or an instance that is to go.</summary>
    public sealed record RemoveInstance : RecoveryAction;

    public sealed record RemoveFiles(IReadOnlyList<string> Paths) : RecoveryAction;

    /// <summary>The journal says that nothing is left to do.</summary>
    public sealed record End : RecoveryAction;
}
