using System.Runtime.InteropServices;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Judges;

/// <summary>A private dockerd: own socket, roots and pid file, no bridge, no firewall rules.</summary>
public sealed class DockerEngine : IContainerEngine
{
    private readonly TemporaryFolder _folder = new();
    private readonly RunningProcess _daemon;
    private readonly Shell _docker;

    private DockerEngine()
    {
        var socket = Socket;
        _daemon = new Shell("dockerd").With(
            "--host", socket, "--data-root", _folder["root"], "--exec-root", _folder["exec"], "--pidfile", _folder["pid"],
            "--bridge", "none", "--iptables=false", "--ip6tables=false", "--default-ulimit", "nofile=1024:1024",
            "--storage-driver", "vfs").Start();
        _docker = new Shell("docker").With("--host", socket).Set("DOCKER_CONFIG", _folder["config"]);
    }

    /// <summary>As <c>DOCKER_HOST</c> names it.</summary>
    public string Socket => "unix://" + _folder["docker.sock"];

    /// <summary>Takes an image from a registry on this machine, to be run.</summary>
    public async Task PullAsync(string reference)
    {
        (await _docker.With("pull", "--quiet", reference).RunAsync()).Expect(0);
        (await _docker.With("tag", reference, "judged:1").RunAsync()).Expect(0);
    }

    public static async Task<DockerEngine> StartAsync()
    {
        var engine = new DockerEngine();
        for (var tries = 0; (await engine._docker.With("info").RunAsync()).Status != 0; tries++)
        {
            if (tries == 100 || engine._daemon.HasEnded)
            {
                var said = engine._daemon.Printed;
                await engine.DisposeAsync();
                Assert.Fail($"dockerd does not answer; it said:\n{said}");
            }

            await Task.Delay(200);
        }

        return engine;
    }

    public async Task LoadAsync(string layout, string tag)
    {
        // dockerd 20.10 takes no OCI layout.
        var archive = _folder["image.tar"];
        (await new Shell("skopeo").With("--insecure-policy", "copy", "--quiet", $"oci:{layout}:{tag}", $"docker-archive:{archive}:judged:1")
            .RunAsync()).Expect(0);
        (await _docker.With("load", "--input", archive).RunAsync()).Expect(0);
        File.Delete(archive);
    }

    /// <summary>What <c>nua save … docker-archive:</c> wrote.</summary>
    public async Task LoadArchiveAsync(string archive) => (await _docker.With("load", "--input", archive).RunAsync()).Expect(0);

    public Task<Outcome> RunAsync(ContainerRequest request) =>
        _docker.With("run", "--rm").With(request.CommonOptions()).With("judged:1").With(request.Arguments).RunAsync();

    public async Task StartAsync(string name, ContainerRequest request) =>
        (await _docker.With("run", "--detach", "--name", name).With(request.CommonOptions()).With("judged:1").With(request.Arguments)
            .RunAsync()).Expect(0);

    public Task<Outcome> ExecAsync(string name, params string[] command) => _docker.With("exec", name).With(command).RunAsync();

    public async Task<string> LogsAsync(string name)
    {
        var outcome = await _docker.With("logs", name).RunAsync();
        return outcome.Out + outcome.Error;
    }

    public async Task<int> StopAsync(string name)
    {
        (await _docker.With("stop", "--time", "30", name).RunAsync()).Expect(0);
        var status = (await _docker.With("inspect", "--format", "{{.State.ExitCode}}", name).RunAsync()).Expect(0);
        (await _docker.With("rm", "--force", name).RunAsync()).Expect(0);
        return int.Parse(status.Out.Trim());
    }

    public async ValueTask DisposeAsync()
    {
        // Asked to end, it also ends its containerd and containers; killed, it would leave them.
        _daemon.Signal(PosixSignal.SIGTERM);
        try
        {
            await _daemon.EndAsync(TimeSpan.FromSeconds(30));
        }
        finally
        {
            _daemon.Dispose();
            _folder.Dispose();
        }
    }
}
