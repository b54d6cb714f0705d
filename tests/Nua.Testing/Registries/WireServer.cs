using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Nua.Testing.Registries;

/// <summary>A server that speaks just enough HTTP/1.1, byte by byte, to be able to break it anywhere.</summary>
public abstract class WireServer : IDisposable
{
    private readonly TcpListener _listener;
    private readonly X509Certificate2? _certificate;
    private readonly CancellationTokenSource _end = new();

    /// <param name="address">A loopback address; each is another host.</param>
    protected WireServer(string address, X509Certificate2? certificate)
    {
        _certificate = certificate;
        _listener = new TcpListener(IPAddress.Parse(address), 0);
        _listener.Start();
        Host = $"{address}:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _ = Task.Run(AcceptAsync);
    }

    /// <summary><c>ADDRESS:PORT</c>.</summary>
    public string Host { get; }

    public string Url => (_certificate is null ? "http://" : "https://") + Host;

    /// <summary>Everything that was asked, in its order.</summary>
    public ConcurrentQueue<TestRequest> Requests { get; } = [];

    /// <summary>Bytes of a request's body after which the connection is cut; null for none.</summary>
    public Func<TestRequest, int?> CutsBodyAfter { get; set; } = _ => null;

    public void Dispose()
    {
        _end.Cancel();
        _listener.Stop();
        GC.SuppressFinalize(this);
    }

    protected abstract TestAnswer Answer(TestRequest request);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_end.Token);
                _ = Task.Run(() => ServeAsync(socket));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        try
        {
            await using Stream plain = new NetworkStream(socket, ownsSocket: true);
            Stream stream = plain;
            if (_certificate is not null)
            {
                var tls = new SslStream(plain);
                await tls.AuthenticateAsServerAsync(_certificate);
                stream = tls;
            }

            var reader = new WireReader(stream);
            while (await reader.HeadAsync(_end.Token) is { } head)
            {
                if (head["expect"] is not null)
                {
                    await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), _end.Token);
                }

                var request = await reader.BodyAsync(head, CutsBodyAfter(head), _end.Token);
                Requests.Enqueue(request);
                var answer = Answer(request);
                if (request.IsCut || !await SendAsync(stream, socket, request, answer))
                {
                    socket.LingerState = new LingerOption(answer.IsReset, 0);
                    return;
                }
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or SocketException or ObjectDisposedException
            or System.Security.Authentication.AuthenticationException or FormatException)
        {
            // The client left, or we did.
        }
    }

    /// <returns>Whether the connection can go on.</returns>
    private async Task<bool> SendAsync(Stream stream, Socket socket, TestRequest request, TestAnswer answer)
    {
        if (answer.Raw is { } raw)
        {
            await stream.WriteAsync(raw, _end.Token);
            return false;
        }

        await stream.WriteAsync(Encoding.Latin1.GetBytes(Head(answer)), _end.Token);
        if (answer.Hangs)
        {
            await Task.Delay(TimeSpan.FromMinutes(5), _end.Token);
        }

        if (request.Method == "HEAD" || answer.Status is 204 or 304)
        {
            return true;
        }

        var body = answer.CutAfter is { } limit && limit < answer.Body.Length ? answer.Body.AsMemory(0, limit) : answer.Body;
        await SendBodyAsync(stream, answer, body);
        socket.LingerState = new LingerOption(answer.IsReset, 0);
        return answer.CutAfter is null && !answer.EndsWithConnection && answer.StatedLength is null;
    }

    private async Task SendBodyAsync(Stream stream, TestAnswer answer, ReadOnlyMemory<byte> body)
    {
        if (answer.Drip > TimeSpan.Zero)
        {
            foreach (var value in body.ToArray())
            {
                await Task.Delay(answer.Drip, _end.Token);
                await stream.WriteAsync(new[] { value }, _end.Token);
            }

            return;
        }

        var isWhole = body.Length == answer.Body.Length;
        if (answer.IsChunked)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{answer.Body.Length:x}\r\n"), _end.Token);
            await stream.WriteAsync(body, _end.Token);
            await stream.WriteAsync(isWhole ? "\r\n0\r\n\r\n"u8.ToArray() : [], _end.Token);
            return;
        }

        await stream.WriteAsync(body, _end.Token);
        while (answer.IsEndless)
        {
            await stream.WriteAsync(new byte[64 << 10], _end.Token);
        }
    }

    private static string Head(TestAnswer answer)
    {
        var head = new StringBuilder($"HTTP/1.1 {answer.Status} Because\r\n");
        foreach (var (name, value) in answer.Headers)
        {
            head.Append($"{name}: {value}\r\n");
        }

        if (answer.IsChunked)
        {
            head.Append("Transfer-Encoding: chunked\r\n");
        }
        else if (answer is { EndsWithConnection: false, IsEndless: false } && answer.Status != 204
            && !answer.Headers.Any(header => header.Name == "Content-Length"))
        {
            head.Append($"Content-Length: {answer.StatedLength ?? answer.Body.Length}\r\n");
        }
        else if (answer.Status != 204 && !answer.Headers.Any(header => header.Name == "Content-Length"))
        {
            head.Append("Connection: close\r\n");
        }

        return head.Append("\r\n").ToString();
    }
}
