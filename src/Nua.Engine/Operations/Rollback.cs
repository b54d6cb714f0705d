using System.Globalization;
using Nua.Engine.Contracts;
using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Engine.Operations;

/// <summary>Brings an instance back to the release before this one: with everything users wrote since where the images can, otherwise, on
/// request, to the data as it was.</summary>
public sealed class Rollback(Workplace place)
{
    private const int NotSupported = 3;

    /// <summary>Makes the safety backup, or tells how it is made at rest; null leaves it out.</summary>
    public Func<CancellationToken, Task<SafetyBackup>>? SafetyBackup { get; init; }

    /// <param name="toKept">The kept generation as it was when it was replaced; what was written since is not in it.</param>
    /// <exception cref="ProblemException">NUA5220 there is no earlier release; NUA5221 the images cannot keep what was written since. Both have
    /// exit code 3; nothing was changed.</exception>
    public async Task<SwitchReport> RunAsync(bool toKept, CancellationToken cancel)
    {
        var record = place.Instance.Record!;
        var earlier = Earlier(record, toKept) ?? throw NothingEarlier();
        var filling = new Filling.CloneOf(toKept ? earlier.Generation : record.Generation);
        var verbs = toKept ? [] : await VerbsAsync(record, earlier, cancel);
        place.Containers.Contract(earlier.Release);
        if (toKept)
        {
            place.Tell($"what was written since {Time(earlier.Replaced)} will not be there; the data of now stays kept as generation {record.Generation}");
        }

        // What was seeded since is not in kept data.
        var seedings = toKept ? [] : await Verification.PresentAsync(place, cancel);
        var backup = SafetyBackup is null ? null : await SafetyBackup(cancel);
        var order = new SwitchOrder
        {
            Kind = OperationKind.Rollback,
            Target = earlier.Release,
            Settings = record.Settings,
            IsWanted = record.IsWanted,
            Filling = filling,
            Verbs = verbs,
            Reason = "rollback",
            IsForwardSafe = !toKept && earlier.Release.DataVersion == record.Release.DataVersion,
            Seedings = seedings,
            SafetyBackup = backup,
        };
        if (order is { IsForwardSafe: true, IsWanted: true } && await Overlap.IsPossibleAsync(place, earlier.Release, record.Settings, backup, cancel))
        {
            order = order with { IsOverlapping = true, Filling = new Filling.Same() };
        }

        return await new Switch(place).RunAsync(order, cancel);
    }

    /// <summary>What an upgrade replaced; with its data, anything that was replaced.</summary>
    private static KeptGeneration? Earlier(InstanceRecord record, bool toKept) =>
        record.Kept.Where(kept => toKept
            ? kept.Generation != record.Generation
            : kept.Why == OperationKind.Upgrade && kept.Release.Image != record.Release.Image).FirstOrDefault();

    /// <summary>The newer image knows how to undo what it did; the earlier one cannot know.</summary>
    private async Task<IReadOnlyList<SwitchVerb>> VerbsAsync(InstanceRecord record, KeptGeneration earlier, CancellationToken cancel)
    {
        var (from, to) = (record.Release.DataVersion, earlier.Release.DataVersion);
        if (from == to)
        {
            return [];
        }

        var contract = place.Containers.Contract(record.Release);
        if (from < to || !contract.HasRollback || to < (contract.RollbackTo ?? 0))
        {
            throw Unsupported(record, earlier, contract);
        }

        var verb = new SwitchVerb(record.Release, ["rollback"], "rollback", contract.UpgradeTimeout)
        {
            Env = Upgrade.Versions(record.Release, earlier.Release),
        };
        var plan = await VerbWork.PlanAsync(place, verb with { Words = ["rollback", "plan"] }, record, record.Settings, cancel);
        return plan.Status == NotSupported ? throw Unsupported(record, earlier, contract) : [verb];
    }

    private ProblemException Unsupported(InstanceRecord record, KeptGeneration earlier, AppContract contract) => new(
        new Problem("NUA5221", $"{Readiness.Name(record.Release)} cannot bring data version {record.Release.DataVersion} back to {earlier.Release.DataVersion}")
        {
            Why = contract.HasRollback ? $"its rollback does not reach that far (to: {contract.RollbackTo ?? 0})" : "the image declares no rollback",
            Remedy = $"go back to the data as it was on {Time(earlier.Replaced)}, losing what was written since:\n" +
                $"nua rollback {place.Folder.Name} --to kept",
        })
    { ExitCode = NotSupported };

    private ProblemException NothingEarlier() => new(new Problem("NUA5220", $"'{place.Folder.Name}' has no earlier release to go back to")
    {
        Why = "no upgrade has replaced one, or what was kept is no longer there",
        Remedy = $"restore a backup: nua restore {place.Folder.Name} FILE",
    })
    { ExitCode = NotSupported };

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
