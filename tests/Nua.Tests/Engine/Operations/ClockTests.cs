using Nua.Engine.Instances;
using Nua.Engine.Operations;

namespace Nua.Tests.Engine.Operations;

/// <summary>The clock is set back by a day, or to 1970, each time somebody asks for the date: nothing depends on it but what people read.</summary>
public sealed class ClockTests : IDisposable
{
    private readonly Operator _operator = new();

    public void Dispose() => _operator.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task Operations_take_the_time_they_take_and_kept_generations_stay_in_order(int days)
    {
        var (folder, world) = _operator.Running();
        _operator.Time.SetBack = TimeSpan.FromDays(days);
        using var instance = Instance.Open(folder);
        instance.Commit(instance.Record! with { Settings = new InstanceSettings { Keep = 9 } });
        var place = _operator.Place(instance, world);
        var sequence = instance.Record!.Sequence;

        foreach (var (version, generation) in ((string, int)[])[("2.0", 4), ("1.0", 5), ("1.2", 6)])
        {
            var record = instance.Record!;
            var order = version == "1.0" ? _operator.Rollback(record, version) : _operator.Upgrade(record, version);
            var begun = _operator.Time.GetTimestamp();
            var report = await new Switch(place).RunAsync(order, CancellationToken.None);

            Assert.Equal((SwitchOutcome.Done, generation), (report.Outcome, report.Generation));
            Assert.Equal(_operator.Time.GetElapsedTime(begun), report.Duration);
            Assert.InRange(report.Away, TimeSpan.FromSeconds(1), report.Duration);
            Assert.All(report.Steps, step => Assert.True(step.Duration >= TimeSpan.Zero));
            Assert.True(instance.Record!.Sequence > sequence);
            sequence = instance.Record.Sequence;
        }

        Assert.Equal([5, 4, 3, 2], instance.Record!.Kept.Select(kept => kept.Generation));
        Assert.True(instance.Record.Kept[0].Replaced <= instance.Record.Kept[1].Replaced, "the clock was not set back");
    }

    [Theory]
    [InlineData(Behaviour.NeverReady, "NUA5202")]
    [InlineData(Behaviour.EndsAfterTenSeconds, "NUA5203")]
    public async Task Limits_end_in_time(Behaviour behaviour, string code)
    {
        var (folder, world) = _operator.Running();
        world.Behaviours["2.0"] = behaviour;
        _operator.Time.SetBack = TimeSpan.FromDays(1);
        using var instance = Instance.Open(folder);

        var report = await new Switch(_operator.Place(instance, world)).RunAsync(_operator.Upgrade(instance.Record!, "2.0"), CancellationToken.None);

        Assert.Equal((SwitchOutcome.KeptOld, code), (report.Outcome, report.Problem!.Code));
        Assert.InRange(report.Duration, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(2));
        Assert.Equal(("1.0", 3), world.Running);
    }
}
