using Nua.Agent.Linux;
using Nua.Foundation.Linux;

namespace Nua.Agent.Web;

/// <summary>
/// The event loop: one thread, no buffer per idle client, a bound on everything. A head has 10 s from its first byte,
/// an idle connection 30 s, an answer that nobody takes 30 s; when the table is full the longest idle client makes
/// room, without one a head has 2 s, and new clients wait in the kernel's queue.
/// </summary>
internal sealed unsafe class WebServer : IDisposable
{
    private const long _listenId = 0, _signalId = 1, _firstClientId = 2;
    private const int _headMilliseconds = 10_000, _idleMilliseconds = 30_000, _stallMilliseconds = 30_000;
    private const int _crowdedMilliseconds = 2_000;
    private const int _closeMilliseconds = 2_000;
    private const int _stopMilliseconds = 4_500;
    private const int _sweepMilliseconds = 1_000;
    private const int _acceptsPerTurn = 64;

    /// <summary>Of all incomplete heads together.</summary>
    private const long _mostUnreadBytes = 4 << 20;

    private readonly Epoll _epoll = new();
    private readonly Dictionary<long, Connection> _connections = [];
    private readonly byte[] _shared = new byte[Connection.LargestHead];
    private readonly List<Connection> _ended = [];
    private readonly Responder _responder;
    private readonly AccessLog? _log;
    private readonly int _capacity;
    private readonly int _signals;
    private long _unreadBytes;
    private int _listener;
    private long _nextId = _firstClientId;
    private bool _isListening;
    private bool _isStopping;
    private volatile bool _stopRequested;
    private Deadline _stop = Deadline.Never;
    private Deadline _sweep = Deadline.After(_sweepMilliseconds);

    /// <param name="listener">A listening, non-blocking socket; the server closes it.</param>
    /// <param name="log">Null: no log.</param>
    /// <param name="capacity">Connections at once.</param>
    public WebServer(int listener, Responder responder, AccessLog? log, int capacity)
    {
        (_listener, _responder, _log, _capacity) = (listener, responder, log, capacity);
        var set = stackalloc ulong[16];
        set[0] = Signals.WaitedSet;
        _signals = Posix.Check(Native.SignalFd(-1, set, Libc.OCloExec | Libc.ONonBlock), "making a signalfd");
        _epoll.Add(_signals, Native.EpollIn, _signalId);
        Listen(true);
    }

    /// <summary>
    /// Serves until SIGTERM, SIGINT or SIGQUIT; then finishes what has begun, for less than five seconds.
    /// </summary>
    public void Run()
    {
        while (!_isStopping || (_connections.Count > 0 && !_stop.IsOver))
        {
            var limit = _sweep.IsBefore(_stop) ? _sweep : _stop;
            _epoll.Wait(limit.Left, Handle);
            SmallHeap.Keep();
            if (_isStopping)
            {
                EndWhere(static connection => connection.IsIdle);
            }

            if (_stopRequested && !_isStopping)
            {
                Stop();
            }

            if (_sweep.IsOver)
            {
                Sweep();
            }

            Listen(!_isStopping && _connections.Count < _capacity);
        }
    }

    /// <summary>Asks the loop, from another thread, to end as it does for SIGTERM.</summary>
    public void RequestStop()
    {
        _stopRequested = true;

        // Ending a listening socket wakes the loop.
        _ = Native.Shutdown(_listener, Native.ShutBoth);
    }

    public void Dispose()
    {
        foreach (var connection in _connections.Values)
        {
            connection.Close();
        }

        _ = Libc.Close(_signals);
        if (_listener >= 0)
        {
            _ = Libc.Close(_listener);
        }

        _epoll.Dispose();
    }

    private void Handle(long id, uint events)
    {
        if (id == _listenId)
        {
            Accept();
        }
        else if (id == _signalId)
        {
            TakeSignals();
        }
        else if (_connections.TryGetValue(id, out var connection))
        {
            var before = connection.UnreadBytes;
            var goesOn = Work(connection, events);
            _unreadBytes += connection.UnreadBytes - before;
            if (!goesOn || (connection.HasPartialHead && _unreadBytes > _mostUnreadBytes))
            {
                End(connection);
            }
        }
    }

    private void TakeSignals()
    {
        // struct signalfd_siginfo has 128 bytes and begins with the number.
        var info = stackalloc byte[128];
        while (Libc.Read(_signals, info, 128) == 128)
        {
            if (*(uint*)info is Signals.Term or Signals.Int or Signals.Quit)
            {
                Stop();
            }
        }
    }

    private void Stop()
    {
        _isStopping = true;
        _stop = Deadline.After(_stopMilliseconds);
        Listen(false);
        _ = Libc.Close(_listener);
        _listener = -1;
    }

