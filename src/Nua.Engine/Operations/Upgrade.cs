using System.Globalization;
using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Engine.Operations;

/// <summary>Brings an instance to another image of the same application, or leaves it as it is.</summary>
/// <remarks>Everything that can be refused is refused before anything is changed.</remarks>
public sealed class Upgrade(Workplace place)
{
    /// <summary>Makes the safety backup, or tells how it is made at rest; null leaves it out.</summary>
    public Func<CancellationToken, Task<SafetyBackup>>? SafetyBackup { get; init; }

    /// <summary>Whether it is to run afterwards; null: as it was.</summary>
    public bool? IsWanted { get; init; }

    /// <param name="target">In the store.</param>
    /// <param name="settings">Resolved.</param>
    /// <exception cref="ProblemException">refused, nothing was changed: those of <see cref="UpgradeChecks"/>, of the backup, of
    /// opening the image.</exception>
    public async Task<SwitchReport> RunAsync(Release target, InstanceSettings settings, CancellationToken cancel)
    {
        var record = place.Instance.Record!;
        var contract = place.Containers.Contract(target);
        await CheckAsync(target, settings, cancel);
        var seedings = await Verification.PresentAsync(place, cancel);
        var backup = SafetyBackup is null ? null : await SafetyBackup(cancel);
        var order = Order(record, target, contract.UpgradeTimeout, settings) with { SafetyBackup = backup, Seedings = seedings };
        if (order is { IsForwardSafe: true, IsWanted: true } && await Overlap.IsPossibleAsync(place, target, settings, backup, cancel))
        {
            order = order with { IsOverlapping = true, Filling = new Filling.Same() };
        }

        return await new Switch(place).RunAsync(order, cancel);
    }

    /// <summary>Does the image fit, by what it declares and by what its <c>upgrade plan</c> says?</summary>
    /// <exception cref="ProblemException">those of <see cref="UpgradeChecks"/>.</exception>
    public async Task CheckAsync(Release target, InstanceSettings settings, CancellationToken cancel)
    {
        var record = place.Instance.Record!;
        UpgradeChecks.Check(record.Release, place.Containers.Contract(target));
        if (target.DataVersion != record.Release.DataVersion)
        {
            await ComparePlanAsync(record, target, settings, cancel);
        }
    }

    /// <summary>Equal data versions need no migration: the old release could go on with what the new one writes.</summary>
    private SwitchOrder Order(InstanceRecord record, Release target, int timeLimit, InstanceSettings settings)
    {
        var isSameData = target.DataVersion == record.Release.DataVersion;
        return new SwitchOrder
        {
            Kind = OperationKind.Upgrade,
            Target = target,
            Settings = settings,
            IsWanted = IsWanted ?? record.IsWanted,
            Filling = new Filling.CloneOf(record.Generation),
            Verbs = isSameData ? [] : [Verb(record.Release, target, timeLimit)],
            Reason = "update",
            IsForwardSafe = isSameData,
        };
    }

    internal static SwitchVerb Verb(Release from, Release target, int timeLimit) =>
        new(target, ["upgrade"], "update", timeLimit) { Env = Versions(from, target) };

    internal static SortedDictionary<string, string> Versions(Release from, Release to) => new(StringComparer.Ordinal)
    {
        ["NUA_FROM_DATA_VERSION"] = from.DataVersion.ToString(CultureInfo.InvariantCulture),
        ["NUA_TO_DATA_VERSION"] = to.DataVersion.ToString(CultureInfo.InvariantCulture),
        ["NUA_FROM_VERSION"] = from.Version,
    };

    private async Task ComparePlanAsync(InstanceRecord record, Release target, InstanceSettings settings, CancellationToken cancel)
    {
        var result = await VerbWork.PlanAsync(place, new SwitchVerb(target, ["upgrade", "plan"], "update", 0), record, settings, cancel);
        if (result is { Status: 0, Result: { } plan })
        {
            UpgradeChecks.ComparePlan(record.Release, plan);
        }
    }
}
