using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using Nua.Acceptance.Running;
using Nua.Testing.Registries;

namespace Nua.Acceptance.Judges;

/// <summary>Debian's docker-registry, on a port of its own, with or without TLS and a password file.</summary>
public sealed class RealRegistry : IAsyncDisposable
{
    public const string User = "ada";
    public const string Password = "correct horse";

    private readonly TemporaryFolder _folder = new();
    private readonly RunningProcess _process;

    private RealRegistry(bool hasTls, bool hasPassword)
    {
        Host = $"127.0.0.1:{FreePort()}";
        List<string> settings =
        [
            "version: 0.1",
            "log: {level: error}",
            $"storage: {{filesystem: {{rootdirectory: {_folder["data"]}}}, delete: {{enabled: true}}}}",
            "http:",
            $"  addr: {Host}",
        ];
        if (hasTls)
        {
            WriteCertificate();
            settings.Add($"  tls: {{certificate: {_folder["server.crt"]}, key: {_folder["server.key"]}}}");
        }

        if (hasPassword)
        {
            var hash = new Shell("htpasswd").With("-nbB", User, Password).RunAsync().GetAwaiter().GetResult().Expect(0).Out;
            settings.Add($"auth: {{htpasswd: {{realm: test, path: {_folder.Write("htpasswd", hash.Trim() + "\n")}}}}}");
        }

        var file = _folder.Write("config.yml", string.Join('\n', settings) + "\n");
        _process = new Shell("docker-registry").With("serve", file).Start();
    }

    public string Host { get; }

    /// <summary>PEM of who signed its certificate; null without TLS.</summary>
    public string? Authority { get; private set; }

    public static async Task<RealRegistry> StartAsync(bool hasTls = false, bool hasPassword = false)
    {
        var registry = new RealRegistry(hasTls, hasPassword);
        for (var tries = 0; !await registry.AnswersAsync(); tries++)
        {
            if (tries == 100 || registry._process.HasEnded)
            {
                var said = registry._process.Printed;
                await registry.DisposeAsync();
                Assert.Fail($"docker-registry does not answer; it said:\n{said}");
            }

            await Task.Delay(100);
        }

        return registry;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Signal(PosixSignal.SIGTERM);
        try
        {
            await _process.EndAsync(TimeSpan.FromSeconds(15));
        }
        finally
        {
            _process.Dispose();
            _folder.Dispose();
        }
    }

    private void WriteCertificate()
    {
        using var certificates = new TestCertificates();
        using var certificate = certificates.For("127.0.0.1");
        using var key = certificate.GetECDsaPrivateKey()!;
        Authority = certificates.Pem;
        _folder.Write("server.crt", certificate.ExportCertificatePem());
        _folder.Write("server.key", key.ExportPkcs8PrivateKeyPem());
    }

    private async Task<bool> AnswersAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPEndPoint.Parse(Host));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
