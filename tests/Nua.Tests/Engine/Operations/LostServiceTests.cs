using Nua.Engine.Instances;
using Nua.Engine.Operations;
using Nua.Foundation;

namespace Nua.Tests.Engine.Operations;

/// <summary>While the recorded release is waited for, what runs it is ended from outside: nobody else would start it again.</summary>
public sealed class LostServiceTests : IDisposable
{
    private readonly Operator _operator = new();

    public void Dispose() => _operator.Dispose();

    [Fact]
    public async Task Release_is_started_again_at_once()
    {
        var (folder, world) = _operator.Running();
        world.Losses = 2;
        Assert.InRange(await RestartAsync(folder, world), 0, 15);
        Assert.Equal(("1.0", 3), world.Running);
        Assert.True(world.IsGateOpen);
        Assert.Equal(3, world.Journal.Count(moment => moment == "started"));
    }

    [Fact]
    public async Task Release_that_vanishes_every_time_is_given_up()
    {
        var (folder, world) = _operator.Running();
        world.Losses = 100;
        var error = await Assert.ThrowsAsync<ProblemException>(() => RestartAsync(folder, world));
        Assert.Equal("NUA5210", error.Problems[0].Code);
        Assert.Equal(3, world.Journal.Count(moment => moment == "started"));
    }

    [Fact]
    public async Task Release_that_ended_and_stays_ended_is_not_waited_for()
    {
        var (folder, world) = _operator.Running();
        world.EndsWith = 78;
        var began = _operator.Time.GetTimestamp();
        var error = await Assert.ThrowsAsync<ProblemException>(() => RestartAsync(folder, world));
        Assert.Equal("NUA5215", error.Problems[0].Code);
        Assert.Contains("78", error.Problems[0].Why, StringComparison.Ordinal);
        Assert.InRange(_operator.Time.GetElapsedTime(began).TotalSeconds, 3, 10);
    }

    /// <summary>It runs, with an open gate, but what held its ports is gone.</summary>
    [Fact]
    public async Task Release_that_nobody_reaches_is_started_anew()
    {
        var (folder, world) = _operator.Running();
        world.IsCutOff = true;
        using var instance = Instance.Open(folder);
        await new Everyday(_operator.Place(instance, world)).StartAsync(default);
        Assert.Equal((("1.0", 3), true, false), (world.Running!.Value, world.IsGateOpen, world.IsCutOff));
        Assert.Contains("started", world.Journal);
    }

    /// <summary>Its image is damaged in the store, for one.</summary>
    [Fact]
    public async Task Release_that_could_not_be_started_again_is_not_stopped()
    {
        var (folder, world) = _operator.Running();
        world.Behaviours["1.0"] = Behaviour.NeverReady;
        world.DiskFullAt.Add("prepare");
        using var instance = Instance.Open(folder);
        await Assert.ThrowsAsync<IOException>(() => new Everyday(_operator.Place(instance, world)).RestartAsync(default));
        Assert.Equal((("1.0", 3), true), (world.Running!.Value, world.IsGateOpen));
    }

    /// <returns>Seconds.</returns>
    private async Task<double> RestartAsync(InstanceFolder folder, World world)
    {
        using var instance = Instance.Open(folder);
        var began = _operator.Time.GetTimestamp();
        var serve = new RecoveryAction.Serve(instance.Record!, MustRestart: true);
        await RecoveryWork.ServeAsync(_operator.Place(instance, world), serve, default);
        return _operator.Time.GetElapsedTime(began).TotalSeconds;
    }
}
