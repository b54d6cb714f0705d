using Nua.Engine.Instances;
using Nua.Engine.Operations;
using Nua.Foundation;

namespace Nua.Tests.Engine.Operations;

/// <summary>A safety backup of data at rest is made while the switch works on the new generation.</summary>
public sealed class SafetyBackupTests : IDisposable
{
    private readonly Operator _operator = new();
    private readonly List<string> _told = [];

    public void Dispose() => _operator.Dispose();

    [Fact]
    public async Task It_is_made_once_the_old_release_is_stopped_and_kept_with_its_generation()
    {
        var (folder, world) = _operator.Running();
        var report = await UpgradeAsync(folder, world, new SafetyBackup.AtRest([], _ => world.SaveAsync(3)));
        Assert.Equal(SwitchOutcome.Done, report.Outcome);
        Assert.Equal("a backup", Instance.ReadRecord(folder)!.Kept[0].SafetyBackup);
        Assert.Equal(1, world.Journal.Count(moment => moment == "stop"));
        Assert.True(world.Journal.IndexOf("stopped") < world.Journal.IndexOf("save"));
        Assert.Contains("making a safety backup", _told);
    }

    [Fact]
    public async Task It_is_waited_for_before_anything_is_committed()
    {
        var (folder, world) = _operator.Running();
        var slow = new TaskCompletionSource<string>();
        var upgrade = UpgradeAsync(folder, world, new SafetyBackup.AtRest([], _ => slow.Task));
        await Operator.AwaitAsync(() => _told.Contains("waiting for the safety backup"));
        Assert.Equal("1.0", Instance.ReadRecord(folder)!.Release.Version);
        Assert.False(world.IsGateOpen);
        slow.SetResult("a backup");
        Assert.Equal(SwitchOutcome.Done, (await upgrade).Outcome);
        Assert.Equal(("2.0", 4), world.Running);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task When_it_fails_the_upgrade_is_refused_and_the_old_release_comes_back(bool isLate)
    {
        var (folder, world) = _operator.Running();
        var failure = new ProblemException(new Problem("NUA5199", "no")) { ExitCode = 73 };
        var slow = new TaskCompletionSource<string>();
        var upgrade = UpgradeAsync(folder, world, new SafetyBackup.AtRest([], _ => isLate ? slow.Task : Task.FromException<string>(failure)));
        if (isLate)
        {
            await Operator.AwaitAsync(() => _told.Contains("waiting for the safety backup"));
            slow.SetException(failure);
        }

        Assert.Same(failure, await Assert.ThrowsAsync<ProblemException>(() => upgrade));
        Assert.Contains("failed: no; going back", _told);
        Assert.Equal(("1.0", 3), world.Running);
        Assert.True(world.IsGateOpen);
        Assert.Equal([2, 3], world.Generations.Keys);
        Assert.False(File.Exists(folder.Operation));
    }

    [Fact]
    public async Task When_the_new_release_fails_it_is_not_waited_for()
    {
        var (folder, world) = _operator.Running();
        world.Behaviours["2.0"] = Behaviour.EndsAtStart;
        var report = await UpgradeAsync(folder, world, new SafetyBackup.AtRest([], async cancel =>
        {
            await Task.Delay(Timeout.Infinite, cancel);
            return "";
        }));
        Assert.Equal((SwitchOutcome.KeptOld, "NUA5201"), (report.Outcome, report.Problem!.Code));
        Assert.Equal(("1.0", 3), world.Running);
        Assert.Null(report.SafetyBackup);
    }

    private async Task<SwitchReport> UpgradeAsync(InstanceFolder folder, World world, SafetyBackup safety)
    {
        using var instance = Instance.Open(folder);
        var upgrade = new Upgrade(_operator.Place(instance, world, _told.Add)) { SafetyBackup = _ => Task.FromResult(safety) };
        return await upgrade.RunAsync(_operator.Releases["2.0"], instance.Record!.Settings, default);
    }
}
