using System.Net;
using Nua.Engine;

namespace Nua.Cli.Output;

/// <summary>Where a published port is found by a browser on this machine.</summary>
public static class Addresses
{
    public static string Of(PublishedPort port) =>
        $"http://{(port.Address.Equals(IPAddress.Any) ? "127.0.0.1" : port.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{port.Address}]" : port.Address)}:{port.Host}";
}
