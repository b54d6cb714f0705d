using Docker.DotNet;
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

    /// <summary>Makes it, or leaves it alone when it is as it should be: clients must not notice that the application behind it is replaced.</summary>
    /// <exception cref="ProblemException">NUA5305: a port is taken.</exception>
    public static async Task EnsureAsync(DockerClient client, Service service, string agent, CancellationToken cancel)
    {
        var containers = new EngineContainers(client);
        var names = new ContainerNames(service.Instance);
        var folder = Path.GetDirectoryName(OpenFile(service.Instance))!;
        DurableFile.CreateDirectory(folder);
        var image = await GateImage.EnsureAsync(client, agent, cancel);
        var plan = ContainerPlan.Gate(service, image, folder);
        var found = await containers.FindAsync(names.Gate, cancel);
        if (found is not null && found.Command.SequenceEqual(plan.Cmd ?? []) && found.Ports.SequenceEqual(EngineContainer.PortsOf(plan.HostConfig)))
        {
            if (!found.IsRunning)
            {
                await StartAsync(containers, found.Id, service, cancel);
            }

            return;
        }

        // The application lives in the old gate's network.
        await containers.RemoveAsync(names.Service, cancel);
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
}
