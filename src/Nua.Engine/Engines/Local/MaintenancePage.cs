using System.Net.Sockets;
using Nua.Foundation.Http;

namespace Nua.Engine.Engines.Local;

/// <summary>Answers a connection while the application is away.</summary>
internal static class MaintenancePage
{
    private const int LongestHead = 16384;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

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
                if (count == 0 || !MaintenanceAnswer.MayBeHttp(buffer.AsSpan(0, used)))
                {
                    return;
                }
            }
            while (buffer.AsSpan(0, used).IndexOf("\r\n\r\n"u8) < 0 && used < buffer.Length);

            await SendAsync(caller, MaintenanceAnswer.To(buffer.AsSpan(0, used)), limit.Token);
            caller.Shutdown(SocketShutdown.Send);
            await DrainAsync(caller, buffer, limit);
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The caller went away, or says nothing.
        }
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

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await to.SendAsync(bytes[sent..], cancel);
        }
    }
}
