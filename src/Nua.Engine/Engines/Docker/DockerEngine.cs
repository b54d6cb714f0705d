using System.Text;
using Docker.DotNet;
using Docker.DotNet.Models;
using Nua.Engine.Instances;
using Nua.Engine.Logs;
using Nua.Foundation;
using Nua.Foundation.Linux;
using Nua.Oci;

namespace Nua.Engine.Engines.Docker;

/// <summary>
/// Instances on Docker Engine or Podman. The gate is a container of its own that holds the ports and the network; the application's container
/// lives in that network and is replaced behind it. The engine restarts both, also when the machine starts.
/// </summary>
/// <param name="agent">The agent's program, for gates.</param>
public sealed class DockerEngine : IEngine, IDisposable
{
    public const string EngineName = "docker";

    /// <summary>Of what a health check prints.</summary>
    private const int LineLength = 200;

    /// <summary>At a container that the engine says is running, and in which it then cannot run the health check.</summary>
    private const int Looks = 5;

    private static readonly Health _gateGone =
        new(ServiceState.Unhealthy, "its gate ended, so nobody reaches it; 'nua start' brings it back", IsAsked: true);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    private readonly DockerSocket _socket;
    private readonly string _agent;
    private readonly TimeProvider _time;
    private readonly DockerClient _client;
    private readonly EngineContainers _containers;

    public DockerEngine(DockerSocket socket, string agent, TimeProvider time)
    {
        (_socket, _agent, _time) = (socket, agent, time);
        _client = new DockerClientBuilder().WithEndpoint(new Uri("unix://" + socket.Path)).WithTimeout(Timeout.InfiniteTimeSpan).Build();
        _containers = new EngineContainers(_client);
    }

    public string Name => EngineName;

    public VolumeIds VolumeIds => _socket.IsRootless ? VolumeIds.Sandbox : VolumeIds.Host;

    public void Dispose() => _client.Dispose();

    public Task PrepareAsync(Image image, CancellationToken cancel) => CallAsync("bringing the image to it", () =>
        EngineImages.EnsureAsync(_client, image, $"nua-image:{image.Manifest.Config.Digest.Encoded[..12]}", cancel));

    public Task StartAsync(Service service, CancellationToken cancel) => CallAsync("starting the application", async () =>
    {
        var names = new ContainerNames(service.Instance);
        await PrepareAsync(service.Image, cancel);
        if (service.IsBeside)
        {
            await StartBesideAsync(service, cancel);
            return;
        }

        await EnsureNetworkAsync(names, service.HasNetwork, cancel);
        await Log(service.Instance).KeepAsync(cancel);
        if (service.Ports.Count > 0)
        {
            await GateContainer.EnsureAsync(_client, service, _agent, cancel);
        }

        await _containers.RemoveAsync(names.Second, cancel);
        await _containers.RemoveAsync(names.Service, cancel);
        GateContainer.LeadTo(service.Instance, names.Service);
        NoteStart(service.Instance, service.Image.Digest.ToString(), service.Generation);
        await RunAsync(service, names.Service, cancel);
    });

    public Task LeadToAsync(InstanceFolder instance, string release, CancellationToken cancel) => CallAsync("leading to the application", async () =>
    {
        var beside = GateContainer.Slots(instance).Beside;
        if ((await _containers.FindAsync(beside, cancel))?.Labels.GetValueOrDefault(ContainerNames.ReleaseLabel) == release)
        {
            GateContainer.LeadTo(instance, beside);
        }
    });

    public Task StopBesideAsync(InstanceFolder instance, CancellationToken cancel) => CallAsync("stopping the application beside it", async () =>
    {
        var log = Log(instance);
        var (serving, name) = GateContainer.Slots(instance);
        if (await _containers.FindAsync(name, cancel) is not { } beside)
        {
            return;
        }

        await StopAsync(instance, beside, cancel);
        if ((await log.FindAsync(cancel))?.Id != beside.Id)
        {
            await log.KeepBesideAsync(beside, cancel);
            await _containers.RemoveAsync(name, cancel);
            return;
        }

        await log.KeepAsync(cancel);
        await _containers.RemoveAsync(name, cancel);
        if (await _containers.FindAsync(serving, cancel) is { } next)
        {
            NoteStart(instance, next.Labels.GetValueOrDefault(ContainerNames.ReleaseLabel, ""), next.Number(ContainerNames.GenerationLabel) ?? 0);
        }
    });

    public Task<int?> StopAsync(InstanceFolder instance, CancellationToken cancel) => CallAsync("stopping the application", async () =>
    {
        await StopBesideAsync(instance, cancel);
        if (await _containers.FindAsync(GateContainer.Slots(instance).Serving, cancel) is not { } service || !(service.IsRunning || service.IsRestarting))
        {
            return (int?)null;
        }

        var status = await StopAsync(instance, service, cancel);
        await Log(instance).KeepAsync(cancel);
        Log(instance).Note($"stopped, exit status {status}");
        return status;
    });

