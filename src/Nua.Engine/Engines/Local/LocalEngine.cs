using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Nua.Engine.Foreground;
using Nua.Engine.Instances;
using Nua.Engine.Logs;
using Nua.Foundation;
using Nua.Oci;
using Nua.Rootfs;
using Nua.Sandbox;

namespace Nua.Engine.Engines.Local;

/// <summary>
/// Containers without a daemon: runc, in a user namespace, under one supervisor process for each instance, which is started when there is
/// something to do and outlives the command.
/// </summary>
/// <param name="storeHome">The store's folder.</param>
public sealed class LocalEngine(string storeHome) : IEngine
{
    public const string EngineName = "local";

    /// <summary>
    /// Connections without an order, by instance. A supervisor that has only run a verb ends by itself; one that is talked to does not, so the start that
    /// follows finds it.
    /// </summary>
    private readonly ConcurrentDictionary<string, SupervisorConnection> _held = new(StringComparer.Ordinal);

    public string Name => EngineName;

    /// <summary>Told what this host does not allow, and is done without.</summary>
    public Action<Problem> Warn { get; init; } = _ => { };

    public VolumeIds VolumeIds => VolumeIds.Sandbox;

    public Task PrepareAsync(Image image, CancellationToken cancel)
    {
        ImagePlatform.RequireOurs(image);
        return Task.Run(() => UnpackedImage.Ensure(storeHome, image.Layers), cancel);
    }

    public async Task StartAsync(Service service, CancellationToken cancel)
    {
        using var sockets = !service.IsBeside && await NeedsSocketsAsync(service, cancel) ? PortSockets.Open(service.Ports) : null;
        var inner = await InnerPortAsync(service, cancel);
        var container = Container(service, ["start"], inner == service.Contract.Port ? null : inner);
        var health = HealthOf(service, inner);
        var order = new StartOrder(
            container, health, [.. service.Ports.Select(port => port.Container ?? inner ?? 8080)],
            service.Contract.StopTimeout, service.Image.Digest.ToString(), service.Generation, service.IsBeside);
        await AskAsync(service, order, cancel, sockets, limit: true);
    }

    public async Task LeadToAsync(InstanceFolder instance, string release, CancellationToken cancel) =>
        await AskExistingAsync(instance, new LeadOrder(release), cancel);

    public async Task StopBesideAsync(InstanceFolder instance, CancellationToken cancel) =>
        await AskExistingAsync(instance, new StopBesideOrder(), cancel);

    public async Task<int?> StopAsync(InstanceFolder instance, CancellationToken cancel)
    {
        LetGo(instance);
        return (await AskExistingAsync(instance, new StopOrder(), cancel))?.Status;
    }

    public async Task<ServiceStatus> StatusAsync(InstanceFolder instance, CancellationToken cancel) =>
        (await AskExistingAsync(instance, new StatusOrder(), cancel))?.Service ?? ServiceStatus.None;

    public async Task SetGateAsync(InstanceFolder instance, bool isOpen, CancellationToken cancel) =>
        await AskExistingAsync(instance, new GateOrder(isOpen), cancel);

    public async Task<VerbResult> RunAsync(VerbRun run, Action<int, ReadOnlyMemory<byte>> onOutput, CancellationToken cancel)
    {
        var container = Container(run, run.Verb, null);
        var order = new RunOrder(container, run.Verb[0], run.TimeLimit.TotalSeconds, run.IsBesideService, run.WantsResult);
        var reply = await AskAsync(run, order, cancel, onOutput: onOutput, hold: true);
        return new VerbResult(reply.Status ?? 1, reply.Result);
    }

    public async Task<int> ExecAsync(
        InstanceFolder instance, IReadOnlyList<string> argv, Action<int, ReadOnlyMemory<byte>> onOutput, CancellationToken cancel)
    {
        var reply = await AskExistingAsync(instance, new ExecOrder(argv), cancel, onOutput)
            ?? throw new ProblemException(new Problem("NUA5037", $"'{instance.Name}' is not running")
            {
                Remedy = $"nua start {instance.Name}",
            });
        return reply.Status ?? 1;
    }

    public async Task LogAsync(InstanceFolder instance, int? last, bool isFollowed, Action<LogLine> onLine, CancellationToken cancel)
    {
        var reader = new LogReader(instance.Log);
        if (isFollowed)
        {
            await reader.FollowAsync(last, onLine, cancel);
            return;
        }

        reader.Read(last).ToList().ForEach(onLine);
    }

    public async Task RemoveAsync(InstanceFolder instance, CancellationToken cancel)
    {
        LetGo(instance);
        await AskExistingAsync(instance, new ShutdownOrder(), cancel);
        // The order is answered before the process has ended; after it nothing may hold the ports or the data.
        while (await SupervisorProcess.FindAsync(instance, cancel) is { } connection)
        {
            connection.Dispose();
            await Task.Delay(5, cancel);
        }

        ControlGroups.Remove(instance);
    }

    private void LetGo(InstanceFolder instance)
    {
        if (_held.TryRemove(instance.Path, out var connection))
        {
            connection.Dispose();
        }
    }

