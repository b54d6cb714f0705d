using System.Buffers;
using System.Net.Sockets;

namespace Nua.Rootfs.Worker;

/// <summary>Joins two connections until both directions have ended; a half close is passed on.</summary>
public static class SocketPair
{
    private const int Chunk = 65536;

    public static async Task JoinAsync(Socket a, Socket b) =>
        await Task.WhenAll(CopyAsync(a, b), CopyAsync(b, a));

    private static async Task CopyAsync(Socket from, Socket to)
    {
        try
        {
            do
            {
                // Waits without a buffer: a connection that is kept open and silent costs next to nothing.
                await from.ReceiveAsync(Memory<byte>.Empty);
            }
            while (await PassAsync(from, to));

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
    }

    /// <summary>Passes on what is there; false at the end.</summary>
    private static async Task<bool> PassAsync(Socket from, Socket to)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            int count;
            do
            {
                count = await from.ReceiveAsync(buffer);
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
                }
            }
            while (count > 0 && from.Available > 0);

            return count > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
