using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Nua.Engine.Engines;
using Nua.Engine.Engines.Docker;
using Nua.Engine.Instances;
using Nua.Testing;

namespace Nua.Tests.Engine.Engines.Docker;

/// <summary>Against an engine that says one thing and, a moment later, another.</summary>
public sealed class DockerEngineTests : IDisposable
{
    private const string Running = """{"Id":"c","State":{"Running":true,"StartedAt":"2026-01-01T00:00:00Z"},"Config":{"Labels":{"io.nua.instance":"notes"}}}""";
    private const string Ended = """{"Id":"c","State":{"Running":false,"ExitCode":3},"Config":{"Labels":{"io.nua.instance":"notes"}}}""";

    private readonly TempDirectory _folder = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Application_that_ends_while_it_is_asked_has_stopped()
    {
        var inspections = 0;
        var status = await StatusAsync(path => path.EndsWith("/exec", StringComparison.Ordinal)
            ? (409, """{"message":"container c is not running"}""")
            : (200, inspections++ == 0 ? Running : Ended));
        Assert.Equal((ServiceState.Stopped, 3, 2), (status.State, status.LastExit, inspections));
    }

    [Fact]
    public async Task Health_check_that_the_engine_cannot_run_is_no_answer()
    {
        var status = await StatusAsync(path => path.EndsWith("/exec", StringComparison.Ordinal)
            ? (500, """{"message":"no more processes"}""")
            : (200, Running));
        Assert.Equal(ServiceState.Unhealthy, status.State);
        Assert.Contains("no more processes", status.Health, StringComparison.Ordinal);
    }

    /// <summary>The application runs and is well, but nothing leads to it: somebody removed or stopped the container that has its ports.</summary>
    [Theory]
    [InlineData(404, """{"message":"No such container: g"}""")]
    [InlineData(200, """{"Id":"g","State":{"Running":false},"Config":{"Labels":{"io.nua.instance":"notes"}}}""")]
    [InlineData(200, """{"Id":"g","Created":"2025-12-31T00:00:00Z","State":{"Running":true,"StartedAt":"2026-01-01T00:00:01Z"},"Config":{"Labels":{"io.nua.instance":"notes"}}}""")]
    public async Task Application_whose_gate_is_gone_is_not_ready(int found, string gate)
    {
        var status = await StatusAsync(path => path switch
        {
            _ when path.EndsWith("/containers/g/json", StringComparison.Ordinal) => (found, gate),
            _ when path.EndsWith("/containers/c/exec", StringComparison.Ordinal) => (500, """{"message":"is not asked"}"""),
            _ => (200, Running.Replace("\"Config\"", "\"HostConfig\":{\"NetworkMode\":\"container:g\"},\"Config\"", StringComparison.Ordinal)),
        });
        Assert.Equal((ServiceState.Unhealthy, true, true), (status.State, status.IsRunning, status.IsCutOff));
        Assert.Contains("gate", status.Health, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("started before the application, once", "00:00", "00:01", true)]
    [InlineData("started again before the application", "00:00", "04:00", true)]
    [InlineData("started again after the application joined it", "00:00", "06:00", false)]
    [InlineData("started once, before the clock was set back", "09:00", "09:00", true)]
    public void Gate_that_was_started_again_has_another_network(string what, string created, string started, bool expected)
    {
        var day = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var service = new EngineContainer("c", true, false, 0, 0) { Started = day.AddHours(5) };
        var gate = new EngineContainer("g", true, false, 0, 0)
        {
            Created = day + TimeSpan.Parse(created, CultureInfo.InvariantCulture),
            Started = day + TimeSpan.Parse(started, CultureInfo.InvariantCulture),
        };
        Assert.True(gate.HasNetworkOf(service) == expected, what);
    }

    /// <summary>Whoever asked the engine to stop it was killed.</summary>
    [Fact]
    public async Task Container_that_is_being_stopped_is_no_running_application()
    {
        StopMark.Set(new InstanceFolder(_folder.Path, InstanceName.Parse("notes")), "c");
        var status = await StatusAsync(path => path.EndsWith("/exec", StringComparison.Ordinal) ? (200, """{"Id":"e"}""") : (200, Running));
        Assert.Equal((ServiceState.Stopped, false), (status.State, status.IsRunning));
    }

    [Fact]
    public void Mark_that_cannot_be_written_keeps_nothing_from_being_stopped()
    {
        var instance = new InstanceFolder(_folder.Path, InstanceName.Parse("notes"));
        // A file where a folder should be: no disk has to be full for it.
        Directory.CreateDirectory(instance.Path);
        File.WriteAllText(instance.Run, "");
        StopMark.Set(instance, "c");
        StopMark.Clear(instance);
        Assert.Equal("", File.ReadAllText(instance.Run));
    }

    private async Task<ServiceStatus> StatusAsync(Func<string, (int Status, string Body)> answer)
    {
        var path = _folder.Path + "/engine.sock";
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(16);
        _ = ServeAsync(answer);
        using var engine = new DockerEngine(new DockerSocket(path, IsRootless: false), "/nowhere", TimeProvider.System);
        return await engine.StatusAsync(new InstanceFolder(_folder.Path, InstanceName.Parse("notes")), TestContext.Current.CancellationToken);
    }

    /// <summary>One request a connection.</summary>
    private async Task ServeAsync(Func<string, (int Status, string Body)> answer)
    {
        while (!_end.IsCancellationRequested)
        {
            using var connection = await _listener.AcceptAsync(_end.Token);
            var request = await ReceiveAsync(connection);
            var target = request.Split(' ')[1].Split('?')[0];
            var (status, body) = target.EndsWith("/version", StringComparison.Ordinal) ? (200, """{"ApiVersion":"1.41"}""")
                : target.EndsWith("-2/json", StringComparison.Ordinal) ? (404, """{"message":"no such container"}""")
                : answer(target);
            await connection.SendAsync(Encoding.UTF8.GetBytes(
                $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"), _end.Token);
        }
    }

    /// <summary>With its body: who is still sending one when the connection is closed sees no answer.</summary>
    private async Task<string> ReceiveAsync(Socket connection)
    {
        var request = "";
        var buffer = new byte[4096];
        while (!IsWhole(request) && await connection.ReceiveAsync(buffer, _end.Token) is > 0 and var read)
        {
            request += Encoding.ASCII.GetString(buffer, 0, read);
        }

        return request;
    }

    private static bool IsWhole(string request)
    {
        var parts = request.Split("\r\n\r\n", 2);
        return parts.Length == 2 && (parts[0].Contains("chunked", StringComparison.OrdinalIgnoreCase)
            ? parts[1].EndsWith("0\r\n\r\n", StringComparison.Ordinal)
            : Regex.Match(parts[0], "content-length: *([0-9]+)", RegexOptions.IgnoreCase) is not { Success: true } length || parts[1].Length >= int.Parse(length.Groups[1].Value));
    }
}
