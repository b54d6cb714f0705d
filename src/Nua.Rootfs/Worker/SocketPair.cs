using System.Buffers;
using System.Net.Sockets;

namespace Nua.Rootfs.Worker;

/// <summary>Joins two connections until both directions have ended; a half close is passed on.</summary>
public static class SocketPair
{
    public static async Task JoinAsync(Socket a, Socket b) =>
        await Task.WhenAll(CopyAsync(a, b), CopyAsync(b, a));

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(65536);
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer)) > 0)
            {
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            from.Close();
            to.Close();
        }
        catch (ObjectDisposedException)
        {
            // The other direction failed and closed both.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
