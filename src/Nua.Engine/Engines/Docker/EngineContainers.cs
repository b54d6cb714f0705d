using Docker.DotNet;
using Docker.DotNet.Models;
using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Engine.Engines.Docker;

/// <summary>Single containers of the engine: make, run, look at, remove. What is asked for and so already is a success.</summary>
internal sealed class EngineContainers(DockerClient client)
{
    /// <summary>Exit status of a verb whose time was over.</summary>
    private const int TimeOver = 124;

    private const uint KillAfterSeconds = 10;

    /// <summary>Null when there is none of this name.</summary>
    public async Task<EngineContainer?> FindAsync(string name, CancellationToken cancel)
    {
        try
        {
            return EngineContainer.From(await client.Containers.InspectContainerAsync(name, cancel));
        }
        catch (DockerApiException gone) when (IsGone(gone))
        {
            return null;
        }
    }

    /// <returns>The new container's id; it does not run yet.</returns>
    public async Task<string> CreateAsync(CreateContainerParameters plan, CancellationToken cancel) =>
        (await client.Containers.CreateContainerAsync(plan, cancel)).ID;

    public Task StartAsync(string id, CancellationToken cancel) => client.Containers.StartContainerAsync(id, new ContainerStartParameters(), cancel);

    public Task StopAsync(string id, uint seconds, CancellationToken cancel) =>
        client.Containers.StopContainerAsync(id, new ContainerStopParameters { WaitBeforeKillSeconds = seconds }, cancel);

    /// <exception cref="ProblemException">NUA5304: a container of that name that somebody else made.</exception>
    public async Task RemoveAsync(string name, CancellationToken cancel)
    {
        if (await FindAsync(name, cancel) is not { } found)
        {
            return;
        }

        if (!found.IsOurs)
        {
            throw new ProblemException(new Problem("NUA5304", $"the engine has a container '{Printable.Escape(name, 100)}' that nua did not make")
            {
                Remedy = "give the instance another name, or rename that container",
            });
        }

        try
        {
            await client.Containers.RemoveContainerAsync(found.Id, new ContainerRemoveParameters { Force = true }, cancel);
        }
        catch (DockerContainerNotFoundException)
        {
            // Somebody was faster.
        }
    }

    /// <summary>Everything that belongs to an instance, the gate last.</summary>
    public async Task<IReadOnlyList<string>> OfAsync(InstanceFolder instance, CancellationToken cancel)
    {
        var labels = new Dictionary<string, bool>(StringComparer.Ordinal)
        {
            [$"{ContainerNames.InstanceLabel}={instance.Name}"] = true,
            [$"{ContainerNames.HomeLabel}={instance.StoreHome}"] = true,
        };
        var query = new ContainersListParameters
        {
            All = true,
            Filters = new Dictionary<string, IDictionary<string, bool>>(StringComparer.Ordinal) { ["label"] = labels },
        };
        var found = await client.Containers.ListContainersAsync(query, cancel);
        return
        [
            .. found.OrderBy(container => container.Labels is { } own && own.TryGetValue(ContainerNames.RoleLabel, out var role) && role == "gate")
                .Select(container => container.ID),
        ];
    }

    /// <summary>Starts a container and follows it to its end; when the time is over it is asked to end, then killed.</summary>
    public async Task<int> RunToEndAsync(string id, TimeSpan limit, Action<int, ReadOnlyMemory<byte>> onOutput, CancellationToken cancel)
    {
        var attach = new ContainerAttachParameters { Stream = true, Stdout = true, Stderr = true };
        using var output = await client.Containers.AttachContainerAsync(id, attach, cancel);
        await StartAsync(id, cancel);
        var copying = CopyAsync(output, onOutput, cancel);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(limit);
        try
        {
            var end = await client.Containers.WaitContainerAsync(id, time.Token);
            await copying;
            return (int)end.StatusCode;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            await StopAsync(id, KillAfterSeconds, cancel);
            await copying;
            return TimeOver;
        }
    }

    /// <summary>Runs a command in a container that runs.</summary>
    public async Task<int> ExecAsync(string id, IReadOnlyList<string> argv, Action<int, ReadOnlyMemory<byte>> onOutput, CancellationToken cancel)
    {
        var create = new ContainerExecCreateParameters { AttachStdout = true, AttachStderr = true, Cmd = [.. argv] };
        var exec = await client.Exec.CreateContainerExecAsync(id, create, cancel);
        using (var output = await client.Exec.StartContainerExecAsync(exec.ID, new ContainerExecStartParameters(), cancel))
        {
            await CopyAsync(output, onOutput, cancel);
        }

        var end = await client.Exec.InspectContainerExecAsync(exec.ID, cancel);
        return (int)(end.ExitCode ?? 1);
    }

    /// <summary>There is no such container, or it is being removed: both engines say that with other statuses than 404.</summary>
    public static bool IsGone(DockerApiException failure) =>
        failure is DockerContainerNotFoundException
        || failure.ResponseBody?.Contains("no such container", StringComparison.Ordinal) == true
        || failure.ResponseBody?.Contains("marked for removal", StringComparison.Ordinal) == true;

    /// <summary>Everything on both streams, to the end.</summary>
    public static async Task CopyAsync(MultiplexedStream output, Action<int, ReadOnlyMemory<byte>> onOutput, CancellationToken cancel)
    {
        var buffer = new byte[16 << 10];
        while (await output.ReadOutputAsync(buffer, 0, buffer.Length, cancel) is { EOF: false } read)
        {
            onOutput(read.Target == MultiplexedStream.TargetStream.StandardError ? 2 : 1, buffer.AsMemory(0, read.Count));
        }
    }
}
