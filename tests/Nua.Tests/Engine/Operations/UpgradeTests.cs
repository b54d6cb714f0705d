using Nua.Engine.Contracts;
using Nua.Engine.Instances;
using Nua.Engine.Operations;
using Nua.Engine.Verifying;
using Nua.Foundation;

namespace Nua.Tests.Engine.Operations;

public sealed class UpgradeTests : IDisposable
{
    private readonly Operator _operator = new();
    private readonly List<string> _told = [];

    public void Dispose() => _operator.Dispose();

    [Fact]
    public async Task Upgrade_with_a_migration_lets_nobody_in_until_it_was_steady()
    {
        var (folder, world) = _operator.Running();
        var report = await UpgradeAsync(folder, world, "2.0");
        Assert.Equal((SwitchOutcome.Done, 0), (report.Outcome, report.ExitCode));
        Assert.Equal(("2.0", 4), world.Running);
        Assert.InRange(report.Away.TotalSeconds, 15, 20);
        Assert.Equal(["preparing the image", "closing the gate", "stopping the old release", "filling the new generation", "running upgrade",
            "starting the new release", "watching the new release", "committing", "opening the gate"], report.Steps.Select(step => step.Step));
    }

    [Fact]
    public async Task Upgrade_without_a_migration_is_away_only_while_it_starts()
    {
        var (folder, world) = _operator.Running("1.1");
        var report = await UpgradeAsync(folder, world, "1.2");
        Assert.Equal(SwitchOutcome.Done, report.Outcome);
        Assert.InRange(report.Away.TotalSeconds, 1, 2);
        Assert.DoesNotContain("verb", world.Journal);
    }

    [Theory]
    [InlineData("NUA5202", Behaviour.NeverReady)]
    [InlineData("NUA5201", Behaviour.EndsAtStart)]
    [InlineData("NUA5203", Behaviour.EndsAfterTenSeconds)]
    public async Task Release_that_fails_is_replaced_by_the_old_one_on_its_untouched_data(string code, Behaviour behaviour)
    {
        var (folder, world) = _operator.Running();
        world.Behaviours["2.0"] = behaviour;
        var data = world.Generations[3];
        var report = await UpgradeAsync(folder, world, "2.0");
        Assert.Equal((SwitchOutcome.KeptOld, 10, code), (report.Outcome, report.ExitCode, report.Problem!.Code));
        Assert.Equal(("1.0", 3), world.Running);
        Assert.Equal(data.Writes, world.Generations[3].Writes.Take(data.Writes.Count));
        Assert.Equal([2, 3], world.Generations.Keys);
        Assert.Equal(4, Instance.ReadRecord(folder)!.LastGeneration);
    }

    [Fact]
    public async Task Release_that_fails_after_it_was_let_in_leaves_what_users_wrote_to_the_old_one()
    {
        var (folder, world) = _operator.Running("1.1");
        world.Behaviours["1.2"] = Behaviour.EndsAfterTenSeconds;
        var report = await UpgradeAsync(folder, world, "1.2");
        Assert.Equal(SwitchOutcome.KeptOld, report.Outcome);
        Assert.Equal(("1.1", 4), world.Running);
        Assert.Equal(world.Acknowledged, world.Generations[4].Writes);
        Assert.True(world.Generations[4].Writes.Count > world.Generations[3].Writes.Count);
    }

    [Fact]
    public async Task Release_that_may_overlap_takes_over_without_a_pause()
    {
        var (folder, world) = _operator.Running("3.0");
        var report = await UpgradeAsync(folder, world, "3.1");
        Assert.Equal((SwitchOutcome.Done, TimeSpan.Zero), (report.Outcome, report.Away));
        Assert.Equal(("3.1", 3), world.Running);
        Assert.Null(world.RunningBeside);
        Assert.DoesNotContain("gate", world.Journal);
        Assert.DoesNotContain("stop", world.Journal);
        Assert.DoesNotContain("clone", world.Journal);
        Assert.Equal(world.Acknowledged, world.Generations[3].Writes);
        Assert.Equal(["starting the new release beside the old one", "letting users in to the new release", "watching the new release", "committing"],
            report.Steps.Select(step => step.Step).Skip(1).SkipLast(1));
    }

