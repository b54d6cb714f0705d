using System.Runtime.InteropServices;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Judges;

/// <summary>A private containerd, driven by <c>ctr</c>.</summary>
public sealed class ContainerdEngine : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RunningProcess _daemon;
    private readonly Shell _ctr;

    private ContainerdEngine()
    {
        var socket = Address;
        var settings = _folder.Write("config.toml", $"""
            version = 2
            root = "{_folder["root"]}"
            state = "{_folder["state"]}"
            disabled_plugins = ["io.containerd.grpc.v1.cri"]
            [grpc]
              address = "{socket}"
            [ttrpc]
              address = "{socket}.ttrpc"
            """);
        _daemon = new Shell("containerd").With("--config", settings).Start();
        _ctr = new Shell("ctr").With("--address", socket);
    }

    /// <summary>As <c>CONTAINERD_ADDRESS</c> names it.</summary>
    public string Address => _folder["containerd.sock"];

    public static async Task<ContainerdEngine> StartAsync()
    {
        var engine = new ContainerdEngine();
        for (var tries = 0; (await engine._ctr.With("version").RunAsync()).Status != 0; tries++)
        {
            if (tries == 100 || engine._daemon.HasEnded)
            {
                var said = engine._daemon.Printed;
                await engine.DisposeAsync();
                Assert.Fail($"containerd does not answer; it said:\n{said}");
            }

            await Task.Delay(200);
        }

        return engine;
    }

    /// <summary>Stores and unpacks an image that containerd may well refuse. When it found no image at all, the status is 1.</summary>
    public async Task<Outcome> ImportAsync(string archive, Func<Shell, Shell> change)
    {
        var outcome = await change(_ctr.With("images", "import", archive)).RunAsync();
        var images = (await _ctr.With("images", "ls", "-q").RunAsync()).Expect(0).Out;
        return outcome.Status == 0 && images.Length == 0 ? outcome with { Status = 1 } : outcome;
    }

    /// <summary>Imports an OCI archive, checks that all of it is there, and gives the manifest digest that containerd computed.</summary>
    public async Task<string> LoadAsync(string archive)
    {
        (await _ctr.With("images", "import", "--base-name", "judged", archive).RunAsync()).Expect(0);
        var check = (await _ctr.With("images", "check").RunAsync()).Expect(0);
        Assert.Contains("complete", check.Out, StringComparison.Ordinal);
        return check.Out.Split('\n')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[2];
    }

    /// <summary>Runs the imported image to its end.</summary>
    public Task<Outcome> RunAsync(string tag, params IReadOnlyList<string> command) =>
        _ctr.With("run", "--rm", "--runc-binary", "/usr/sbin/runc", "--read-only", "--net-host", $"judged:{tag}", "judged").With(command).RunAsync();

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
}
