using Nua.Acceptance.Running;

namespace Nua.Acceptance.Judges;

/// <summary>podman with runc, its own storage and settings: nothing of the machine's is read or changed.</summary>
public sealed class PodmanEngine : IContainerEngine
{
    private readonly TemporaryFolder _folder = new();
    private readonly Shell _podman;
    private string _image = "";

    public PodmanEngine()
    {
        _folder.Write("policy.json", """{"default":[{"type":"insecureAcceptAnything"}]}""");
        _podman = new Shell("podman").WithPodmanIn(_folder, "vfs");
    }

    public async Task LoadAsync(string layout, string tag)
    {
        var outcome = await PullAsync($"oci:{layout}:{tag}", shell => shell);
        _image = outcome.Expect(0).Out.Trim();
    }

    /// <summary>Stores and unpacks an image that podman may well refuse.</summary>
    public Task<Outcome> PullAsync(string place, Func<Shell, Shell> change) =>
        change(_podman.With("pull", "--signature-policy", _folder["policy.json"], place)).RunAsync();

    /// <summary>Takes an image from a registry without TLS, to be run.</summary>
    public async Task PullAsync(string reference)
    {
        var outcome = await _podman.With("pull", "--quiet", "--tls-verify=false", "--signature-policy", _folder["policy.json"], $"docker://{reference}").RunAsync();
        _image = outcome.Expect(0).Out.Trim();
    }

    public Task<Outcome> RunAsync(ContainerRequest request) =>
        _podman.With("run", "--rm").With(request.CommonOptions()).With(_image).With(request.Arguments).RunAsync();

    public async Task StartAsync(string name, ContainerRequest request) =>
        (await _podman.With("run", "--detach", "--name", name).With(request.CommonOptions()).With(_image).With(request.Arguments).RunAsync())
            .Expect(0);

    public Task<Outcome> ExecAsync(string name, params string[] command) => _podman.With("exec", name).With(command).RunAsync();

    public async Task<string> LogsAsync(string name)
    {
        var outcome = await _podman.With("logs", name).RunAsync();
        return outcome.Out + outcome.Error;
    }

    public async Task<int> StopAsync(string name)
    {
        (await _podman.With("stop", "--time", "30", name).RunAsync()).Expect(0);
        var status = (await _podman.With("inspect", "--format", "{{.State.ExitCode}}", name).RunAsync()).Expect(0);
        (await _podman.With("rm", "--force", name).RunAsync()).Expect(0);
        return int.Parse(status.Out.Trim());
    }

    public async ValueTask DisposeAsync()
    {
        await _podman.With("rm", "--all", "--force", "--time", "0").RunAsync();
        _folder.Dispose();
    }
}
