using System.Runtime.InteropServices;
using Nua.Acceptance.Judges;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Operating;

/// <summary>A private Docker Engine or Podman that listens on a socket of its own; nothing of the machine's is read or changed.</summary>
public sealed class ForeignEngine : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RunningProcess _daemon;

    private ForeignEngine(string kind) => _daemon = kind == "docker" ? Docker() : Podman();

    /// <summary>As <c>DOCKER_HOST</c> names it.</summary>
    public string Host => "unix://" + _folder["engine.sock"];

    /// <param name="kind"><c>docker</c> or <c>podman</c>.</param>
    public static async Task<ForeignEngine> StartAsync(string kind)
    {
        var engine = new ForeignEngine(kind);
        var ping = new Shell("curl").With("--silent", "--fail", "--unix-socket", engine._folder["engine.sock"], "http://engine/_ping");
        for (var tries = 0; (await ping.RunAsync()).Status != 0; tries++)
        {
            if (tries == 100 || engine._daemon.HasEnded)
            {
                var said = engine._daemon.Printed;
                await engine.DisposeAsync();
                Assert.Fail($"{kind} does not answer; it said:\n{said}");
            }

            await Task.Delay(200);
        }

        return engine;
    }

    public async ValueTask DisposeAsync()
    {
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

    private RunningProcess Docker() => new Shell("dockerd").With(
        "--host", Host, "--data-root", _folder["root"], "--exec-root", _folder["exec"], "--pidfile", _folder["pid"],
        "--iptables=false", "--ip6tables=false", "--default-ulimit", "nofile=1024:1024").Start();

    private RunningProcess Podman() =>
        new Shell("podman").WithPodmanIn(_folder, "overlay").With("system", "service", "--time", "0", Host).Start();
}
