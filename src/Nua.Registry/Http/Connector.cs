using System.Net;
using System.Net.Sockets;
using Nua.Foundation;

namespace Nua.Registry.Http;

/// <summary>Opens the connections of one registry and of the hosts it sends us to.</summary>
internal sealed class Connector
{
    private volatile bool _isOnLoopback;

    /// <summary>To the registry itself, wherever the user's reference leads.</summary>
    public async ValueTask<Stream> ConnectOwnAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var stream = await ConnectAsync(context.DnsEndPoint, _ => true, cancellation);
        _isOnLoopback |= stream.Socket.RemoteEndPoint is IPEndPoint end
            && IPAddress.IsLoopback(end.Address.IsIPv4MappedToIPv6 ? end.Address.MapToIPv4() : end.Address);
        return stream;
    }

    /// <summary>To a host that the registry named. A proxy is the user's choice, and is not looked at.</summary>
    public async ValueTask<Stream> ConnectForeignAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var target = context.InitialRequestMessage.RequestUri!;
        var isProxy = context.DnsEndPoint.Port != target.Port
            || !string.Equals(context.DnsEndPoint.Host, target.IdnHost, StringComparison.OrdinalIgnoreCase);
        return await ConnectAsync(
            context.DnsEndPoint, address => isProxy || AddressGuard.Allows(address, _isOnLoopback), cancellation);
    }

    private static async Task<NetworkStream> ConnectAsync(
        DnsEndPoint end, Func<IPAddress, bool> isAllowed, CancellationToken cancellation)
    {
        var host = end.Host.Trim('[', ']');
        var found = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellation);
        var allowed = found.Where(isAllowed).ToArray();
        if (allowed.Length == 0 && found.Length > 0)
        {
            throw new ForbiddenAddressException(end.Host, found[0]);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, end.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A registry sent us to an address that is not for it to ask for.</summary>
internal sealed class ForbiddenAddressException(string host, IPAddress address)
    : IOException($"'{Printable.Escape(host, 120)}' is {address}, which a registry may not send clients to");
