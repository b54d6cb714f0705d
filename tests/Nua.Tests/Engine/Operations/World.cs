using System.Text;
using Nua.Engine.Engines;
using Nua.Engine.Instances;
using Nua.Engine.Logs;
using Nua.Engine.Operations;
using Nua.Foundation;
using Nua.Oci;

namespace Nua.Tests.Engine.Operations;

/// <summary>
/// Containers and data in memory, with users who write whenever they are let in. It outlives the process that operates it: at a chosen moment that
/// process stops for ever in the middle of a call, as kill -9 leaves it, and another one begins.
/// </summary>
internal sealed class World(HurryingTime time) : IEngine, IGenerations
{
    private readonly TaskCompletionSource _killed = new();
    private Service? _service;
    private long _started;
    private Service? _beside;
    private long _besideStarted;
    private int _moment;
    private int _lastWrite;
    private bool _isGateOpen;

    public SortedDictionary<int, Data> Generations { get; } = [];

    /// <summary>Writes that users were told are kept.</summary>
    public List<int> Acknowledged { get; } = [];

    /// <summary>What each version of the application does when it is started.</summary>
    public Dictionary<string, Behaviour> Behaviours { get; } = [];

    /// <summary>What verbs do, by version and verb; others succeed.</summary>
    public Dictionary<string, int> VerbStatus { get; } = [];

    /// <summary>What <c>upgrade plan</c> answers.</summary>
    public byte[]? Plan { get; set; }

    /// <summary>Names of steps that find the disk full.</summary>
    public HashSet<string> DiskFullAt { get; } = [];

    public bool HasSpace { get; set; } = true;

    /// <summary>So many times what runs the application is ended from outside before it is ready.</summary>
    public int Losses { get; set; }

    /// <summary>With this status it ends for good before it is ready, and stays as a stopped container does.</summary>
    public int? EndsWith { get; set; }

    /// <summary>The moment, from 1, at which the process that operates stops; 0 is never.</summary>
    public int KillAt { get; set; }

    /// <summary>What holds the ports of the one that runs was removed by somebody.</summary>
    public bool IsCutOff { get; set; }

    public int Moments => _moment;

    public Task Killed => _killed.Task;

    public List<string> Journal { get; } = [];

    public string Name => "local";

    public VolumeIds VolumeIds => VolumeIds.Host;

    public (string Version, int Generation)? Running => _service is null ? null : (_service.Contract.Version, _service.Generation);

    public string? RunningBeside => _beside?.Contract.Version;

    public bool IsGateOpen => _isGateOpen;

    public World Reborn(int killAt)
    {
        var next = new World(time) { KillAt = killAt, _service = _service, _started = _started, _lastWrite = _lastWrite, _isGateOpen = _isGateOpen };
        (next._beside, next._besideStarted) = (_beside, _besideStarted);
        foreach (var (number, data) in Generations)
        {
            next.Generations[number] = data;
        }

        next.Acknowledged.AddRange(Acknowledged);
        foreach (var (version, behaviour) in Behaviours)
        {
            next.Behaviours[version] = behaviour;
        }

        return next;
    }

    public async Task PrepareAsync(Image image, CancellationToken cancel) => await MomentAsync("prepare");

    public async Task StartAsync(Service service, CancellationToken cancel)
    {
        await MomentAsync("start");
        if (service.IsBeside)
        {
            Assert.NotNull(_service);
            Assert.Equal(_service.Generation, service.Generation);
            (_beside, _besideStarted) = (service, time.GetTimestamp());
            await MomentAsync("started beside");
            return;
        }

        if (_service is not null)
        {
            Assert.Equal((service.Contract.Version, service.Generation), Running);
            return;
        }

        Assert.False(Generations[service.Generation].IsHalf, "the application started on half-made data");
        Assert.Equal(service.Contract.DataVersion, Generations[service.Generation].Version);
        (_service, _started) = (service, time.GetTimestamp());
        await MomentAsync("started");
    }

