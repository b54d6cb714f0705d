using System.Net;
using System.Net.Sockets;
using System.Text;
using Nua.Engine.Engines.Local;

namespace Nua.Tests.Engine.Engines.Local;

public sealed class GateTests : IDisposable
{
    private readonly Gate _gate = new();
    private readonly TcpListener _application = new(IPAddress.Loopback, 0);
    private readonly int _port;

    public GateTests()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(16);
        _port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        _application.Start();
        _gate.Add(listener);
        _gate.LeadTo([((IPEndPoint)_application.LocalEndpoint).Port]);
        _ = AnswerAsync();
    }

    public void Dispose()
    {
        _gate.Close();
        _application.Dispose();
    }

    [Fact]
    public async Task Open_gate_leads_to_the_application()
    {
        _gate.IsOpen = true;
        Assert.StartsWith("hello GET /", await AskAsync("GET / HTTP/1.0\r\n\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("POST /notes HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")]
    public async Task Closed_gate_tells_HTTP_to_come_back(string request)
    {
        var answer = await AskAsync(request);
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nRetry-After: 5\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("</html>\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Head_gets_no_body() => Assert.EndsWith("\r\n\r\n", await AskAsync("HEAD / HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);

    [Theory]
    [InlineData("\u0016\u0003\u0001 hello")]
    [InlineData("EHLO me\r\n")]
    public async Task Closed_gate_says_nothing_to_other_protocols(string request) => Assert.Equal("", await AskAsync(request));

    [Fact]
    public async Task Connections_go_to_whichever_application_is_to_serve()
    {
        _gate.IsOpen = true;
        using var next = new TcpListener(IPAddress.Loopback, 0);
        next.Start();
        _gate.LeadTo([((IPEndPoint)next.LocalEndpoint).Port]);
        var asked = AskAsync("GET / HTTP/1.0\r\n\r\n");
        using (var inner = await next.AcceptSocketAsync(TestContext.Current.CancellationToken))
        {
            await inner.SendAsync("from the next one"u8.ToArray());
        }

        Assert.Equal("from the next one", await asked);
    }

    [Fact]
    public async Task Application_that_does_not_accept_is_a_closed_gate()
    {
        _gate.IsOpen = true;
        var place = _application.LocalEndpoint;
        _application.Stop();
        // Taken, so that nobody else's listener gets the port meanwhile.
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(place);
        Assert.StartsWith("HTTP/1.1 503 ", await AskAsync("GET / HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Sockets_can_be_handed_on_with_an_order()
    {
        var pair = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var path = Path.Combine(Path.GetTempPath(), $"nua-{Guid.NewGuid():n}"[..12]);
        pair.Bind(new UnixDomainSocketEndPoint(path));
        pair.Listen(1);
        using var sender = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        sender.Connect(new UnixDomainSocketEndPoint(path));
        using var receiver = pair.Accept();
        File.Delete(path);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);

        PassedSockets.Send(sender, [listener]);
        var received = Assert.Single(PassedSockets.Receive(receiver));
        Assert.Equal(listener.LocalEndPoint, received.LocalEndPoint);
        received.Dispose();

        PassedSockets.Send(sender, []);
        Assert.Empty(PassedSockets.Receive(receiver));
    }

    private async Task<string> AskAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                using var caller = await _application.AcceptTcpClientAsync();
                var buffer = new byte[4096];
                var count = await caller.GetStream().ReadAsync(buffer);
                await caller.GetStream().WriteAsync(Encoding.Latin1.GetBytes("hello " + Encoding.Latin1.GetString(buffer, 0, count)));
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException or IOException)
        {
        }
    }
}