    public Task<ServiceStatus> StatusAsync(InstanceFolder instance, CancellationToken cancel) => CallAsync("asking for the application's state", async () =>
    {
        var (serving, beside) = GateContainer.Slots(instance);
        return (await StatusAsync(instance, serving, cancel) ?? ServiceStatus.None) with
        {
            IsGateOpen = GateContainer.IsOpen(instance),
            Beside = await StatusAsync(instance, beside, cancel),
        };
    });

    /// <returns>Null when there is no such container.</returns>
    private async Task<ServiceStatus?> StatusAsync(InstanceFolder instance, string name, CancellationToken cancel)
    {
        for (var looks = 1; ; looks++)
        {
            if (await _containers.FindAsync(name, cancel) is not { } service || StopMark.IsOn(instance, service.Id))
            {
                return null;
            }

            var isCutOff = service is { IsRunning: true, NetworkOf: { } gate }
                && !((await _containers.FindAsync(gate, cancel))?.HasNetworkOf(service) ?? false);
            var health = isCutOff ? _gateGone : service is { IsRunning: true, IsRestarting: false } ? await HealthAsync(service, cancel) : null;
            if (health is { IsAsked: false } && looks < Looks)
            {
                // Between the look and the question it ended, or the engine has not noticed yet: it is looked at again.
                await Task.Delay(BetweenLooks, _time, cancel);
                continue;
            }

            var state = service.IsRestarting ? ServiceState.Restarting : health?.State ?? ServiceState.Stopped;
            int? lastExit = service is { IsRunning: true, Restarts: 0 } ? null : service.ExitCode;
            return new ServiceStatus(
                state, IsGateOpen: false, service.Labels.GetValueOrDefault(ContainerNames.ReleaseLabel), service.Number(ContainerNames.GenerationLabel),
                service.Restarts, lastExit, health?.Line, service.Started)
            { IsCutOff = isCutOff };
        }
    }

    public Task SetGateAsync(InstanceFolder instance, bool isOpen, CancellationToken cancel)
    {
        GateContainer.Set(instance, isOpen);
        return Task.CompletedTask;
    }

    public Task<VerbResult> RunAsync(VerbRun run, Action<int, ReadOnlyMemory<byte>> onOutput, CancellationToken cancel) => CallAsync(
        $"running {run.Verb[0]}",
        async () =>
        {
            await PrepareAsync(run.Image, cancel);
            if (run.HasNetwork && !run.IsBesideService)
            {
                await EnsureNetworkAsync(new ContainerNames(run.Instance), reachesOutside: true, cancel);
            }

            CacheFolders.Make(run, OwnerOf(run.Image));
            var secrets = SecretCopies.Make(run, OwnerOf(run.Image));
            using var result = run.WantsResult ? new ResultFolder(run.Instance) : null;
            var id = await _containers.CreateAsync(ContainerPlan.Verb(run, GateContainer.Slots(run.Instance).Serving, EngineImages.IdOf(run.Image), secrets, result?.Path), cancel);
            using var log = Log(run.Instance).Open();
            try
            {
                var status = await _containers.RunToEndAsync(id, run.TimeLimit, Copy, cancel);
                return new VerbResult(status, result?.Read());
            }
            finally
            {
                log.EndLines();
                await _containers.RemoveAsync(id, CancellationToken.None);
            }

            void Copy(int stream, ReadOnlyMemory<byte> bytes)
            {
                log.Write(run.Verb[0], bytes.Span);
                onOutput(stream, bytes);
            }
        });

    public Task<int> ExecAsync(
        InstanceFolder instance, IReadOnlyList<string> argv, Action<int, ReadOnlyMemory<byte>> onOutput, CancellationToken cancel) => CallAsync(
        "running a command in the application's container",
        () => _containers.ExecAsync(GateContainer.Slots(instance).Serving, argv, onOutput, cancel));

    public Task LogAsync(InstanceFolder instance, int? last, bool isFollowed, Action<LogLine> onLine, CancellationToken cancel) => CallAsync(
        "reading the log",
        async () =>
        {
            if (isFollowed)
            {
                await new EngineLogFollower(Log(instance), onLine).RunAsync(last, cancel);
                return;
            }

            using var picture = await Log(instance).ReadAsync(cancel);
            (last is { } count ? picture.Lines.TakeLast(count) : picture.Lines).ToList().ForEach(onLine);
        });

    public Task RemoveAsync(InstanceFolder instance, CancellationToken cancel) => CallAsync("removing the containers", async () =>
    {
        await Log(instance).KeepAsync(cancel);
        GateContainer.Set(instance, isOpen: false);
        foreach (var id in await _containers.OfAsync(instance, cancel))
        {
            await _containers.RemoveAsync(id, cancel);
        }

        try
        {
            await _client.Networks.DeleteNetworkAsync(new ContainerNames(instance).Network, cancel);
        }
        catch (DockerNetworkNotFoundException)
        {
            // It is gone already.
        }
    });

