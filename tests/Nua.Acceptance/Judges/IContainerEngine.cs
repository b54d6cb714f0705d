using Nua.Acceptance.Running;

namespace Nua.Acceptance.Judges;

/// <summary>Somebody else's engine, with a store of its own that ends with it.</summary>
public interface IContainerEngine : IAsyncDisposable
{
    /// <summary>Takes the image in.</summary>
    Task LoadAsync(string layout, string tag);

    /// <summary>Runs the loaded image to its end.</summary>
    Task<Outcome> RunAsync(ContainerRequest request);

    /// <summary>Starts the loaded image in the background, named <paramref name="name"/>.</summary>
    Task StartAsync(string name, ContainerRequest request);

    /// <summary>Runs a command in a container that runs.</summary>
    Task<Outcome> ExecAsync(string name, params string[] command);

    Task<string> LogsAsync(string name);

    /// <summary>SIGTERM, SIGKILL after 30 s; gives the container's exit status and removes it.</summary>
    Task<int> StopAsync(string name);
}
