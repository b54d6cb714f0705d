using Nua.Foundation.Linux;

namespace Nua.Agent.Linux;

/// <summary>
/// Takes a child's output through a pipe and keeps the first 4 KiB; the rest is read and dropped, so the child never
/// waits.
/// </summary>
internal sealed unsafe class OutputPipe : IDisposable
{
    private const int _kept = 4096;
    private const int _setStatusFlags = 4;
    private readonly byte[] _buffer = new byte[_kept];
    private readonly int _readEnd;
    private int _length;

    public OutputPipe()
    {
        var ends = stackalloc int[2];
        Posix.Check(Native.Pipe2(ends, Libc.OCloExec), "making a pipe");
        (_readEnd, WriteEnd) = (ends[0], ends[1]);
        _ = Native.Fcntl(_readEnd, _setStatusFlags, Libc.ONonBlock);
    }

    public int WriteEnd { get; }

    public string Text => RawName.FromBytes(_buffer.AsSpan(0, _length));

    /// <summary>Reads what is there without waiting.</summary>
    public void Drain()
    {
        var chunk = stackalloc byte[_kept];
        nint count;
        while ((count = Libc.Read(_readEnd, chunk, _kept)) > 0)
        {
            var room = Math.Min((int)count, _kept - _length);
            new ReadOnlySpan<byte>(chunk, room).CopyTo(_buffer.AsSpan(_length));
            _length += room;
        }
    }

    public void Dispose()
    {
        _ = Libc.Close(_readEnd);
        _ = Libc.Close(WriteEnd);
    }
}
