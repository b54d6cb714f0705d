using Nua.Oci;

namespace Nua.Rootfs.Volumes;

/// <summary>
/// A pipe between two threads of this process, a quarter of a megabyte deep. When either end is given up, the other learns it: the reader gets the writer's
/// own failure, the writer a <see cref="BrokenPipeException"/>.
/// </summary>
internal sealed class BytePipe
{
    private const int Depth = 256 << 10;

    private readonly byte[] _ring = new byte[Depth];
    private readonly object _turn = new();
    private int _start;
    private int _used;
    private bool _isEnded;
    private bool _isAbandoned;

    public BytePipe()
    {
        Input = new Writer(this);
        Output = new Reader(this);
    }

    /// <summary>Where bytes go in.</summary>
    public Stream Input { get; }

    /// <summary>Where they come out; ends when <see cref="End"/> was called.</summary>
    public Stream Output { get; }

    /// <summary>No more will be written.</summary>
    public void End()
    {
        lock (_turn)
        {
            _isEnded = true;
            Monitor.PulseAll(_turn);
        }
    }

    /// <summary>No more will be read.</summary>
    public void Abandon()
    {
        lock (_turn)
        {
            _isAbandoned = true;
            Monitor.PulseAll(_turn);
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_turn)
        {
            while (!bytes.IsEmpty)
            {
                while (_used == Depth && !_isAbandoned)
                {
                    Monitor.Wait(_turn);
                }

                if (_isAbandoned)
                {
                    throw new BrokenPipeException();
                }

                var at = (_start + _used) % Depth;
                var count = Math.Min(bytes.Length, Math.Min(Depth - _used, Depth - at));
                bytes[..count].CopyTo(_ring.AsSpan(at));
                _used += count;
                bytes = bytes[count..];
                Monitor.PulseAll(_turn);
            }
        }
    }

    private int Read(Span<byte> buffer)
    {
        lock (_turn)
        {
            while (_used == 0 && !_isEnded && !buffer.IsEmpty)
            {
                Monitor.Wait(_turn);
            }

            var count = Math.Min(buffer.Length, Math.Min(_used, Depth - _start));
            _ring.AsSpan(_start, count).CopyTo(buffer);
            _start = (_start + count) % Depth;
            _used -= count;
            Monitor.PulseAll(_turn);
            return count;
        }
    }

    private sealed class Writer(BytePipe pipe) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => pipe.Write(buffer);
    }

    private sealed class Reader(BytePipe pipe) : ReadOnlyStream
    {
        public override int Read(Span<byte> buffer) => pipe.Read(buffer);
    }
}

/// <summary>Nobody reads any more; the reader knows why.</summary>
internal sealed class BrokenPipeException() : IOException("nobody reads what is written");
