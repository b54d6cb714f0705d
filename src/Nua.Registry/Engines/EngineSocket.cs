using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Archives;

namespace Nua.Registry.Engines;

/// <summary>The image store of a Docker Engine or Podman on this machine, through its API: images go in and out as docker archives.</summary>
public sealed class EngineSocket : IDisposable
{
    private const int MaxAnswer = 1 << 20;

    private readonly HttpMessageInvoker _http;

    /// <param name="path">Of the Unix socket.</param>
    public EngineSocket(string path)
    {
        Path = path;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        });
    }

    public string Path { get; }

    /// <summary>What <c>DOCKER_HOST</c> names, else the first that exists of the user's and the system's sockets of Docker and Podman.</summary>
    /// <exception cref="ProblemException">NUA3640: there is none on this machine.</exception>
    public static EngineSocket Find(Func<string, string?> environment)
    {
        const string prefix = "unix://";
        if (environment("DOCKER_HOST") is { Length: > 0 } host)
        {
            return host.StartsWith(prefix, StringComparison.Ordinal)
                ? new EngineSocket(host[prefix.Length..])
                : throw NoEngine($"DOCKER_HOST is '{Printable.Escape(host, 120)}', not unix://PATH");
        }

        List<string> usual = ["/var/run/docker.sock", "/run/podman/podman.sock"];
        if (environment("XDG_RUNTIME_DIR") is { Length: > 0 } run)
        {
            usual.InsertRange(0, [$"{run}/docker.sock", $"{run}/podman/podman.sock"]);
        }

        return usual.FirstOrDefault(File.Exists) is { } path
            ? new EngineSocket(path)
            : throw NoEngine($"there is neither {string.Join(" nor ", usual)}");
    }

    /// <summary>Gives the engine an image under a name. Nothing is written to the disk on the way.</summary>
    /// <returns>What the form cannot keep.</returns>
    /// <exception cref="ProblemException">NUA3640 no engine answers, NUA3641 it does not take the image.</exception>
    public async Task<IReadOnlyList<Problem>> LoadAsync(Image image, string name, CancellationToken cancellation)
    {
        var content = new ArchiveContent(image, name);
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://engine/images/load?quiet=1") { Content = content };
        request.Headers.TransferEncodingChunked = true;
        using var response = await SendAsync(request, cancellation);
        var answer = await ReadAsync(response, cancellation);
        return response.IsSuccessStatusCode && ErrorOf(answer) is null
            ? content.Notes
            : throw Refused($"loading {name}", response.StatusCode, ErrorOf(answer) ?? answer);
    }

    /// <summary>Writes an image of the engine to a file, in the form of <c>docker save</c>.</summary>
    /// <exception cref="ProblemException">NUA3640 no engine answers, NUA3641 it does not give the image, NUA3642 it does not know it.</exception>
    public async Task SaveAsync(string name, Stream file, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://engine/images/{Uri.EscapeDataString(name)}/get");
        using var response = await SendAsync(request, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            var answer = await ReadAsync(response, cancellation);
            throw response.StatusCode == HttpStatusCode.NotFound || answer.Contains("No such image", StringComparison.OrdinalIgnoreCase)
                ? Unknown(name)
                : Refused($"saving {name}", response.StatusCode, ErrorOf(answer) ?? answer);
        }

        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            await body.CopyToAsync(file, 256 << 10, cancellation);
        }
        catch (HttpIOException error)
        {
            throw Refused($"saving {name}", response.StatusCode, error.Message);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            return await _http.SendAsync(request, cancellation);
        }
        catch (HttpRequestException error)
        {
            throw NoEngine($"{Path}: {error.InnerException?.Message ?? error.Message}", error);
        }
    }

    private static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[MaxAnswer];
        var length = await body.ReadAtLeastAsync(buffer, MaxAnswer, throwOnEndOfStream: false, cancellation);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, length);
    }

    /// <summary>Engines answer 200 before they have looked: errors come as one of several JSON lines.</summary>
    private static string? ErrorOf(string answer)
    {
        foreach (var line in answer.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                using var json = JsonDocument.Parse(line);
                foreach (var name in new[] { "error", "message", "cause" })
                {
                    if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var text)
                        && text.ValueKind == JsonValueKind.String)
                    {
                        return text.GetString();
                    }
                }
            }
            catch (JsonException)
            {
                // Podman also answers in plain text.
            }
        }

        return null;
    }

    private static ProblemException NoEngine(string why, Exception? inner = null) => new(
        new Problem("NUA3640", "no Docker Engine or Podman answers on this machine")
        {
            Why = Printable.Escape(why, 300),
            Remedy = "start it ('systemctl start docker', or 'podman system service'), or set DOCKER_HOST=unix://PATH",
        }, inner)
    { ExitCode = RegistryExit.TryLater };

    private ProblemException Refused(string what, HttpStatusCode status, string why) => new(
        new Problem("NUA3641", $"the engine answers {(int)status}: {Printable.Escape(what, 200)}")
        {
            Where = Path,
            Why = Printable.Escape(why.Trim(), 300),
        });

    private ProblemException Unknown(string name) => new(
        new Problem("NUA3642", $"the engine has no image '{Printable.Escape(name, 200)}'")
        {
            Where = Path,
            Remedy = "see 'docker images' or 'podman images'",
        })
    { ExitCode = RegistryExit.NotFound };

    /// <summary>A docker archive that is made while it is sent.</summary>
    private sealed class ArchiveContent(Image image, string name) : HttpContent
    {
        public IReadOnlyList<Problem> Notes { get; private set; } = [];

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            Task.Run(() => Notes = DockerArchiveWriter.Write(image, [name], stream, cancellationToken), cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