    private void Listen(bool wanted)
    {
        if (wanted == _isListening || _listener < 0)
        {
            return;
        }

        _isListening = wanted;
        if (wanted)
        {
            _epoll.Add(_listener, Native.EpollIn, _listenId);
        }
        else
        {
            _epoll.Remove(_listener);
        }
    }

    private void Accept()
    {
        var address = stackalloc byte[SocketAddress.Longest];
        for (var i = 0; i < _acceptsPerTurn; i++)
        {
            if (_connections.Count >= _capacity && !MakeRoom())
            {
                return;
            }

            uint length = SocketAddress.Longest;
            var fd = Native.Accept4(_listener, address, &length, Native.SockNonBlock | Native.SockCloExec);

            if (fd < 0)
            {
                if (Posix.LastError is Native.EMFile or Native.ENFile)
                {
                    MakeRoom();
                }

                return;
            }

            var on = 1;
            _ = Native.SetSockOpt(fd, Native.IpProtoTcp, Native.TcpNoDelay, &on, sizeof(int));
            var client = SocketAddress.Text(new ReadOnlySpan<byte>(address, SocketAddress.Longest));
            var connection = new Connection(fd, _nextId++, client) { Limit = Deadline.After(_headMilliseconds) };
            _connections.Add(connection.Id, connection);
            _epoll.Add(fd, Native.EpollIn | Native.EpollRdHup, connection.Id);
        }
    }

    /// <summary>Ends the longest idle connection, if there is one.</summary>
    private bool MakeRoom()
    {
        Connection? oldest = null;
        foreach (var connection in _connections.Values)
        {
            if (connection.IsIdle && (oldest is null || connection.Limit.IsBefore(oldest.Limit)))
            {
                oldest = connection;
            }
        }

        if (oldest is not null)
        {
            End(oldest);
        }

        return oldest is not null;
    }

    /// <returns>false when the connection is over.</returns>
    private bool Work(Connection connection, uint events)
    {
        if ((events & (Native.EpollErr | Native.EpollHup)) != 0)
        {
            return false;
        }

        if (connection.IsClosing)
        {
            return connection.Discard(_shared);
        }

        if (connection.IsWriting)
        {
            return Send(connection) && (connection.IsWriting || connection.IsClosing || AnswerAll(connection));
        }

        var wasIdle = connection.IsIdle;
        if (!connection.Receive(_shared))
        {
            return false;
        }

        if (wasIdle)
        {
            connection.Limit = Deadline.After(_headMilliseconds);
        }

        return AnswerAll(connection);
    }

    /// <summary>Answers the requests that are complete, one after the other.</summary>
    private bool AnswerAll(Connection connection)
    {
        while (true)
        {
            var request = connection.NextRequest(out var status);
            if (request is null && status == 0)
            {
                if (connection.IsIdle)
                {
                    connection.Limit = Deadline.After(_idleMilliseconds);
                }

                return true;
            }

            var answer = request is null
                ? Web.Answer.Plain(status, _responder.Date, isHead: false, closes: true)
                : _responder.Respond(request, closes: _isStopping);
            _log?.Write(connection.Client, request, answer.Status, answer.Length);
            connection.Begin(answer);
            if (!Send(connection))
            {
                return false;
            }

            if (connection.IsWriting || connection.IsClosing)
            {
                return true;
            }
        }
    }

    private bool Send(Connection connection)
    {
        if (!connection.Send(out var progress))
        {
            return false;
        }

        if (progress)
        {
            connection.Limit = Deadline.After(_stallMilliseconds);
        }

        if (connection.IsFinished)
        {
            connection.BeginClose();
            connection.Limit = Deadline.After(_closeMilliseconds);
        }

        // While writing nothing is read: a client cannot pile up requests.
        _epoll.Modify(connection.Fd, connection.IsWriting
            ? Native.EpollOut : Native.EpollIn | Native.EpollRdHup, connection.Id);
        return true;
    }

    private void Sweep()
    {
        _sweep = Deadline.After(_sweepMilliseconds);
        EndWhere(static connection => connection.Limit.IsOver);
        if (_connections.Count >= _capacity)
        {
            // Full of clients that do not come to the point: two seconds are enough then.
            EndWhere(static connection => !connection.IsWriting
                && connection.Limit.Left < _headMilliseconds - _crowdedMilliseconds);
        }
    }

    private void EndWhere(Predicate<Connection> condition)
    {
        foreach (var connection in _connections.Values)
        {
            if (condition(connection))
            {
                _ended.Add(connection);
            }
        }

        foreach (var connection in _ended)
        {
            End(connection);
        }

        _ended.Clear();
    }

    private void End(Connection connection)
    {
        _connections.Remove(connection.Id);
        _unreadBytes -= connection.UnreadBytes;
        _epoll.Remove(connection.Fd);
        connection.Close();
    }
}