    public async Task LeadToAsync(InstanceFolder instance, string release, CancellationToken cancel)
    {
        await MomentAsync("lead");
        if (_beside?.Image.Digest.ToString() == release)
        {
            (_service, _started, _beside, _besideStarted) = (_beside, _besideStarted, _service, _started);
        }

        await MomentAsync("led");
    }

    public async Task StopBesideAsync(InstanceFolder instance, CancellationToken cancel)
    {
        await MomentAsync("stop beside");
        _beside = null;
        await MomentAsync("stopped beside");
    }

    public async Task<int?> StopAsync(InstanceFolder instance, CancellationToken cancel)
    {
        await MomentAsync("stop");
        var ran = _service is not null;
        (_service, _beside, IsCutOff) = (null, null, false);
        await MomentAsync("stopped");
        return ran ? 0 : null;
    }

    public Task<ServiceStatus> StatusAsync(InstanceFolder instance, CancellationToken cancel)
    {
        Users();
        if (Losses > 0 && _service is not null && State(_service, _started).State == ServiceState.Starting)
        {
            Losses--;
            (_service, _beside, _isGateOpen) = (null, null, false);
        }

        if (_service is null)
        {
            return Task.FromResult(ServiceStatus.None);
        }

        if (EndsWith is { } exit)
        {
            return Task.FromResult(new ServiceStatus(
                ServiceState.Stopped, _isGateOpen, _service.Image.Digest.ToString(), _service.Generation, 0, exit, null, null));
        }

        return Task.FromResult(Status(_service, _started) with
        {
            State = IsCutOff ? ServiceState.Unhealthy : Status(_service, _started).State,
            IsCutOff = IsCutOff,
            IsGateOpen = _isGateOpen,
            Beside = _beside is null ? null : Status(_beside, _besideStarted),
        });
    }

    public async Task SetGateAsync(InstanceFolder instance, bool isOpen, CancellationToken cancel)
    {
        await MomentAsync("gate");
        _isGateOpen = isOpen && _service is not null;
        await MomentAsync("gate set");
    }

    public async Task<VerbResult> RunAsync(VerbRun run, Action<int, ReadOnlyMemory<byte>> onOutput, CancellationToken cancel)
    {
        if (run.Verb is [_, "plan"])
        {
            Assert.All(run.Volumes, volume => Assert.True(volume.IsReadOnly));
            return new VerbResult(VerbStatus.GetValueOrDefault($"{run.Contract.Version} {run.Verb[0]} plan"), Plan);
        }

        await MomentAsync("verb");
        Assert.Null(_service);
        var generation = int.Parse(run.Volumes[0].Source.Split('/')[^2]);
        var status = VerbStatus.GetValueOrDefault($"{run.Contract.Version} {run.Verb[0]}");
        onOutput(2, Encoding.UTF8.GetBytes($"working on generation {generation}\n"));
        var data = Generations[generation];
        Generations[generation] = data with { IsHalf = true };
        await MomentAsync("half of the verb");
        if (status == 0)
        {
            var to = run.Verb[0] == "rollback" ? int.Parse(run.Env["NUA_TO_DATA_VERSION"]) : run.Contract.DataVersion;
            Generations[generation] = data with { Version = to };
        }

        await MomentAsync("verb done");
        return new VerbResult(status, null);
    }

    public async Task<int> ExecAsync(
        InstanceFolder instance, IReadOnlyList<string> argv, Action<int, ReadOnlyMemory<byte>> onOutput, CancellationToken cancel)
    {
        await MomentAsync("look");
        Assert.Contains("look for it", argv[^1], StringComparison.Ordinal);
        Assert.True(!_isGateOpen || _service!.Generation == 3, "users were let in before the new release was looked at");
        return VerbStatus.GetValueOrDefault($"{_service!.Contract.Version} look");
    }

    public Task LogAsync(InstanceFolder instance, int? last, bool isFollowed, Action<LogLine> onLine, CancellationToken cancel)
    {
        onLine(new LogLine("", "out", "a line"));
        return Task.CompletedTask;
    }

