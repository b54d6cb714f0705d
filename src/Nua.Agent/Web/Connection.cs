using System.Text;
using Nua.Agent.Linux;
using Nua.Foundation.Linux;

namespace Nua.Agent.Web;

/// <summary>
/// One client. It holds memory only while a head is incomplete or an answer is stuck; otherwise reading and writing go
/// through the server's shared buffer and sendfile.
/// </summary>
internal sealed unsafe class Connection(int fd, long id, string client)
{
    public const int LargestHead = 16 * 1024;
    private const int _largestLine = 8 * 1024;

    /// <summary>Bytes of a file sent before others get their turn.</summary>
    private const long _turn = 1 << 20;

    private byte[] _unread = [];
    private byte[] _unsent = [];
    private int _fileFd = -1;
    private long _fileOffset;
    private long _fileLeft;
    private bool _closes;

    public int Fd { get; } = fd;

    public long Id { get; } = id;

    public string Client { get; } = client;

    /// <summary>When the connection is given up unless something happens.</summary>
    public Deadline Limit { get; set; }

    public bool IsWriting => _unsent.Length > 0 || _fileFd >= 0;

    public int UnreadBytes => _unread.Length;

    public bool HasPartialHead => _unread.Length > 0;

    public bool IsIdle => !IsWriting && !HasPartialHead;

    /// <summary>Everything is said; only the client's own end is waited for.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>The last answer is out, and it was to be the last.</summary>
    public bool IsFinished => _closes && !IsWriting;

    /// <summary>Reads what has come.</summary>
    /// <returns>false when the client has gone.</returns>
    public bool Receive(byte[] shared)
    {
        var room = LargestHead - _unread.Length;
        if (room <= 0)
        {
            return true;
        }

        fixed (byte* start = shared)
        {
            var count = Native.Receive(Fd, start, Math.Min(room, shared.Length), 0);
            if (count <= 0)
            {
                return count < 0 && IsOnlyFull();
            }

            _unread = [.. _unread, .. shared.AsSpan(0, (int)count)];
            return true;
        }
    }

    /// <summary>Takes the next complete head out of what was read.</summary>
    /// <param name="status">The status to refuse with; 0 when there is nothing wrong.</param>
    public HttpRequest? NextRequest(out int status)
    {
        status = 0;

        // Empty lines between requests are allowed, RFC 9112 §2.2.
        var start = _unread.AsSpan().StartsWith("\r\n"u8) ? 2 : 0;
        var bytes = _unread.AsSpan(start);
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            var line = bytes.IndexOf((byte)'\n');
            status = line < 0 && bytes.Length > _largestLine ? 414
                : _unread.Length >= LargestHead ? 431
                : line > 0 && bytes[line - 1] != '\r' ? 400
                : 0;
            return null;
        }

        var request = HttpRequest.Parse(bytes[..(end + 4)], out status);
        status = request is null ? status : request.Target.Length > _largestLine ? 414 : 0;
        _unread = bytes[(end + 4)..].ToArray();
        return status == 0 ? request : null;
    }

    public void Begin(Answer answer)
    {
        _closes = answer.Closes;
        var head = Encoding.Latin1.GetBytes(answer.Head);
        _unsent = answer.Body.Length == 0 ? head : [.. head, .. answer.Body.Span];
        (_fileFd, _fileOffset, _fileLeft) = (answer.FileFd, answer.FilePart.Start, answer.FilePart.Length);
    }

    /// <summary>Sends as much as goes now.</summary>
    /// <param name="progress">Whether anything went.</param>
    /// <returns>false when the connection is broken.</returns>
    public bool Send(out bool progress)
    {
        progress = false;
        while (_unsent.Length > 0)
        {
            nint count;
            fixed (byte* start = _unsent)
            {
                count = Native.Send(Fd, start, _unsent.Length,
                    Native.MsgNoSignal | (_fileFd >= 0 ? Native.MsgMore : 0));
            }

            if (count <= 0)
            {
                return IsOnlyFull();
            }

            progress = true;
            _unsent = count == _unsent.Length ? [] : _unsent[(int)count..];
        }

        return _fileFd < 0 || SendFile(ref progress);
    }

    /// <summary>
    /// Ends the sending side first. Closing at once would reset the connection when the client is still sending, and it
    /// would never see the answer.
    /// </summary>
    public void BeginClose()
    {
        _unread = [];
        IsClosing = true;
        _ = Native.Shutdown(Fd, Native.ShutWrite);
    }

    /// <returns>false when the client has ended as well.</returns>
    public bool Discard(byte[] shared)
    {
        fixed (byte* start = shared)
        {
            var count = Native.Receive(Fd, start, shared.Length, 0);
            return count > 0 || (count < 0 && IsOnlyFull());
        }
    }

    public void Close()
    {
        if (_fileFd >= 0)
        {
            _ = Libc.Close(_fileFd);
        }

        _ = Libc.Close(Fd);
    }

    private static bool IsOnlyFull() => Posix.LastError is Native.EAgain or Libc.EIntr;

    private bool SendFile(ref bool progress)
    {
        var turn = Math.Min(_fileLeft, _turn);
        while (turn > 0)
        {
            var offset = _fileOffset;
            var count = Native.SendFile(Fd, _fileFd, &offset, (nint)turn);
            if (count < 0)
            {
                return IsOnlyFull();
            }

            if (count == 0)
            {
                // The file became shorter than its announced length: only closing tells the client.
                return false;
            }

            progress = true;
            _fileOffset = offset;
            _fileLeft -= count;
            turn -= count;
        }

        if (_fileLeft == 0)
        {
            _ = Libc.Close(_fileFd);
            _fileFd = -1;
        }

        return true;
    }
}
