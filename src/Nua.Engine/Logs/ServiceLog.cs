using System.Buffers;
using System.Text;
using Nua.Foundation.Linux;

namespace Nua.Engine.Logs;

/// <summary>
/// Keeps what the containers of an instance write, a bounded amount of it: <see cref="LogFiles"/>. A full disk loses lines, never stops the
/// application.
/// </summary>
internal sealed class ServiceLog(string folder, TimeProvider time) : IDisposable
{
    private readonly Lock _turn = new();
    private readonly Dictionary<string, ArrayBufferWriter<byte>> _begun = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _block = new();
    private int _fd = -1;
    private long _size;

    /// <summary>A line of the supervisor's own.</summary>
    public void Say(string text) => Write(LogFiles.Operator, Encoding.UTF8.GetBytes(text + "\n"));

    /// <summary>A line that somebody else has timed.</summary>
    public void Write(LogLine line)
    {
        lock (_turn)
        {
            _block.Write(Encoding.UTF8.GetBytes($"{line.Time} {line.Tag} {line.Text}\n"));
            Flush();
        }
    }

    /// <param name="tag">Who wrote it: <c>out</c>, <c>err</c>, or the name of a verb.</param>
    public void Write(string tag, ReadOnlySpan<byte> bytes)
    {
        lock (_turn)
        {
            if (!_begun.TryGetValue(tag, out var line))
            {
                _begun[tag] = line = new ArrayBufferWriter<byte>();
            }

            while (!bytes.IsEmpty)
            {
                var end = bytes.IndexOf((byte)'\n');
                var part = end < 0 ? bytes : bytes[..end];
                var room = LogFiles.LongestLine - line.WrittenCount;
                if (part.Length > room)
                {
                    line.Write(part[..room]);
                    bytes = bytes[room..];
                    EndLine(tag, line);
                    continue;
                }

                line.Write(part);
                bytes = bytes[(part.Length + (end < 0 ? 0 : 1))..];
                if (end >= 0)
                {
                    EndLine(tag, line);
                }
            }

            Flush();
        }
    }

    /// <summary>Writes what stands without an end of line: the container that wrote it has ended.</summary>
    public void EndLines()
    {
        lock (_turn)
        {
            foreach (var (tag, line) in _begun)
            {
                if (line.WrittenCount > 0)
                {
                    EndLine(tag, line);
                }
            }

            _begun.Clear();
            Flush();
        }
    }

    public void Dispose()
    {
        if (_fd >= 0)
        {
            _ = Libc.Close(_fd);
            _fd = -1;
        }
    }

    private void EndLine(string tag, ArrayBufferWriter<byte> line)
    {
        _block.Write(Encoding.ASCII.GetBytes($"{time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {tag} "));
        _block.Write(line.WrittenSpan);
        _block.Write("\n"u8);
        line.ResetWrittenCount();
    }

    private unsafe void Flush()
    {
        var bytes = _block.WrittenSpan;
        try
        {
            if (bytes.IsEmpty || !Ready(bytes.Length))
            {
                return;
            }

            fixed (byte* start = bytes)
            {
                var count = Libc.Write(_fd, start, bytes.Length);
                _size += Math.Max(0, count);
            }
        }
        finally
        {
            _block.Clear();
        }
    }

    /// <summary>A file is open and has room; false when there can be none.</summary>
    private bool Ready(int wanted)
    {
        var current = $"{folder}/{LogFiles.Name(0)}";
        if (_fd >= 0 && _size + wanted > LogFiles.LargestFile)
        {
            _ = Libc.Close(_fd);
            _fd = -1;
            for (var i = LogFiles.Count - 1; i > 0; i--)
            {
                _ = Libc.RenameAt2(Libc.AtFdCwd, Posix.Path($"{folder}/{LogFiles.Name(i - 1)}"), Libc.AtFdCwd, Posix.Path($"{folder}/{LogFiles.Name(i)}"), 0);
            }
        }

        if (_fd < 0)
        {
            _fd = Libc.Open(Posix.Path(current), Libc.OWrOnly | Libc.OCreat | Libc.OAppend | Libc.OCloExec, 0x180);
            _size = _fd < 0 ? 0 : new FileInfo(current).Length;
        }

        return _fd >= 0;
    }
}
