using System.Globalization;
using Docker.DotNet.Models;
using Nua.Sandbox;

namespace Nua.Engine.Engines.Docker;

/// <summary>From what an operation wants to what the engine's API takes. Pure.</summary>
internal static class ContainerPlan
{
    /// <summary>Ports of the gate inside its network: above what applications use, below the ephemeral ones.</summary>
    private const int FirstGatePort = 31_000;

    private const string ResultTarget = "/run/nua-result";

    /// <summary>The application, in the gate's network when it has one.</summary>
    /// <param name="name">Of the container; the second one shares that network with the first and is told another port.</param>
    public static CreateContainerParameters Service(Service service, string name, string image, string secrets)
    {
        var names = new ContainerNames(service.Instance);
        var labels = names.Labels("service");
        labels[ContainerNames.GenerationLabel] = Text(service.Generation);
        labels[ContainerNames.ReleaseLabel] = service.Image.Digest.ToString();
        labels[ContainerNames.ReadyLabel] = Text(service.Contract.ReadyTimeout);
        labels[ContainerNames.StopLabel] = Text(service.Contract.StopTimeout);
        var host = Host(service, secrets);
        host.NetworkMode = service.Ports.Count > 0 ? "container:" + names.Gate : names.Network;
        host.RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.UnlessStopped };
        host.LogConfig = new LogConfig
        {
            Type = "json-file",
            Config = new Dictionary<string, string>(StringComparer.Ordinal) { ["max-size"] = "10m", ["max-file"] = "5" },
        };
        var env = Env(service);
        if (name == names.Second && service.Contract.Port is not null)
        {
            env.RemoveAll(variable => variable.StartsWith("PORT=", StringComparison.Ordinal));
            env.Add($"PORT={Text(Engines.Service.SecondPort)}");
        }

        return Container(service, name, image, ["start"], labels, env, host);
    }

    /// <param name="serving">Name of the application's container.</param>
    public static CreateContainerParameters Verb(VerbRun run, string serving, string image, string secrets, string? resultFolder)
    {
        var names = new ContainerNames(run.Instance);
        var host = Host(run, secrets);
        host.NetworkMode = run.HasNetwork ? names.Network : "none";
        if (run.IsBesideService)
        {
            (host.NetworkMode, host.PidMode) = ("container:" + serving, "container:" + serving);
        }

        var env = Env(run);
        env.Add($"NUA_TIMEOUT={Text((int)run.TimeLimit.TotalSeconds)}");
        if (resultFolder is not null)
        {
            env.Add($"NUA_RESULT={ResultTarget}/result.json");
            host.Binds = [.. host.Binds ?? [], $"{resultFolder}:{ResultTarget}"];
        }

        return Container(run, names.Verb(run.Verb[0]), image, run.Verb, names.Labels("verb"), env, host);
    }

    /// <summary>The gate: the agent alone, which owns the published ports and the network the application lives in.</summary>
    public static CreateContainerParameters Gate(Service service, string image, string openFolder)
    {
        var names = new ContainerNames(service.Instance);
        var ports = service.Ports.Select((port, i) => (Host: port, Gate: FirstGatePort + i, Target: port.Container ?? service.Contract.Port ?? 8080)).ToList();
        return new CreateContainerParameters
        {
            Name = names.Gate,
            Image = image,
            Hostname = service.Instance.Name.ToString(),
            User = "65534:65534",
            Cmd = [GateImage.Program, "gate", "/run/gate/open", .. ports.Select(port => $"{port.Gate}:{port.Target}:{Engines.Service.SecondPort}")],
            Labels = names.Labels("gate"),
            ExposedPorts = ports.ToDictionary(port => $"{port.Gate}/tcp", _ => default(EmptyStruct)),
            HostConfig = new HostConfig
            {
                NetworkMode = names.Network,
                ReadonlyRootfs = true,
                CapDrop = ["ALL"],
                SecurityOpt = ["no-new-privileges"],
                Binds = [$"{openFolder}:/run/gate:ro"],
                RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.UnlessStopped },
                PortBindings = ports.ToDictionary(
                    port => $"{port.Gate}/tcp",
                    IList<PortBinding> (port) => [new PortBinding { HostIP = port.Host.Address.ToString(), HostPort = Text(port.Host.Host) }]),
            },
        };
    }

    private static CreateContainerParameters Container(
        InstanceContainer of, string name, string image, IReadOnlyList<string> arguments, IDictionary<string, string> labels, List<string> env, HostConfig host) =>
        new()
        {
            Name = name,
            Image = image,
            Cmd = [.. arguments],
            Env = env,
            Labels = labels,
            StopTimeout = TimeSpan.FromSeconds(of.Contract.StopTimeout),
            HostConfig = host,
        };

    /// <summary>What every container of an application gets: a root that cannot be written, no capability, no way to more privilege. A wrapped image
    /// writes where it always wrote, and begins with as much as it needs to become another user.</summary>
    private static HostConfig Host(InstanceContainer container, string secrets) => new()
    {
        ReadonlyRootfs = !container.IsWrapped,
        CapDrop = ["ALL"],
        CapAdd = container.IsWrapped ? [.. CapabilitySets.Wrapped] : [],
        SecurityOpt = ["no-new-privileges"],
        Binds =
        [
            $"{secrets}:/run/secrets:ro",
            .. container.Bindings.Select(binding => $"{binding.Value}:/bindings/{binding.Key}:ro"),
            .. container.Volumes.Select(volume => $"{volume.Source}:{volume.Target}{(volume.IsReadOnly ? ":ro" : "")}"),
        ],
        Tmpfs = container.IsWrapped ? null : new Dictionary<string, string>(StringComparer.Ordinal) { ["/tmp"] = "mode=1777", ["/run"] = "mode=1777" },
        Memory = container.Memory ?? 0,
        NanoCPUs = (long)((container.Cpus ?? 0) * 1e9),
        PidsLimit = 4096,
    };

    private static List<string> Env(InstanceContainer container) => [.. container.Env.Select(pair => $"{pair.Key}={pair.Value}")];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
