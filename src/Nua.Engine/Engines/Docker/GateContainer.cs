using Docker.DotNet;
using Docker.DotNet.Models;
using Nua.Engine.Instances;
using Nua.Foundation;
using Nua.Foundation.Durable;

namespace Nua.Engine.Engines.Docker;

/// <summary>
/// The container that holds an instance's published ports and its network, and lets connections through while a file exists. It
/// outlives the application's.
/// </summary>
internal static class GateContainer
{
    public static bool IsOpen(InstanceFolder instance) => File.Exists(OpenFile(instance));

    public static void Set(InstanceFolder instance, bool isOpen)
    {
        var file = OpenFile(instance);
        DurableFile.CreateDirectory(Path.GetDirectoryName(file)!);
        if (isOpen)
        {
            DurableFile.Replace(file, []);
        }
        else
        {
            File.Delete(file);
        }
    }

    /// <summary>Which container serves, and which one there may be beside it.</summary>
    public static (string Serving, string Beside) Slots(InstanceFolder instance)
    {
        var names = new ContainerNames(instance);
        return File.Exists(SecondFile(instance)) ? (names.Second, names.Service) : (names.Service, names.Second);
    }

    /// <summary>Connections made from now on go to the container of this name.</summary>
    public static void LeadTo(InstanceFolder instance, string name)
    {
        if (name == new ContainerNames(instance).Second)
        {
            DurableFile.Replace(SecondFile(instance), []);
        }
        else if (File.Exists(SecondFile(instance)))
        {
            File.Delete(SecondFile(instance));
        }
    }

    /// <summary>It runs and leads to whichever of two applications is to serve.</summary>
    /// <exception cref="ProblemException">NUA5307.</exception>
    public static async Task RequireAsync(DockerClient client, Service service, string agent, CancellationToken cancel)
    {
        var plan = await PlanAsync(client, service, agent, cancel);
        if (await new EngineContainers(client).FindAsync(new ContainerNames(service.Instance).Gate, cancel) is not { IsRunning: true } found || !IsAsPlanned(found, plan))
        {
            throw new ProblemException(new Problem("NUA5307", $"the gate of '{service.Instance.Name}' cannot lead to a second release")
            {
                Why = "it was made for other ports, or by another version of nua",
                Remedy = $"nua restart {service.Instance.Name} makes it anew; then run the command again",
            });
        }
    }

    /// <summary>Makes it, or leaves it alone when it is as it should be: clients must not notice that the application behind it is replaced.</summary>
    /// <exception cref="ProblemException">NUA5305: a port is taken.</exception>
    public static async Task EnsureAsync(DockerClient client, Service service, string agent, CancellationToken cancel)
    {
        var containers = new EngineContainers(client);
        var names = new ContainerNames(service.Instance);
        var plan = await PlanAsync(client, service, agent, cancel);
        var found = await containers.FindAsync(names.Gate, cancel);
        if (found is not null && IsAsPlanned(found, plan))
        {
            if (!found.IsRunning)
            {
                await StartAsync(containers, found.Id, service, cancel);
            }

            return;
        }

        // The application lives in the old gate's network.
        await containers.RemoveAsync(names.Service, cancel);
        await containers.RemoveAsync(names.Second, cancel);
        await containers.RemoveAsync(names.Gate, cancel);
        var id = await containers.CreateAsync(plan, cancel);
        try
        {
            await StartAsync(containers, id, service, cancel);
        }
        catch
        {
            await containers.RemoveAsync(id, CancellationToken.None);
            throw;
        }
    }

    private static async Task<CreateContainerParameters> PlanAsync(DockerClient client, Service service, string agent, CancellationToken cancel)
    {
        var folder = Path.GetDirectoryName(OpenFile(service.Instance))!;
        DurableFile.CreateDirectory(folder);
        return ContainerPlan.Gate(service, await GateImage.EnsureAsync(client, agent, cancel), folder);
    }

    private static bool IsAsPlanned(EngineContainer found, CreateContainerParameters plan) =>
        found.Command.SequenceEqual(plan.Cmd ?? []) && found.Ports.SequenceEqual(EngineContainer.PortsOf(plan.HostConfig));

    private static async Task StartAsync(EngineContainers containers, string id, Service service, CancellationToken cancel)
    {
        try
        {
            await containers.StartAsync(id, cancel);
        }
        catch (DockerApiException failure) when (IsPortTaken(failure))
        {
            throw new ProblemException(
                new Problem("NUA5305", $"a port cannot be published: {string.Join(", ", service.Ports.Select(port => $"{port.Address}:{port.Host}"))}")
                {
                    Why = "another program listens there",
                    Remedy = "publish another port with -p HOST:PORT",
                },
                failure);
        }
    }

    private static bool IsPortTaken(DockerApiException failure) =>
        failure.ResponseBody?.Contains("address already in use", StringComparison.Ordinal) == true
        || failure.ResponseBody?.Contains("port is already allocated", StringComparison.Ordinal) == true;

    private static string OpenFile(InstanceFolder instance) => $"{instance.Run}/gate/open";

    private static string SecondFile(InstanceFolder instance) => $"{instance.Run}/gate/second";
}