    public async Task RemoveAsync(InstanceFolder instance, CancellationToken cancel)
    {
        await MomentAsync("remove containers");
        (_service, _beside, _isGateOpen) = (null, null, false);
    }

    public async Task CreateAsync(int generation, Release release, CancellationToken cancel)
    {
        Generations[generation] = new Data(0, [], IsHalf: true);
        await MomentAsync("create");
        Generations[generation] = new Data(0, [], IsHalf: false);
    }

    public Task RequireSpaceAsync(int from, CancellationToken cancel) => HasSpace
        ? Task.CompletedTask
        : throw new ProblemException(new Problem("NUA5105", "no room")) { ExitCode = 73 };

    public async Task<string> CloneAsync(int from, int to, Release release, CancellationToken cancel)
    {
        await MomentAsync("clone");
        Assert.Null(_service);
        Generations[to] = Generations[from] with { IsHalf = true };
        await MomentAsync("half of the clone");
        Generations[to] = Generations[from];
        await MomentAsync("cloned");
        return "copied";
    }

    /// <summary>A backup of data that nobody writes to.</summary>
    public async Task<string> SaveAsync(int generation)
    {
        await MomentAsync("save");
        Assert.False(Running?.Generation == generation, "the application runs while its data is saved");
        var writes = Generations[generation].Writes;
        await MomentAsync("saved");
        Assert.Same(writes, Generations[generation].Writes);
        return "a backup";
    }

    public async Task KeepAsync(IReadOnlySet<int> generations, CancellationToken cancel)
    {
        foreach (var generation in Generations.Keys.Where(number => !generations.Contains(number)).ToList())
        {
            await MomentAsync("remove");
            Assert.False(Running?.Generation == generation, "the data of the running application was removed");
            Generations[generation] = Generations[generation] with { IsHalf = true };
            await MomentAsync("half of the removal");
            Generations.Remove(generation);
        }
    }

    private ServiceStatus Status(Service service, long started)
    {
        var (state, restarts) = State(service, started);
        return new ServiceStatus(
            state, IsGateOpen: false, service.Image.Digest.ToString(), service.Generation, restarts, restarts > 0 ? 1 : null, "a line", null);
    }

    private (ServiceState State, int Restarts) State(Service service, long started)
    {
        var age = time.GetElapsedTime(started);
        return Behaviours.GetValueOrDefault(service.Contract.Version) switch
        {
            Behaviour.NeverReady => (ServiceState.Starting, 0),
            Behaviour.EndsAtStart => (ServiceState.Restarting, 1),
            Behaviour.EndsAfterTenSeconds when age > TimeSpan.FromSeconds(10) => (ServiceState.Restarting, 1),
            _ => (age > TimeSpan.FromSeconds(1) ? ServiceState.Ready : ServiceState.Starting, 0),
        };
    }

    /// <summary>Anybody may write at any time, if the gate lets them in and the application answers.</summary>
    private void Users()
    {
        if (_isGateOpen && _service is { } service && State(service, _started).State == ServiceState.Ready)
        {
            var data = Generations[service.Generation];
            Generations[service.Generation] = data with { Writes = [.. data.Writes, ++_lastWrite] };
            Acknowledged.Add(_lastWrite);
        }
    }

    private async Task MomentAsync(string what)
    {
        Users();
        Journal.Add(what);
        if (++_moment == KillAt)
        {
            _killed.SetResult();
        }

        if (_killed.Task.IsCompleted)
        {
            // Nothing of a process that was killed goes on, whatever it did at once.
            await new TaskCompletionSource().Task;
        }

        if (DiskFullAt.Contains(what))
        {
            throw new IOException("No space left on device") { HResult = 28 };
        }
    }
}

public enum Behaviour
{
    Good,
    NeverReady,
    EndsAtStart,
    EndsAfterTenSeconds,
}

/// <summary>The content of one generation.</summary>
internal sealed record Data(int Version, IReadOnlyList<int> Writes, bool IsHalf);
