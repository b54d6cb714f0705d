using Nua.Agent.Linux;
using Nua.Foundation.Linux;

namespace Nua.Agent.Gate;

/// <summary>The event loop: one thread, no buffer per idle connection.</summary>
internal sealed unsafe class GateServer : IDisposable
{
    private const long _signalId = 0, _firstListenerId = 1, _firstPassageId = 1 << 10;
    private const int _sweepMilliseconds = 1_000;
    private const int _acceptsPerTurn = 64;
    private readonly Epoll _epoll;
    private readonly byte[] _openFile;
    private readonly byte[] _secondFile;
    private readonly IReadOnlyList<GateListener> _listeners;
    private readonly Dictionary<long, Passage> _passages = [];
    private readonly byte[] _buffer = new byte[64 << 10];
    private readonly List<Passage> _over = [];
    private readonly int _signals;
    private long _nextId = _firstPassageId;
    private bool _isListening;
    private bool _isFull;
    private bool _isStopping;

    public GateServer(Epoll epoll, string openFile, IReadOnlyList<GateListener> listeners)
    {
        (_epoll, _openFile, _listeners) = (epoll, Posix.Path(openFile), listeners);
        _secondFile = Posix.Path(Path.Combine(Path.GetDirectoryName(openFile) ?? "", "second"));
        var set = stackalloc ulong[16];
        set[0] = Signals.WaitedSet;
        _signals = Posix.Check(Native.SignalFd(-1, set, Libc.OCloExec | Libc.ONonBlock), "making a signalfd");
        epoll.Add(_signals, Native.EpollIn, _signalId);
        Listen(true);
    }

    /// <summary>Until SIGTERM, SIGINT or SIGQUIT. Connections end with it: the application is told by its own operator.</summary>
    public void Run()
    {
        while (!_isStopping)
        {
            // Without a client in sight that must be answered in time there is nothing to wake up for.
            _epoll.Wait(_passages.Count == 0 ? Deadline.Never.Left : _sweepMilliseconds, Handle);
            SmallHeap.Keep();
            EndLate();
            Listen(!_isFull);
        }
    }

    public void Dispose()
    {
        foreach (var passage in _passages.Values)
        {
            passage.Close();
        }

        foreach (var listener in _listeners)
        {
            _ = Libc.Close(listener.Socket);
        }

        _ = Libc.Close(_signals);
    }

    private void Handle(long id, uint events)
    {
        if (id >= _firstPassageId)
        {
            if (_passages.TryGetValue(id & ~1L, out var passage) && !passage.Work((id & 1) == 0, events, _buffer))
            {
                End(passage);
            }
        }
        else if (id >= _firstListenerId)
        {
            Accept(_listeners[(int)(id - _firstListenerId)]);
        }
        else
        {
            TakeSignals();
        }
    }

    private void TakeSignals()
    {
        // struct signalfd_siginfo has 128 bytes and begins with the number.
        var info = stackalloc byte[128];
        while (Libc.Read(_signals, info, 128) == 128)
        {
            _isStopping |= *(uint*)info is Signals.Term or Signals.Int or Signals.Quit;
        }
    }

    private void Accept(GateListener listener)
    {
        for (var i = 0; i < _acceptsPerTurn; i++)
        {
            var client = Native.Accept4(listener.Socket, null, null, Native.SockNonBlock | Native.SockCloExec);
            if (client < 0)
            {
                // No descriptor is left: new clients wait in the kernel's queue until one is.
                _isFull = Posix.LastError is Native.EMFile or Native.ENFile && _passages.Count > 0;
                return;
            }

            var passage = new Passage(_epoll, client, _nextId);
            _nextId += 2;
            _passages.Add(passage.Id, passage);
            if (IsThere(_openFile))
            {
                passage.Open(IsThere(_secondFile) ? listener.Second : listener.Target);
            }
            else
            {
                passage.Refuse();
            }
        }
    }

    /// <summary>Asked for each connection: the operator opens and closes with one call, and a restarted gate knows at once.</summary>
    private static bool IsThere(byte[] file) => Native.Access(file, 0) == 0;

    private void EndLate()
    {
        foreach (var passage in _passages.Values)
        {
            if (passage.Limit.IsOver)
            {
                _over.Add(passage);
            }
        }

        _over.ForEach(End);
        _over.Clear();
    }

    private void End(Passage passage)
    {
        _passages.Remove(passage.Id);
        passage.Close();
        _isFull = false;
    }

    private void Listen(bool wanted)
    {
        if (wanted == _isListening)
        {
            return;
        }

        _isListening = wanted;
        for (var i = 0; i < _listeners.Count; i++)
        {
            if (wanted)
            {
                _epoll.Add(_listeners[i].Socket, Native.EpollIn, _firstListenerId + i);
            }
            else
            {
                _epoll.Remove(_listeners[i].Socket);
            }
        }
    }
}
