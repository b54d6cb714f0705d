using Nua.Engine.Instances;
using Nua.Engine.Operations;

namespace Nua.Tests.Engine.Operations;

/// <summary>
/// Kills the operating process at every moment of every operation, then kills whoever recovers at every moment of that, and looks what a third one
/// finds: the old instance or the new one, whole, with every write that a user was told is kept.
/// </summary>
public sealed class SwitchCrashTests : IDisposable
{
    private const string Overlapping = "upgrade that overlaps";

    private readonly Operator _operator = new();

    public void Dispose() => _operator.Dispose();

    [Theory]
    [InlineData("upgrade with a migration", Behaviour.Good)]
    [InlineData("upgrade with a migration", Behaviour.NeverReady)]
    [InlineData("upgrade with a migration", Behaviour.EndsAfterTenSeconds)]
    [InlineData("upgrade that saves at rest", Behaviour.Good)]
    [InlineData("upgrade that saves at rest", Behaviour.EndsAtStart)]
    [InlineData("upgrade without a migration", Behaviour.Good)]
    [InlineData("upgrade without a migration", Behaviour.EndsAtStart)]
    [InlineData("upgrade without a migration", Behaviour.EndsAfterTenSeconds)]
    [InlineData(Overlapping, Behaviour.Good)]
    [InlineData(Overlapping, Behaviour.NeverReady)]
    [InlineData(Overlapping, Behaviour.EndsAfterTenSeconds)]
    [InlineData("rollback", Behaviour.Good)]
    [InlineData("restore", Behaviour.Good)]
    [InlineData("install", Behaviour.Good)]
    [InlineData("install", Behaviour.NeverReady)]
    [InlineData("change of settings", Behaviour.Good)]
    public async Task Killed_at_any_moment_it_is_the_old_one_or_the_new_one(string operation, Behaviour behaviour)
    {
        var moments = 0;
        var outcomes = new HashSet<string>();
        for (var first = 1; ; first++)
        {
            var (_, isKilled, _) = await RunAsync(operation, behaviour, first, 0);
            if (!isKilled)
            {
                break;
            }

            for (var second = 1; ; second++)
            {
                var (outcome, _, isKilledAgain) = await RunAsync(operation, behaviour, first, second);
                outcomes.Add(outcome);
                moments++;
                if (!isKilledAgain)
                {
                    break;
                }
            }
        }

        Assert.True(moments > 20, $"only {moments} moments");
        // Both outcomes happen: a recovery that always went back would pass everything else. A release that fails later than it was let in counts as
        // new when nobody was left to see it fail.
        var isSeenGood = behaviour == Behaviour.Good || (operation == "upgrade without a migration" && behaviour == Behaviour.EndsAfterTenSeconds);
        Assert.Equal(isSeenGood ? 2 : 1, outcomes.Count(outcome => outcome is "old" or "new"));
    }

    private async Task<(string Outcome, bool IsKilled, bool IsKilledAgain)> RunAsync(string operation, Behaviour behaviour, int killAt, int killAgainAt)
    {
        var (folder, world) = operation == "install" ? _operator.Nothing()
            : _operator.Running(operation is "rollback" or "upgrade without a migration" ? "1.1" : operation == Overlapping ? "3.0" : "1.0");
        var before = Instance.ReadRecord(folder);
        world.KillAt = killAt;
        SwitchOrder order;
        bool isKilled;
        using (var instance = Instance.Open(folder))
        {
            order = Order(operation, before, world);
            if (!ReferenceEquals(order.Target, before?.Release))
            {
                world.Behaviours[order.Target.Version] = behaviour;
            }

            var run = new Switch(_operator.Place(instance, world)).RunAsync(order, default);
            isKilled = await Task.WhenAny(run, world.Killed) == world.Killed;
            if (!isKilled)
            {
                await run;
            }
        }

        var (second, isKilledAgain) = await RecoverAsync(folder, world, killAgainAt);
        var (third, _) = await RecoverAsync(folder, second, 0);
        return (Judge(folder, third, operation, before, order), isKilled, isKilledAgain);
    }

    private async Task<(World World, bool IsKilled)> RecoverAsync(InstanceFolder folder, World world, int killAt)
    {
        var next = world.Reborn(killAt);
        if (!File.Exists(folder.Record) && !File.Exists(folder.Operation))
        {
            return (next, false);
        }

        using var instance = Instance.Open(folder);
        var run = Interrupted.SettleAsync(_operator.Place(instance, next), default);
        var isKilled = await Task.WhenAny(run, next.Killed) == next.Killed;
        if (!isKilled)
        {
            Assert.Null(await run);
        }

        return (next, isKilled);
    }

    private string Judge(InstanceFolder folder, World world, string operation, InstanceRecord? before, SwitchOrder order)
    {
        var record = Instance.ReadRecord(folder);
        Assert.False(File.Exists(folder.Operation), "the journal never ended");
        if (record is null)
        {
            Assert.Null(before);
            Assert.Empty(world.Generations);
            Assert.Null(world.Running);
            Assert.Empty(_operator.HeldNames(folder));
            Assert.False(Directory.Exists(folder.Path));
            return "old";
        }

        var isOld = before is not null && record.Release == before.Release && record.Settings.Memory == before.Settings.Memory
            && (record.Generation == before.Generation || order.IsForwardSafe);
        var isNew = record.Release == order.Target && record.Settings.Memory == order.Settings.Memory
            && (record.Generation != before?.Generation || operation is "change of settings" or Overlapping);
        Assert.True(isOld ^ isNew, "neither the old instance nor the new one");

        Assert.Equal((record.Release.Version, record.Generation), world.Running);
        Assert.Null(world.RunningBeside);
        Assert.True(world.IsGateOpen);
        Assert.Equal(record.Kept.Select(kept => kept.Generation).Append(record.Generation).Distinct().Order(), world.Generations.Keys);
        var second = operation == Overlapping && isNew ? [$"instance/notes:g3-{record.Release.Digest.Encoded[..12]}"] : Array.Empty<string>();
        Assert.Equal([.. world.Generations.Keys.Select(number => $"instance/notes:g{number}"), .. second], _operator.HeldNames(folder).Order());
        Assert.All(world.Generations.Values, data => Assert.False(data.IsHalf));
        var written = world.Generations[record.Generation].Writes;
        if (operation == "restore" && isNew)
        {
            var kept = world.Generations[record.Kept[0].Generation].Writes;
            Assert.Equal(world.Acknowledged, kept.Concat(written));
        }
        else
        {
            Assert.Equal(world.Acknowledged, written);
        }

        return isOld ? "old" : "new";
    }

    private SwitchOrder Order(string operation, InstanceRecord? before, World world) => operation switch
    {
        "upgrade with a migration" => _operator.Upgrade(before!, "2.0"),
        "upgrade that saves at rest" => _operator.Upgrade(before!, "2.0") with
        {
            SafetyBackup = new SafetyBackup.AtRest([], _ => world.SaveAsync(before!.Generation)),
        },
        "upgrade without a migration" => _operator.Upgrade(before!, "1.2"),
        Overlapping => _operator.Upgrade(before!, "3.1") with { IsOverlapping = true, Filling = new Filling.Same() },
        "rollback" => _operator.Rollback(before!, "1.0"),
        "restore" => _operator.Restore(before!, world),
        "install" => _operator.Install("1.0"),
        _ => _operator.Upgrade(before!, "1.0") with
        {
            Kind = OperationKind.Configure,
            Filling = new Filling.Same(),
            Settings = before!.Settings with { Memory = 1 << 28 },
            IsForwardSafe = false,
        },
    };
}
