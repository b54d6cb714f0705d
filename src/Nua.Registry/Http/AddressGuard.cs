using System.Net;
using System.Net.Sockets;

namespace Nua.Registry.Http;

/// <summary>
/// Where a registry may send us. A realm or redirect that leads to this machine or to its link (where clouds keep
/// their metadata services) would make us ask, from inside, what the registry cannot ask itself. Addresses are checked
/// when connecting, since a name can mean another address by then. Private networks are not refused: private
/// registries are there.
/// </summary>
internal static class AddressGuard
{
    /// <param name="fromLoopback">The registry itself is on this machine.</param>
    public static bool Allows(IPAddress address, bool fromLoopback)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(address))
        {
            return fromLoopback;
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return !address.IsIPv6LinkLocal && !address.IsIPv6Multicast && !address.Equals(IPAddress.IPv6Any);
        }

        Span<byte> bytes = stackalloc byte[4];
        return address.TryWriteBytes(bytes, out _) && bytes[0] is not 0 and < 224 && !(bytes[0] == 169 && bytes[1] == 254);
    }
}
