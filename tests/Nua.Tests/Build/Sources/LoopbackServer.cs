using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Nua.Tests.Build.Sources;

/// <summary>A request as a test's handler sees it; names of headers are in lower case.</summary>
internal sealed record LoopbackRequest(string Path, IReadOnlyDictionary<string, string> Headers);

/// <summary>What to answer. <see cref="CutAfter"/> bytes of the body are sent, then the connection is closed.</summary>
internal sealed record LoopbackAnswer(int Status, byte[] Body)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
    public int? CutAfter { get; init; }
}

/// <summary>An HTTP/1.1 server on the loopback interface that can also misbehave. One answer per connection.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<LoopbackRequest, LoopbackAnswer> _handler;
    private readonly Task _loop;

    public LoopbackServer(Func<LoopbackRequest, LoopbackAnswer> handler)
    {
        _handler = handler;
        _listener.Start();
        _loop = ListenAsync();
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";

    public List<LoopbackRequest> Requests { get; } = [];

    public static LoopbackAnswer Ok(byte[] body, params (string Name, string Value)[] headers) =>
        new(200, body) { Headers = headers.ToDictionary(h => h.Name, h => h.Value) };

    public static LoopbackAnswer Status(int status) => new(status, []);

    public async ValueTask DisposeAsync()
    {
        if (_loop.IsCompleted)
        {
            return; // a test may take the server away early
        }

        await _end.CancelAsync();
        _listener.Stop();
        await _loop;
        _end.Dispose();
    }

    private async Task ListenAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_end.Token);
                await AnswerAsync(client.GetStream());
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // The client went away, or the test is over.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var path = (await reader.ReadLineAsync(_end.Token) ?? "").Split(' ').ElementAtOrDefault(1) ?? "";
        var headers = new Dictionary<string, string>();
        while (await reader.ReadLineAsync(_end.Token) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':');
            headers[line[..colon].ToLowerInvariant()] = line[(colon + 1)..].Trim();
        }

        var request = new LoopbackRequest(path, headers);
        lock (Requests)
        {
            Requests.Add(request);
        }

        var answer = _handler(request);
        var head = new StringBuilder($"HTTP/1.1 {answer.Status} Answer\r\nConnection: close\r\n");
        foreach (var (name, value) in answer.Headers)
        {
            head.Append($"{name}: {value}\r\n");
        }

        head.Append($"Content-Length: {(answer.Status == 304 ? 0 : answer.Body.Length)}\r\n\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.ToString()), _end.Token);
        if (answer.Status != 304)
        {
            await stream.WriteAsync(answer.Body.AsMemory(0, answer.CutAfter ?? answer.Body.Length), _end.Token);
        }
    }
}