    [Theory]
    [InlineData("NUA5202", Behaviour.NeverReady)]
    [InlineData("NUA5201", Behaviour.EndsAtStart)]
    [InlineData("NUA5203", Behaviour.EndsAfterTenSeconds)]
    public async Task Release_that_fails_beside_the_old_one_was_never_missed(string code, Behaviour behaviour)
    {
        var (folder, world) = _operator.Running("3.0");
        world.Behaviours["3.1"] = behaviour;
        var report = await UpgradeAsync(folder, world, "3.1");
        Assert.Equal((SwitchOutcome.KeptOld, code, TimeSpan.Zero), (report.Outcome, report.Problem!.Code, report.Away));
        Assert.Equal(("3.0", 3), world.Running);
        Assert.Null(world.RunningBeside);
        Assert.DoesNotContain("stop", world.Journal);
        Assert.Equal(world.Acknowledged, world.Generations[3].Writes);
    }

    [Fact]
    public async Task Release_that_took_over_can_be_rolled_back_without_a_pause_too()
    {
        var (folder, world) = _operator.Running("3.0");
        await UpgradeAsync(folder, world, "3.1");
        using var instance = Instance.Open(folder);
        var report = await new Rollback(_operator.Place(instance, world)).RunAsync(toKept: false, default);
        Assert.Equal((SwitchOutcome.Done, TimeSpan.Zero), (report.Outcome, report.Away));
        Assert.Equal(("3.0", 3), world.Running);
    }

    [Fact]
    public async Task Release_overlaps_only_where_nothing_speaks_against_it()
    {
        // A published port of its own that both would want, a backup of data at rest, data of another version.
        var (folder, world) = _operator.Running("3.0");
        using (var instance = Instance.Open(folder))
        {
            instance.Commit(instance.Record! with { Settings = new InstanceSettings { Ports = ["127.0.0.1:8080:9000"] } });
        }

        Assert.NotEqual(TimeSpan.Zero, (await UpgradeAsync(folder, world, "3.1")).Away);
        Assert.Equal(("3.1", 4), world.Running);

        (folder, world) = _operator.Running("3.0");
        using (var instance = Instance.Open(folder))
        {
            var upgrade = new Upgrade(_operator.Place(instance, world))
            {
                SafetyBackup = _ => Task.FromResult<SafetyBackup>(new SafetyBackup.AtRest([], _ => world.SaveAsync(3))),
            };
            Assert.NotEqual(TimeSpan.Zero, (await upgrade.RunAsync(_operator.Releases["3.1"], instance.Record!.Settings, default)).Away);
        }

        (folder, world) = _operator.Running("2.0");
        Assert.NotEqual(TimeSpan.Zero, (await UpgradeAsync(folder, world, "3.0")).Away);
    }

    [Fact]
    public async Task What_was_seeded_must_be_there_before_the_old_release_is_given_up()
    {
        var (folder, world) = _operator.Running();
        new SeedRecord { Seedings = [new Seeding(1, new Dictionary<string, string>())] }.Save(folder);
        Assert.Equal(SwitchOutcome.Done, (await UpgradeAsync(folder, world, "2.0")).Outcome);
        Assert.Equal(2, world.Journal.Count(moment => moment == "look"));
    }

    [Fact]
    public async Task Release_that_has_lost_what_was_seeded_is_replaced_by_the_old_one()
    {
        var (folder, world) = _operator.Running();
        new SeedRecord { Seedings = [new Seeding(1, new Dictionary<string, string>())] }.Save(folder);
        world.VerbStatus["2.0 look"] = 1;
        var report = await UpgradeAsync(folder, world, "2.0");
        Assert.Equal((SwitchOutcome.KeptOld, 10, "NUA5142"), (report.Outcome, report.ExitCode, report.Problem!.Code));
        Assert.Equal(("1.0", 3), world.Running);
        Assert.True(world.IsGateOpen);
    }

