using Nua.Agent.Linux;
using Nua.Foundation.Http;
using Nua.Foundation.Linux;

namespace Nua.Agent.Gate;

/// <summary>A client and its way to the application; or, while there is none, the page that says so.</summary>
internal sealed unsafe class Passage
{
    /// <summary>What a client may say before it is answered, and how long it may take.</summary>
    private const int _patienceMilliseconds = 5_000;

    private readonly Epoll _epoll;
    private readonly int _client;
    private int _app = -1;
    private Flow? _up;
    private Flow? _down;
    private bool _isConnecting;
    private bool _isAnswered;
    private bool _isClientGone;
    private bool _isAppGone;

    /// <param name="id">Even; the client's events come with it, the application's with the next number.</param>
    public Passage(Epoll epoll, int client, long id)
    {
        (_epoll, _client, Id) = (epoll, client, id);
        Limit = Deadline.After(_patienceMilliseconds);
        epoll.Add(client, 0, id);
    }

    public long Id { get; }

    /// <summary>When it is over at the latest; never for a connection that reached the application.</summary>
    public Deadline Limit { get; private set; }

    /// <summary>Begins to connect to the application.</summary>
    public void Open(int port)
    {
        Span<byte> address = stackalloc byte[SocketAddress.Longest];
        var length = SocketAddress.Write(address, v6: false, loopback: true, port);
        _app = Native.TcpSocket(v6: false);
        if (_app < 0)
        {
            Refuse();
            return;
        }

        NoDelay(_client);
        NoDelay(_app);
        fixed (byte* start = address)
        {
            if (Native.Connect(_app, start, (uint)length) < 0 && Posix.LastError != Native.EInProgress)
            {
                Refuse();
                return;
            }
        }

        _isConnecting = true;
        _epoll.Add(_app, Native.EpollOut, Id + 1);
    }

    /// <summary>Nothing answers behind the gate: the client gets the page as soon as it has asked.</summary>
    public void Refuse()
    {
        if (_app >= 0)
        {
            _ = Libc.Close(_app);
            _app = -1;
        }

        _isConnecting = false;
        _epoll.Modify(_client, Native.EpollIn | Native.EpollRdHup, Id);
    }

    /// <returns>false when it is over.</returns>
    public bool Work(bool isClient, uint events, byte[] buffer)
    {
        if (_isConnecting)
        {
            // Nothing is expected of the client yet: it has gone away.
            return !isClient && Connected();
        }

        if (_app < 0)
        {
            return Answer(buffer);
        }

        // A socket that both sides have ended is reported for ever; what is still in it is read all the same.
        if ((events & (Native.EpollHup | Native.EpollErr)) != 0)
        {
            _epoll.Remove(isClient ? _client : _app);
            _isClientGone |= isClient;
            _isAppGone |= !isClient;
        }

        if (!_up!.Move(buffer) || !_down!.Move(buffer) || (_up.IsFinished && _down.IsFinished))
        {
            return false;
        }

        Watch();
        return !(_isClientGone && _isAppGone);
    }

    public void Close()
    {
        _ = Libc.Close(_client);
        if (_app >= 0)
        {
            _ = Libc.Close(_app);
        }
    }

    private bool Connected()
    {
        int error = 0;
        uint length = sizeof(int);
        _ = Native.GetSockOpt(_app, Native.SolSocket, Native.SoError, &error, &length);
        if (error != 0)
        {
            Refuse();
            return true;
        }

        _isConnecting = false;
        Limit = Deadline.Never;
        (_up, _down) = (new Flow(_client, _app), new Flow(_app, _client));
        Watch();
        return true;
    }

    private void Watch()
    {
        if (!_isClientGone)
        {
            _epoll.Modify(_client, Wanted(_up!, _down!), Id);
        }

        if (!_isAppGone)
        {
            _epoll.Modify(_app, Wanted(_down!, _up!), Id + 1);
        }
    }

    private static uint Wanted(Flow from, Flow to) =>
        (from.IsEnded || from.IsHeld ? 0 : Native.EpollIn) | (to.IsHeld ? Native.EpollOut : 0);

    /// <summary>One request is read as far as it comes in one piece, then answered; what comes after it is thrown away.</summary>
    private bool Answer(byte[] buffer)
    {
        long count;
        fixed (byte* start = buffer)
        {
            count = Native.Receive(_client, start, buffer.Length, 0);
        }

        if (count < 0)
        {
            return Posix.LastError is Native.EAgain or Libc.EIntr;
        }

        var request = buffer.AsSpan(0, (int)count);
        if (count == 0 || (!_isAnswered && !MaintenanceAnswer.MayBeHttp(request)))
        {
            return false;
        }

        if (!_isAnswered)
        {
            _isAnswered = true;
            var page = MaintenanceAnswer.To(request).Span;
            fixed (byte* start = page)
            {
                _ = Native.Send(_client, start, page.Length, Native.MsgNoSignal);
            }

            _ = Native.Shutdown(_client, Native.ShutWrite);
        }

        return true;
    }

    private static void NoDelay(int fd)
    {
        var on = 1;
        _ = Native.SetSockOpt(fd, Native.IpProtoTcp, Native.TcpNoDelay, &on, sizeof(int));
    }
}
