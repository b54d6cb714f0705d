using System.Net;
using System.Net.Sockets;
using Nua.Foundation;

namespace Nua.Engine.Engines.Local;

/// <summary>Listening sockets in the host's network, opened by the command and handed to the supervisor.</summary>
internal sealed class PortSockets : IDisposable
{
    private readonly List<Socket> _sockets = [];

    private PortSockets()
    {
    }

    public IReadOnlyList<Socket> Sockets => _sockets;

    /// <exception cref="ProblemException">NUA5036, one for each port that cannot be used.</exception>
    public static PortSockets Open(IReadOnlyList<PublishedPort> ports)
    {
        var opened = new PortSockets();
        var problems = new List<Problem>();
        foreach (var port in ports)
        {
            var socket = new Socket(port.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            opened._sockets.Add(socket);
            try
            {
                socket.Bind(new IPEndPoint(port.Address, port.Host));
                socket.Listen(512);
            }
            catch (SocketException error)
            {
                problems.Add(new Problem("NUA5036", $"port {port.Host} of {port.Address} cannot be used")
                {
                    Why = error.SocketErrorCode switch
                    {
                        SocketError.AddressAlreadyInUse => "another program listens there",
                        SocketError.AccessDenied => "ports below 1024 are for root",
                        _ => error.Message,
                    },
                    Remedy = "publish another one with -p HOST:PORT, or end that program (ss -ltnp shows it)",
                });
            }
        }

        if (problems.Count > 0)
        {
            opened.Dispose();
            throw new ProblemException(problems);
        }

        return opened;
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
}
