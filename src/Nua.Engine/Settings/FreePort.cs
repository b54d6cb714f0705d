using System.Net;
using System.Net.Sockets;
using Nua.Engine.Instances;

namespace Nua.Engine.Settings;

/// <summary>Chooses a port of this machine for an instance whose operator named none.</summary>
public static class FreePort
{
    private const int First = 8100, Last = 8999;

    /// <summary>The lowest from 8100 that nobody listens on and no instance has been given, on the loopback address.</summary>
    /// <exception cref="Foundation.ProblemException">NUA5054: none is free.</exception>
    public static PublishedPort Find(string storeHome)
    {
        var given = Instance.Records(storeHome)
            .SelectMany(record => record.Settings.Ports)
            .Select(port => PublishedPort.Parse(port).Host)
            .ToHashSet();
        for (var port = First; port <= Last; port++)
        {
            if (!given.Contains(port) && IsFree(port))
            {
                return new PublishedPort(IPAddress.Loopback, port, null);
            }
        }

        throw new Foundation.ProblemException(new Foundation.Problem("NUA5054", $"no port from {First} to {Last} is free")
        {
            Remedy = "choose one with -p",
        });
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