    /// <summary>Sockets are opened only when the supervisor has none: they stay with it from one release to the next.</summary>
    private static async Task<bool> NeedsSocketsAsync(Service service, CancellationToken cancel)
    {
        if (service.Ports.Count == 0)
        {
            return false;
        }

        var reply = await AskExistingAsync(service.Instance, new StatusOrder(), cancel);
        return reply?.Ports is not { } open || !open.SequenceEqual(service.Ports.Select(PortName));
    }

    private static string PortName(PublishedPort port) => string.Create(CultureInfo.InvariantCulture, $"{port.Address}:{port.Host}");

    private static async Task<OrderReply?> AskExistingAsync(
        InstanceFolder instance, Order order, CancellationToken cancel, Action<int, ReadOnlyMemory<byte>>? onOutput = null)
    {
        // One that ends just now counts as none.
        using var connection = await SupervisorProcess.FindAsync(instance, cancel);
        return connection is null ? null : await connection.AskAsync(order, onOutput: onOutput, cancel: cancel);
    }

    private async Task<OrderReply> AskAsync(
        InstanceContainer wanted,
        Order order,
        CancellationToken cancel,
        PortSockets? sockets = null,
        Action<int, ReadOnlyMemory<byte>>? onOutput = null,
        bool limit = false,
        bool hold = false)
    {
        UnpackedImage.Ensure(wanted.Instance.StoreHome, wanted.Image.Layers);
        using var connection = await SupervisorProcess.FindOrStartAsync(wanted.Instance, !wanted.HasNetwork, cancel);
        if (hold && SupervisorConnection.TryOpen(wanted.Instance.Run) is { } second)
        {
            LetGo(wanted.Instance);
            _held[wanted.Instance.Path] = second;
        }

        if (limit && ControlGroups.Apply(wanted.Instance, wanted.Memory, wanted.Cpus) is { } refused)
        {
            Warn(refused);
        }

        return await connection.AskAsync(order, sockets?.Sockets, onOutput, cancel)
            ?? throw new ProblemException(new Problem("NUA5038", $"the supervisor of '{wanted.Instance.Name}' was ended during the work")
            {
                Remedy = "run the command again",
            });
    }

    private static LocalContainer Container(InstanceContainer wanted, IReadOnlyList<string> verb, int? port)
    {
        var config = wanted.Image.Config.Run;
        var env = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        };
        foreach (var pair in config.Env.Select(text => text.Split('=', 2)))
        {
            env[pair[0]] = pair.ElementAtOrDefault(1) ?? "";
        }

        foreach (var (name, value) in wanted.Env)
        {
            env[name] = value;
        }

        if (port is { } number)
        {
            env["PORT"] = number.ToString(CultureInfo.InvariantCulture);
        }

        var (uid, gid) = ImageUser.Of(wanted.Image);
        var home = wanted.Instance.StoreHome;
        return new LocalContainer(
            LayerChain.Folders(wanted.Image.Layers.Select(layer => layer.DiffId)),
            [.. config.Entrypoint ?? [], .. verb],
            env,
            string.IsNullOrEmpty(config.WorkingDir) ? "/" : config.WorkingDir,
            uid,
            gid,
            [.. wanted.Volumes.Select(volume => new ContainerMount("bind", Place(volume.Source, home), volume.Target, volume.IsReadOnly))],
            PrivateFiles(wanted),
            wanted.Instance.Name.ToString(),
            wanted.HasNetwork,
            wanted.IsWrapped);
    }

    /// <summary>Below the store through the store's own mount, for the folders above may be closed to the supervisor.</summary>
    private static string Place(string path, string home) =>
        path.StartsWith(home + "/", StringComparison.Ordinal) ? "store:" + path[(home.Length + 1)..] : path;

    private static Dictionary<string, byte[]> PrivateFiles(InstanceContainer wanted)
    {
        var files = wanted.Secrets.ToDictionary(secret => "secrets/" + secret.Key, secret => File.ReadAllBytes(secret.Value), StringComparer.Ordinal);
        foreach (var (name, folder) in wanted.Bindings)
        {
            foreach (var file in Directory.EnumerateFiles(folder))
            {
                files[$"bindings/{name}/{Path.GetFileName(file)}"] = File.ReadAllBytes(file);
            }
        }

        return files;
    }

    private static HealthPlan HealthOf(Service service, int? port)
    {
        var health = service.Contract.Document.TryGetProperty("runtime", out var runtime) && runtime.TryGetProperty("health", out var found) ? found : default;
        return new HealthPlan(
            port, Text(health, "http"), Text(health, "command") is not null,
            service.Contract.Health.Interval, service.Contract.Health.Timeout, service.Contract.Health.Retries);
    }

    private static string? Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    /// <summary>The port the application is told; null when its image declares none. On the host's network several applications cannot all have
    /// port 8080, in a network of the instance two releases cannot.</summary>
    private static async Task<int?> InnerPortAsync(Service service, CancellationToken cancel)
    {
        if (service.HasNetwork)
        {
            return FreePort();
        }

        var declared = service.Contract.Port;
        return declared is not null && service.IsBeside
            && (await AskExistingAsync(service.Instance, new StatusOrder(), cancel))?.InnerPort != Engines.Service.SecondPort
            ? Engines.Service.SecondPort
            : declared;
    }

    private static int FreePort()
    {
        using var probe = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        probe.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Any, 0));
        return ((System.Net.IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