    private async Task StartBesideAsync(Service service, CancellationToken cancel)
    {
        await StopBesideAsync(service.Instance, cancel);
        if (service.Ports.Count > 0)
        {
            await GateContainer.RequireAsync(_client, service, _agent, cancel);
        }

        await RunAsync(service, GateContainer.Slots(service.Instance).Beside, cancel);
    }

    private async Task RunAsync(Service service, string name, CancellationToken cancel)
    {
        CacheFolders.Make(service, OwnerOf(service.Image));
        var secrets = SecretCopies.Make(service, OwnerOf(service.Image));
        var id = await _containers.CreateAsync(ContainerPlan.Service(service, name, EngineImages.IdOf(service.Image), secrets), cancel);
        await _containers.StartAsync(id, cancel);
    }

    /// <returns>Its exit status.</returns>
    private async Task<int?> StopAsync(InstanceFolder instance, EngineContainer service, CancellationToken cancel)
    {
        const uint Grace = 10;
        StopMark.Set(instance, service.Id);
        // The agent keeps the time itself; the engine kills only what does not even do that.
        await _containers.StopAsync(service.Id, (uint)(service.Number(ContainerNames.StopLabel) ?? 30) + Grace, cancel);
        StopMark.Clear(instance);
        return (await _containers.FindAsync(service.Id, cancel))?.ExitCode;
    }

    private void NoteStart(InstanceFolder instance, string release, int generation) =>
        Log(instance).NoteStart($"{release[..Math.Min(19, release.Length)]} on generation {generation}");

    private EngineLog Log(InstanceFolder instance) => new(_client, instance, _time);

    /// <summary>Ports without a way to anything else: addresses are not translated, so nothing outside answers, unless the operator wants it.</summary>
    private async Task EnsureNetworkAsync(ContainerNames names, bool reachesOutside, CancellationToken cancel)
    {
        try
        {
            await _client.Networks.InspectNetworkAsync(names.Network, cancel);
        }
        catch (DockerNetworkNotFoundException)
        {
            var network = new NetworksCreateParameters { Name = names.Network, Driver = "bridge", Labels = names.Labels("network") };
            if (!reachesOutside)
            {
                network.Options = new Dictionary<string, string>(StringComparer.Ordinal) { ["com.docker.network.bridge.enable_ip_masquerade"] = "false" };
            }

            await _client.Networks.CreateNetworkAsync(network, cancel);
        }
    }

    /// <summary>Asked for anew each time: Docker's own health is old news, and Podman has none without systemd.</summary>
    private async Task<Health> HealthAsync(EngineContainer service, CancellationToken cancel)
    {
        var limit = TimeSpan.FromSeconds(service.Number(ContainerNames.ReadyLabel) ?? 120);
        var notReady = service.Started is { } since && (_time.GetUtcNow() - since).Duration() < limit ? ServiceState.Starting : ServiceState.Unhealthy;
        using var line = new MemoryStream();
        try
        {
            var status = await _containers.ExecAsync(
                service.Id,
                ["/nua/scripts/healthcheck", "ready"],
                (_, bytes) => line.Write(bytes.Span[..(int)Math.Min(bytes.Length, LineLength - Math.Min(LineLength, line.Length))]),
                cancel);
            var text = Printable.Escape(Encoding.UTF8.GetString(line.ToArray()).Trim(), LineLength);
            return new Health(status == 0 ? ServiceState.Ready : notReady, text, IsAsked: true);
        }
        catch (Exception failure) when (failure is DockerApiException or IOException)
        {
            var why = failure is DockerApiException said ? Message(said) : Printable.Escape(failure.Message, LineLength);
            return new Health(notReady, $"the engine could not run it: {why}", IsAsked: false);
        }
    }

    /// <summary>Null where ids are a rootless engine's.</summary>
    private static (uint Uid, uint Gid)? OwnerOf(Image image) => Libc.GetEuid() == 0 ? ImageUser.Of(image) : null;

    private static Task CallAsync(string what, Func<Task> call) => CallAsync(what, async () =>
    {
        await call();
        return true;
    });

    /// <summary>What the engine says, in our form.</summary>
    private static async Task<T> CallAsync<T>(string what, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (DockerApiException failure)
        {
            throw new ProblemException(new Problem("NUA5303", $"the engine failed at {what}") { Why = Message(failure) }, failure);
        }
        catch (HttpRequestException failure)
        {
            throw new ProblemException(
                new Problem("NUA5306", $"the engine does not answer ({what})")
                {
                    Why = Printable.Escape(failure.GetBaseException().Message, 300),
                    Remedy = "see that it runs: docker info, or podman info",
                },
                failure);
        }
    }

    private static string Message(DockerApiException failure) => Printable.Escape(failure.ResponseBody?.Trim() ?? failure.Message, 600);

    /// <param name="State">Never <see cref="ServiceState.Stopped"/>.</param>
    /// <param name="Line">What it printed, or why it could not run; printable.</param>
    /// <param name="IsAsked">It ran.</param>
    private sealed record Health(ServiceState State, string Line, bool IsAsked);
}