    [Fact]
    public async Task What_users_have_removed_since_is_not_looked_for()
    {
        var (folder, world) = _operator.Running();
        new SeedRecord { Seedings = [new Seeding(1, new Dictionary<string, string>())] }.Save(folder);
        (world.VerbStatus["1.0 look"], world.VerbStatus["2.0 look"]) = (1, 1);
        Assert.Equal(SwitchOutcome.Done, (await UpgradeAsync(folder, world, "2.0")).Outcome);
        Assert.Contains(_told, line => line.Contains("not there any more", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("clone")]
    [InlineData("verb")]
    [InlineData("start")]
    public async Task Full_disk_at_a_step_leaves_the_old_release(string step)
    {
        var (folder, world) = _operator.Running();
        world.DiskFullAt.Add(step);
        // "start" finds it full once: the old release must start again.
        var report = await UpgradeAsync(folder, world, "2.0", () => world.DiskFullAt.Clear());
        Assert.Equal((SwitchOutcome.KeptOld, "NUA5205"), (report.Outcome, report.Problem!.Code));
        Assert.Equal(("1.0", 3), world.Running);
        Assert.True(world.IsGateOpen);
    }

    [Fact]
    public async Task Image_that_cannot_be_prepared_is_refused_while_the_old_release_serves()
    {
        var (folder, world) = _operator.Running();
        world.DiskFullAt.Add("prepare");
        await Assert.ThrowsAsync<IOException>(() => UpgradeAsync(folder, world, "2.0"));
        Assert.Equal(("1.0", 3), world.Running);
        Assert.True(world.IsGateOpen);
        Assert.DoesNotContain("stop", world.Journal);
        Assert.False(File.Exists(folder.Operation));
        Assert.Equal(["instance/notes:g2", "instance/notes:g3"], _operator.HeldNames(folder));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(73)]
    [InlineData(75)]
    [InlineData(124)]
    [InlineData(137)]
    public async Task Verb_that_fails_leaves_the_old_release_and_is_quoted(int status)
    {
        var (folder, world) = _operator.Running();
        world.VerbStatus["2.0 upgrade"] = status;
        var report = await UpgradeAsync(folder, world, "2.0");
        Assert.Equal((SwitchOutcome.KeptOld, "NUA5207"), (report.Outcome, report.Problem!.Code));
        Assert.Contains("working on generation 4", report.Problem.Why, StringComparison.Ordinal);
        Assert.Equal(status == 75 ? 4 : 1, world.Journal.Count(moment => moment == "verb done"));
        Assert.Equal(("1.0", 3), world.Running);
    }

    [Fact]
    public async Task Old_release_that_does_not_come_back_is_stopped_and_nothing_is_deleted()
    {
        var (folder, world) = _operator.Running();
        world.VerbStatus["2.0 upgrade"] = 1;
        world.Behaviours["1.0"] = Behaviour.NeverReady;
        var report = await UpgradeAsync(folder, world, "2.0");
        Assert.Equal((SwitchOutcome.Broken, 20), (report.Outcome, report.ExitCode));
        Assert.Null(world.Running);
        Assert.False(world.IsGateOpen);
        Assert.Equal([2, 3, 4], world.Generations.Keys);
        Assert.Contains($"nua restore {folder.Name} FILE", report.Problem!.Remedy, StringComparison.Ordinal);

        // The way out needs no repair: the next command works.
        world.Behaviours.Clear();
        world.VerbStatus.Clear();
        Assert.Equal(SwitchOutcome.Done, (await UpgradeAsync(folder, world, "2.0")).Outcome);
        Assert.Equal(("2.0", 5), world.Running);
    }

    [Fact]
    public async Task Stopped_instance_is_tried_and_stopped_again()
    {
        var (folder, world) = _operator.Running();
        using (var instance = Instance.Open(folder))
        {
            await world.StopAsync(folder, default);
            instance.Commit(instance.Record! with { IsWanted = false });
        }

        var report = await UpgradeAsync(folder, world, "2.0");
        Assert.Equal((SwitchOutcome.Done, TimeSpan.Zero), (report.Outcome, report.Away));
        Assert.Null(world.Running);
        Assert.Equal((4, 3), (Instance.ReadRecord(folder)!.Generation, world.Generations[4].Version));
    }

    [Fact]
    public async Task Data_that_is_not_what_the_record_says_is_not_touched()
    {
        var (folder, world) = _operator.Running();
        world.Plan = """{"from":2,"to":3}"""u8.ToArray();
        var failure = await Assert.ThrowsAsync<ProblemException>(() => UpgradeAsync(folder, world, "2.0"));
        Assert.Equal(("NUA5216", 65), (failure.Problems[0].Code, failure.ExitCode));
        Assert.Equal(("1.0", 3), world.Running);
        Assert.False(File.Exists(folder.Operation));
    }

    [Fact]
    public async Task Data_that_cannot_be_copied_for_lack_of_space_is_not_touched()
    {
        var (folder, world) = _operator.Running();
        world.HasSpace = false;
        var failure = await Assert.ThrowsAsync<ProblemException>(() => UpgradeAsync(folder, world, "2.0"));
        Assert.Equal(73, failure.ExitCode);
        Assert.DoesNotContain("stop", world.Journal);
        Assert.False(File.Exists(folder.Operation));
    }

    [Fact]
    public async Task Safety_backup_that_fails_stops_the_upgrade_before_it_begins()
    {
        var (folder, world) = _operator.Running();
        using var instance = Instance.Open(folder);
        var upgrade = new Upgrade(_operator.Place(instance, world))
        {
            SafetyBackup = _ => throw new ProblemException(new Problem("NUA5199", "no")) { ExitCode = 73 },
        };
        await Assert.ThrowsAsync<ProblemException>(() => upgrade.RunAsync(_operator.Releases["2.0"], new InstanceSettings(), default));
        Assert.True(world.IsGateOpen);
        Assert.DoesNotContain("stop", world.Journal);
    }

    [Theory]
    [InlineData("NUA5211", "other", 2, 0, null)]
    [InlineData("NUA5212", "notes", 0, 0, null)]
    [InlineData("NUA5213", "notes", 5, 2, null)]
    [InlineData("NUA5214", "notes", 5, 0, 3)]
    public void Image_that_cannot_work_on_the_data_is_refused(string code, string app, int dataVersion, int upgradeFrom, int? waypoint)
    {
        var contract = Contract(app) with { DataVersion = dataVersion, UpgradeFrom = upgradeFrom, Waypoints = waypoint is { } point ? [point] : [] };
        var failure = Assert.Throws<ProblemException>(() => UpgradeChecks.Check(_operator.Releases["1.0"], contract));
        Assert.Equal((code, 65), (failure.Problems[0].Code, failure.ExitCode));
    }

    private static AppContract Contract(string app) =>
        AppContract.Parse(System.Text.Encoding.UTF8.GetBytes($$$"""{"runtime":{"app_id":"{{{app}}}"}}"""), "test");

    /// <summary>An engine that is restarted in the middle, for one: nothing was brought back, so nothing is as before. The next command does it.</summary>
    [Fact]
    public async Task Old_release_that_could_not_be_brought_back_is_not_said_to_run()
    {
        var (folder, world) = _operator.Running();
        world.Behaviours["2.0"] = Behaviour.EndsAtStart;
        var report = await UpgradeAsync(folder, world, "2.0", () => world.DiskFullAt.Add("gate"));
        Assert.Equal((SwitchOutcome.Broken, 20), (report.Outcome, report.ExitCode));

        world.DiskFullAt.Clear();
        using var instance = Instance.Open(folder);
        Assert.Null(await Interrupted.SettleAsync(_operator.Place(instance, world), default));
        Assert.Equal((("1.0", 3), true), (world.Running!.Value, world.IsGateOpen));
        Assert.Null(instance.Operation);
    }

    [Fact]
    public async Task What_failed_is_told_with_what_was_printed_at_last()
    {
        var (folder, world) = _operator.Running();
        world.Behaviours["2.0"] = Behaviour.EndsAtStart;
        await UpgradeAsync(folder, world, "2.0");
        Assert.Contains(_told, line => line.EndsWith("it printed at last: a line); going back", StringComparison.Ordinal));
    }

    private async Task<SwitchReport> UpgradeAsync(InstanceFolder folder, World world, string to, Action? onFailure = null)
    {
        using var instance = Instance.Open(folder);
        var place = _operator.Place(instance, world, line =>
        {
            _told.Add(line);
            if (line.StartsWith("failed:", StringComparison.Ordinal))
            {
                onFailure?.Invoke();
            }
        });
        return await new Upgrade(place).RunAsync(_operator.Releases[to], instance.Record!.Settings, default);
    }
}
