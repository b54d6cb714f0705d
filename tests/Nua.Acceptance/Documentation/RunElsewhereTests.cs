using Nua.Acceptance.Judges;
using Nua.Acceptance.Operating;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Documentation;

/// <summary>An image runs elsewhere in the way that the guide says: with Docker, Compose, Podman, a Kubernetes manifest, containerd, and runc alone.</summary>
[Collection(Alone.Name)]
public sealed class RunElsewhereTests(ExampleImages images) : IAsyncLifetime
{
    private const string Page = "docs/guide/run-elsewhere.md";

    private readonly TemporaryFolder _folder = new();
    private RealRegistry _registry = null!;
    private ForeignEngine _docker = null!;
    private ContainerdEngine _containerd = null!;

    /// <summary>Each tool meets an engine of its own, that the environment names: nothing of the machine's is read or changed.</summary>
    private Shell Bash => new Shell("/bin/bash") { Limit = TimeSpan.FromMinutes(3) }.In(_folder["notes"])
        .Set("HOME", _folder["me"]).Set("NUA_HOME", images.Nua.Home).Set("NO_COLOR", "1")
        .Set("DOCKER_HOST", _docker.Host).Set("DOCKER_CONFIG", null)
        .WithPodmanIn(_folder, "overlay")
        .Set("CONTAINERD_ADDRESS", _containerd.Address)
        .Set("PATH", $"{Path.GetDirectoryName(Repository.Nua)}:{Environment.GetEnvironmentVariable("PATH")}");

    public async ValueTask InitializeAsync()
    {
        _registry = await RealRegistry.StartAsync();
        _docker = await ForeignEngine.StartAsync("docker");
        _containerd = await ContainerdEngine.StartAsync();
        _folder.Write("me/.config/containers/policy.json", """{"default":[{"type":"insecureAcceptAnything"}]}""");
    }

    [Fact]
    public async Task Guide_is_true()
    {
        await images.BuildAsync("notes");
        var here = new Dictionary<string, string> { ["18994"] = $"{Web.FreePort()}", ["registry.example"] = _registry.Host };
        var page = new ConsolePage(Page) { Here = here };
        _folder.Write("notes/compose.yaml", page.Block("yaml").Replace("18994", here["18994"], StringComparison.Ordinal));
        _folder.Write("notes/pod.yaml", page.Block("yml").Replace("18994", here["18994"], StringComparison.Ordinal));
        await page.HoldsAsync(Bash);
    }

    /// <summary>What a page that failed in the middle left running.</summary>
    public async ValueTask DisposeAsync()
    {
        await Bash.With("-c", """
            runc delete --force notes
            ctr task rm --force notes
            podman pod rm --all --force --time 0
            podman rm --all --force --time 0
            podman network prune --force
            """).RunAsync();
        await _containerd.DisposeAsync();
        await _docker.DisposeAsync();
        await _registry.DisposeAsync();
        _folder.Dispose();
    }
}
