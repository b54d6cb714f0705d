using System.Net;
using System.Net.Sockets;

namespace Nua.Rootfs.Worker;

/// <summary>
/// The inner end of a published port: a socket file whose connections go on to a loopback port of the worker's network namespace.
/// Socket files are seen across network namespaces, so no privilege, bridge or firewall rule is needed.
/// </summary>
internal sealed class PortRelayServer
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly int _port;

    public PortRelayServer(string path, int port)
    {
        _port = port;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(128);
        _ = AcceptAsync();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var outer = await _listener.AcceptAsync();
            _ = ServeAsync(outer);
        }
    }

    private async Task ServeAsync(Socket outer)
    {
        using (outer)
        {
            try
            {
                using var inner = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await inner.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _port));
                await SocketPair.JoinAsync(outer, inner);
            }
            catch (SocketException)
            {
                // The application does not listen yet or is gone: the caller sees its connection closed, as it would without us.
            }
        }
    }
}
