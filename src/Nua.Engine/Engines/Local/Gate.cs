using System.Net;
using System.Net.Sockets;
using Nua.Rootfs.Worker;

namespace Nua.Engine.Engines.Local;

/// <summary>
/// What listens on the published ports, whether the application runs or not. Open, it passes each connection on; closed, or as long as
/// the application does not accept, the caller gets the maintenance page.
/// </summary>
internal sealed class Gate
{
    /// <summary>Callers who are told to wait at the same moment; more are closed without a word, to bound memory.</summary>
    private const int MostTurnedAway = 256;

    private readonly List<Socket> _listeners = [];
    private volatile IReadOnlyList<int> _targets = [];
    private int _turnedAway;
    private volatile bool _isOpen;

    public bool IsOpen
    {
        get => _isOpen;
        set => _isOpen = value;
    }

    public bool HasListeners => _listeners.Count > 0;

    /// <summary><c>ADDRESS:PORT</c> of the host.</summary>
    public IReadOnlyList<string> Addresses => [.. _listeners.Select(listener => listener.LocalEndPoint!.ToString()!)];

    /// <param name="listener">Listens in the host's network; it is ours from now on.</param>
    public void Add(Socket listener)
    {
        _listeners.Add(listener);
        _ = AcceptAsync(listener, _listeners.Count - 1);
    }

    /// <summary>Where connections go from now on.</summary>
    /// <param name="ports">For each listener, a port of the loopback interface that the application shares with us.</param>
    public void LeadTo(IReadOnlyList<int> ports) => _targets = ports;

    public void Close()
    {
        _isOpen = false;
        _listeners.ForEach(listener => listener.Dispose());
        _listeners.Clear();
    }

    private async Task AcceptAsync(Socket listener, int index)
    {
        while (true)
        {
            try
            {
                _ = ServeAsync(await listener.AcceptAsync(), index);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.OperationAborted or SocketError.InvalidArgument)
            {
                return;
            }
            catch (SocketException)
            {
                // Out of descriptors, or the caller was quicker: the next one may be served.
                await Task.Delay(100);
            }
        }
    }

    private async Task ServeAsync(Socket outer, int index)
    {
        using (outer)
        {
            try
            {
                outer.NoDelay = true;
                var targets = _targets;
                using var inner = _isOpen && index < targets.Count ? await ConnectAsync(targets[index]) : null;
                if (inner is null)
                {
                    await TurnAwayAsync(outer);
                    return;
                }

                await SocketPair.JoinAsync(outer, inner);
            }
            catch (SocketException)
            {
                // One of the two is gone; closing the other says so.
            }
        }
    }

    private async Task TurnAwayAsync(Socket outer)
    {
        try
        {
            if (Interlocked.Increment(ref _turnedAway) <= MostTurnedAway)
            {
                await MaintenancePage.AnswerAsync(outer);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _turnedAway);
        }
    }

    /// <summary>Null when nobody accepts there. Some programs listen on one of the two loopback addresses only.</summary>
    public static async Task<Socket?> ConnectAsync(int port, CancellationToken cancel = default)
    {
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancel);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        return null;
    }
}
