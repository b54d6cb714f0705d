using System.Runtime.InteropServices;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Judges;

/// <summary>Debian's docker-registry on loopback, in plain HTTP. It has no list of referrers of its own: clients keep it under a tag.</summary>
public sealed class DebianRegistry : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RunningProcess _server;

    private DebianRegistry()
    {
        Port = Web.FreePort();
        var settings = _folder.Write("config.yml", $$"""
            version: 0.1
            log: {level: error, accesslog: {disabled: true}}
            storage: {filesystem: {rootdirectory: {{_folder["data"]}}}}
            http: {addr: 127.0.0.1:{{Port}}}
            """);
        _server = new Shell("docker-registry").With("serve", settings).Start();
    }

    public int Port { get; }

    /// <summary><c>127.0.0.1:PORT</c>, as references write it.</summary>
    public string Host => $"127.0.0.1:{Port}";

    public static async Task<DebianRegistry> StartAsync()
    {
        var registry = new DebianRegistry();
        try
        {
            await Web.AskAsync(registry.Port, "/v2/", () => registry._server.HasEnded);
            return registry;
        }
        catch
        {
            await registry.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _server.Signal(PosixSignal.SIGTERM);
        try
        {
            await _server.EndAsync(TimeSpan.FromSeconds(30));
        }
        finally
        {
            _server.Dispose();
            _folder.Dispose();
        }
    }
}
