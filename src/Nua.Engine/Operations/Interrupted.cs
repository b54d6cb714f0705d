using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Engine.Operations;

/// <summary>What a command finds when the one before it was cut off: every command that changes an instance calls this first.</summary>
public static class Interrupted
{
    /// <summary>Finishes or undoes what was cut off, and says which.</summary>
    /// <returns>A warning when the recorded release did not come back; all of it is stopped then, and nothing is deleted.</returns>
    public static async Task<Problem?> SettleAsync(Workplace place, CancellationToken cancel)
    {
        if (place.Instance.Operation is not { } operation)
        {
            return null;
        }

        var (record, what) = (place.Instance.Record, Sentence(operation));
        var broken = await RecoveryWork.RunAsync(place, Recovery.Decide(record, operation), () => { }, cancel);
        if (broken is not null)
        {
            return new Problem("NUA5208", $"{what}, and {Readiness.Name(record!.Release)} does not come back")
            {
                Severity = Severity.Warning,
                Why = broken.Why is null ? broken.What : $"{broken.What}: {broken.Why}",
                Remedy = Broken.Remedy(place.Folder, record),
            };
        }

        var isFinished = Recovery.IsCommitted(record, operation) || operation.Kind == OperationKind.Destroy;
        place.Tell($"{what}: {(isFinished ? "finished" : "undone")} now, nothing is lost");
        return null;
    }

    private static string Sentence(OperationRecord operation)
    {
        var target = operation.Target is { } release ? $" to {Readiness.Name(release)}" : "";
        return $"an earlier {operation.Kind}{target} was cut off at \"{Printable.Escape(operation.Step, 80)}\"";
    }
}
