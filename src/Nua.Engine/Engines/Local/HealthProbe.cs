using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Nua.Foundation;
using Nua.Sandbox;

namespace Nua.Engine.Engines.Local;

/// <summary>
/// One look at whether the application can do its work. What the image's default <c>healthcheck</c> would ask over the network is asked from
/// here, without starting a program each time: we share its network. A check of the packager's own is run in the container.
/// </summary>
internal sealed class HealthProbe(HealthPlan plan, bool hasOwnScript)
{
    private const int LongestLine = 200;
    private static readonly string[] _script = ["/nua/scripts/healthcheck", "ready"];

    /// <summary>It costs so little that it can be asked often.</summary>
    public bool IsCheap => !plan.HasCommand && !hasOwnScript;

    /// <returns>The line that people see is escaped and short.</returns>
    public async Task<(bool IsReady, string Line)> AskAsync(DetachedContainer container)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(plan.Timeout));
        try
        {
            return !IsCheap ? await RunAsync(container, limit.Token)
                : plan.Port is not { } port ? (true, "no port is declared")
                : plan.HttpPath is { } path ? await HttpAsync(port, path, limit.Token)
                : await TcpAsync(port, limit.Token);
        }
        catch (OperationCanceledException)
        {
            return (false, $"no answer within {plan.Timeout} s");
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return (false, Printable.Escape(error.Message, LongestLine));
        }
    }

    private static async Task<(bool, string)> TcpAsync(int port, CancellationToken cancel)
    {
        using var socket = await Gate.ConnectAsync(port, cancel);
        return socket is null ? (false, $"port {port}: nobody accepts connections") : (true, $"port {port} accepts connections");
    }

    private static async Task<(bool, string)> HttpAsync(int port, string path, CancellationToken cancel)
    {
        using var socket = await Gate.ConnectAsync(port, cancel);
        if (socket is null)
        {
            return (false, $"port {port}: nobody accepts connections");
        }

        path = path.StartsWith('/') ? path : "/" + path;
        await socket.SendAsync(
            Encoding.UTF8.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: nua\r\nAccept: */*\r\nConnection: close\r\n\r\n"), cancel);
        var buffer = new byte[256];
        var used = 0;
        int count;
        while (used < buffer.Length && buffer.AsSpan(0, used).IndexOf((byte)'\n') < 0
            && (count = await socket.ReceiveAsync(buffer.AsMemory(used), cancel)) > 0)
        {
            used += count;
        }

        return Status(Encoding.ASCII.GetString(buffer, 0, used)) is { } status
            ? (status is >= 200 and < 400, $"{Printable.Escape(path, 100)}: HTTP {status}")
            : (false, $"{Printable.Escape(path, 100)}: the answer is not HTTP");
    }

    /// <summary>Of <c>HTTP/1.1 200 OK</c>.</summary>
    internal static int? Status(string answer)
    {
        var words = answer.Split('\n')[0].Split(' ', 3);
        return words.Length >= 2 && words[0].StartsWith("HTTP/1.", StringComparison.Ordinal)
            && int.TryParse(words[1].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? status
            : null;
    }

    private static async Task<(bool, string)> RunAsync(DetachedContainer container, CancellationToken cancel)
    {
        var said = new StringBuilder();
        var status = await container.ExecuteAsync(_script, Keep, cancel);
        var line = said.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault()?.Trim() ?? $"healthcheck ended with {status}";
        return (status == 0, Printable.Escape(line, LongestLine));

        void Keep(int stream, ReadOnlyMemory<byte> bytes)
        {
            lock (said)
            {
                if (said.Length < 4096)
                {
                    said.Append(Encoding.UTF8.GetString(bytes.Span[..Math.Min(bytes.Length, 4096)]));
                }
            }
        }
    }
}
