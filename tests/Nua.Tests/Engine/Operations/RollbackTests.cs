using Nua.Engine.Instances;
using Nua.Engine.Operations;
using Nua.Foundation;

namespace Nua.Tests.Engine.Operations;

public sealed class RollbackTests : IDisposable
{
    private readonly Operator _operator = new();

    public void Dispose() => _operator.Dispose();

    [Fact]
    public async Task Rollback_keeps_what_users_wrote_since()
    {
        var (folder, world) = await UpgradedAsync("2.0");
        var report = await RollbackAsync(folder, world, toKept: false);
        Assert.Equal(SwitchOutcome.Done, report.Outcome);
        Assert.Equal(("1.0", 5), world.Running);
        Assert.Equal(1, world.Generations[5].Version);
        Assert.Equal(world.Acknowledged, world.Generations[5].Writes);
    }

    [Fact]
    public async Task Rollback_to_the_kept_generation_brings_its_data_back()
    {
        var (folder, world) = await UpgradedAsync("2.0");
        var kept = world.Generations[3];
        var report = await RollbackAsync(folder, world, toKept: true);
        Assert.Equal(SwitchOutcome.Done, report.Outcome);
        Assert.Equal(("1.0", 5), world.Running);
        Assert.Equal(kept.Writes, world.Generations[5].Writes.Take(kept.Writes.Count));
        Assert.Equal([4, 5], world.Generations.Keys);
    }

    [Fact]
    public async Task Rollback_that_the_image_does_not_support_is_refused_with_the_way_that_loses_something()
    {
        var (folder, world) = await UpgradedAsync("2.0");
        world.VerbStatus["2.0 rollback plan"] = 3;
        var failure = await Assert.ThrowsAsync<ProblemException>(() => RollbackAsync(folder, world, toKept: false));
        Assert.Equal(("NUA5221", 3), (failure.Problems[0].Code, failure.ExitCode));
        Assert.Contains("nua rollback notes --to kept", failure.Problems[0].Remedy, StringComparison.Ordinal);
        Assert.Equal(("2.0", 4), world.Running);
        Assert.True(world.IsGateOpen);
    }

    [Fact]
    public async Task Second_rollback_finds_nothing_earlier()
    {
        var (folder, world) = await UpgradedAsync("2.0");
        await RollbackAsync(folder, world, toKept: false);
        var failure = await Assert.ThrowsAsync<ProblemException>(() => RollbackAsync(folder, world, toKept: false));
        Assert.Equal(("NUA5220", 3), (failure.Problems[0].Code, failure.ExitCode));
        Assert.Equal(("1.0", 5), world.Running);
    }

    private async Task<(InstanceFolder Folder, World World)> UpgradedAsync(string to)
    {
        var (folder, world) = _operator.Running();
        using var instance = Instance.Open(folder);
        var report = await new Upgrade(_operator.Place(instance, world)).RunAsync(_operator.Releases[to], new InstanceSettings(), default);
        Assert.Equal(SwitchOutcome.Done, report.Outcome);
        await world.StatusAsync(folder, default);
        return (folder, world);
    }

    private async Task<SwitchReport> RollbackAsync(InstanceFolder folder, World world, bool toKept)
    {
        using var instance = Instance.Open(folder);
        return await new Rollback(_operator.Place(instance, world)).RunAsync(toKept, default);
    }
}
