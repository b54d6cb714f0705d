using System.Runtime.InteropServices;
using Nua.Foundation.Linux;

namespace Nua.Agent.Linux;

/// <summary>Which descriptors are ready.</summary>
internal sealed unsafe class Epoll : IDisposable
{
    private const int _batch = 64;

    /// <summary><c>struct epoll_event</c> is packed on x86-64 and only there.</summary>
    private static readonly int _size = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private static readonly int _dataOffset = _size - 8;

    private readonly byte[] _ready = new byte[_batch * _size];
    private readonly int _fd = Posix.Check(Native.EpollCreate(Libc.OCloExec), "making an epoll");

    public void Add(int fd, uint events, long id) => Control(Native.EpollAdd, fd, events, id);

    public void Modify(int fd, uint events, long id) => Control(Native.EpollModify, fd, events, id);

    public void Remove(int fd) => _ = Native.EpollControl(_fd, Native.EpollDelete, fd, null);

    /// <summary>Calls back for each ready descriptor with its id and events.</summary>
    public void Wait(long milliseconds, Action<long, uint> each)
    {
        int count;
        fixed (byte* start = _ready)
        {
            count = Native.EpollWait(_fd, start, _batch, (int)milliseconds);
        }

        for (var i = 0; i < count; i++)
        {
            var item = _ready.AsSpan(i * _size, _size);
            each(MemoryMarshal.Read<long>(item[_dataOffset..]), MemoryMarshal.Read<uint>(item));
        }
    }

    public void Dispose() => _ = Libc.Close(_fd);

    private void Control(int operation, int fd, uint events, long id)
    {
        var item = stackalloc byte[16];
        *(uint*)item = events;
        *(long*)(item + _dataOffset) = id;
        Posix.Check(Native.EpollControl(_fd, operation, fd, item), "watching a socket");
    }
}
