using System.Net.Sockets;
using System.Text;

namespace Nua.Engine.Engines.Local;

/// <summary>What a connection gets while the application is away: HTTP is told to come back, anything else is closed.</summary>
internal static class MaintenancePage
{
    private const int LongestHead = 16384;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private static readonly string[] _methods =
        ["GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "PATCH ", "OPTIONS ", "TRACE ", "CONNECT ", "PROPFIND ", "REPORT ", "MKCOL ", "MOVE ", "COPY "];

    private static readonly byte[] _body = """
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="refresh" content="5"><title>One moment</title>
        <style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:20vh auto;padding:0 1rem;text-align:center}</style>
        <h1>One moment, please</h1><p>This site is being worked on and will be back shortly. The page asks again by itself.</p></html>

        """u8.ToArray();

    private static readonly byte[] _head = Encoding.ASCII.GetBytes(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html; charset=utf-8\r\n"
        + $"Content-Length: {_body.Length}\r\nRetry-After: 5\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n");

    /// <summary>Answers and closes; never throws for what the other side does.</summary>
    public static async Task AnswerAsync(Socket caller)
    {
        using var limit = new CancellationTokenSource(_patience);
        try
        {
            var buffer = new byte[LongestHead];
            var used = 0;
            do
            {
                var count = await caller.ReceiveAsync(buffer.AsMemory(used), limit.Token);
                used += count;
                if (count == 0 || !MayBeHttp(buffer.AsSpan(0, used)))
                {
                    return;
                }
            }
            while (buffer.AsSpan(0, used).IndexOf("\r\n\r\n"u8) < 0 && used < buffer.Length);

            await SendAsync(caller, _head, limit.Token);
            if (!buffer.AsSpan(0, used).StartsWith("HEAD "u8))
            {
                await SendAsync(caller, _body, limit.Token);
            }

            caller.Shutdown(SocketShutdown.Send);
            await DrainAsync(caller, buffer, limit);
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The caller went away, or says nothing.
        }
    }

    /// <summary>True as long as what has come may be the beginning of a request.</summary>
    internal static bool MayBeHttp(ReadOnlySpan<byte> start)
    {
        foreach (var method in _methods)
        {
            var length = Math.Min(method.Length, start.Length);
            if (Ascii.Equals(start[..length], method.AsSpan(0, length)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Closing a socket with unread bytes resets the connection, and the caller might never see the answer.</summary>
    private static async Task DrainAsync(Socket caller, byte[] buffer, CancellationTokenSource limit)
    {
        limit.CancelAfter(TimeSpan.FromSeconds(2));
        for (var total = 0; total < 1 << 20;)
        {
            var count = await caller.ReceiveAsync(buffer.AsMemory(), limit.Token);
            if (count == 0)
            {
                return;
            }

            total += count;
        }
    }

    private static async Task SendAsync(Socket to, byte[] bytes, CancellationToken cancel)
    {
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await to.SendAsync(bytes.AsMemory(sent), cancel);
        }
    }
}
