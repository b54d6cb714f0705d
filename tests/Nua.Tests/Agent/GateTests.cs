using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Nua.Testing;

namespace Nua.Tests.Agent;

public sealed class GateTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly int _listen = FreePort();
    private readonly int _target = FreePort();
    private readonly int _second = FreePort();
    private readonly Process _gate;

    public GateTests()
    {
        _gate = Process.Start(AgentBinary.Path, ["gate", OpenFile, $"{_listen}:{_target}:{_second}"])!;
        // Answered, not only accepted: a connection still in the kernel's queue would reach the application of the test.
        for (var i = 0; i < 200 && !Answers(); i++)
        {
            Thread.Sleep(10);
        }
    }

    private string OpenFile => _folder["open"];

    public void Dispose()
    {
        _gate.Kill();
        _gate.WaitForExit();
        _folder.Dispose();
    }

    [Fact]
    public void Closed_gate_answers_http_with_a_page_that_says_to_come_back()
    {
        var answer = Ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nRetry-After: 5\r\n", answer, StringComparison.Ordinal);
        var parts = answer.Split("\r\n\r\n");
        Assert.Contains($"\r\nContent-Length: {parts[1].Length}\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Closed_gate_closes_on_what_is_not_http() => Assert.Equal("", Ask("\u0016\u0003\u0001 hello"));

    [Fact]
    public void Open_gate_without_an_application_answers_as_if_closed()
    {
        File.WriteAllText(OpenFile, "");
        Assert.StartsWith("HTTP/1.1 503 ", Ask("POST /x HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_gate_passes_bytes_and_ends_both_ways()
    {
        File.WriteAllText(OpenFile, "");
        using var application = Listen(_target);
        using var client = Connect(_listen);
        using var inner = await application.AcceptSocketAsync(TestContext.Current.CancellationToken);
        client.Send("question"u8);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("question", ReadAll(inner));
        inner.Send("answer"u8);
        inner.Close();
        Assert.Equal("answer", ReadAll(client));
    }

    [Fact]
    public async Task Connections_go_to_the_second_application_while_that_is_asked_for()
    {
        File.WriteAllText(OpenFile, "");
        using var first = Listen(_target);
        using var second = Listen(_second);
        using var before = Connect(_listen);
        using var innerBefore = await first.AcceptSocketAsync(TestContext.Current.CancellationToken);
        File.WriteAllText(_folder["second"], "");
        using (Connect(_listen))
        {
            using var inner = await second.AcceptSocketAsync(TestContext.Current.CancellationToken);
        }

        // Who is connected stays connected.
        before.Send("still"u8);
        before.Shutdown(SocketShutdown.Send);
        Assert.Equal("still", ReadAll(innerBefore));
        File.Delete(_folder["second"]);
        using var again = Connect(_listen);
        using var innerAgain = await first.AcceptSocketAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Slow_reader_slows_the_sender_and_loses_nothing()
    {
        File.WriteAllText(OpenFile, "");
        using var application = Listen(_target);
        using var client = Connect(_listen);
        using var inner = await application.AcceptSocketAsync(TestContext.Current.CancellationToken);
        var sent = new byte[32 << 20];
        new Random(1).NextBytes(sent);
        var sending = Task.Run(() => { inner.Send(sent); inner.Close(); }, TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(sending.IsCompleted);
        Assert.InRange(ResidentKilobytes(), 1, 8 << 10);
        var received = new MemoryStream();
        using (var stream = new NetworkStream(client))
        {
            await stream.CopyToAsync(received, TestContext.Current.CancellationToken);
        }

        await sending;
        Assert.Equal(sent, received.ToArray());
    }

    [Fact]
    public async Task Closing_lets_open_connections_go_on_and_stops_new_ones()
    {
        File.WriteAllText(OpenFile, "");
        using var application = Listen(_target);
        using var client = Connect(_listen);
        using var inner = await application.AcceptSocketAsync(TestContext.Current.CancellationToken);
        File.Delete(OpenFile);
        Assert.StartsWith("HTTP/1.1 503 ", Ask("GET / HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        client.Send("still"u8);
        var buffer = new byte[5];
        Assert.Equal(5, inner.Receive(buffer));
    }

    [Fact]
    public void Signal_ends_it_well()
    {
        using var kill = Process.Start("kill", ["-TERM", _gate.Id.ToString()]);
        Assert.True(_gate.WaitForExit(2000));
        Assert.Equal(0, _gate.ExitCode);
    }

    private long ResidentKilobytes() => long.Parse(
        File.ReadLines($"/proc/{_gate.Id}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);

    private string Ask(string request)
    {
        using var client = Connect(_listen);
        client.Send(Encoding.Latin1.GetBytes(request));
        return ReadAll(client);
    }

    private static string ReadAll(Socket socket)
    {
        var all = new MemoryStream();
        var buffer = new byte[4096];
        int count;
        while ((count = socket.Receive(buffer)) > 0)
        {
            all.Write(buffer, 0, count);
        }

        return Encoding.Latin1.GetString(all.ToArray());
    }

    private bool Answers()
    {
        try
        {
            return Ask("GET / HTTP/1.1\r\n\r\n").Length > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static Socket Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }

    private static TcpListener Listen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        return listener;
    }

    private static int FreePort()
    {
        using var listener = Listen(0);
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
