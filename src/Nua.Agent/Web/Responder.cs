using Nua.Agent.Linux;
using Nua.Foundation.Linux;

namespace Nua.Agent.Web;

/// <summary>Finds the answer to a request in a folder of files.</summary>
internal sealed class Responder(WebFolder folder, bool spa, TimeProvider time)
{
    private const string _index = "index.html";
    private const string _notFound = "404.html";

    private readonly EntityTags _tags = new();
    private long _dateSecond = -1;
    private string _date = "";

    /// <summary>The current Date header, made once a second.</summary>
    public string Date
    {
        get
        {
            var now = time.GetUtcNow();
            if (now.ToUnixTimeSeconds() != _dateSecond)
            {
                _dateSecond = now.ToUnixTimeSeconds();
                _date = HttpDate.Text(now);
            }

            return _date;
        }
    }

    public Answer Respond(HttpRequest request, bool closes)
    {
        closes |= request.Closes;
        if (request.Method is not ("GET" or "HEAD"))
        {
            return Answer.Plain(405, Date, isHead: false, closes, "Allow: GET, HEAD\r\n");
        }

        try
        {
            return UrlPath.Parse(request.Target) is { } path ? Find(request, path, closes) : NotFound(request, closes);
        }
        catch (IOException)
        {
            return Answer.Plain(500, Date, request.IsHead, closes);
        }
    }

    private Answer Find(HttpRequest request, UrlPath path, bool closes)
    {
        var name = path.IsFolder ? path.Relative + _index : path.Relative;
        if (TryOpenFile(name, out var fd, out var status))
        {
            return File(request, name, fd, status, 200, closes);
        }

        if (!path.IsFolder && IsFolderWithIndex(path.Relative))
        {
            var location = path.Redirect(UrlPath.Query(request.Target));
            return Answer.Plain(301, Date, request.IsHead, closes, $"Location: {location}\r\n");
        }

        var wantsPage = !path.LastSegment.Contains('.')
            || request.Accept?.Contains("text/html", StringComparison.Ordinal) == true;
        return spa && wantsPage && TryOpenFile(_index, out fd, out status)
            ? File(request, _index, fd, status, 200, closes)
            : NotFound(request, closes);
    }

    private Answer NotFound(HttpRequest request, bool closes) => TryOpenFile(_notFound, out var fd, out var status)
        ? File(request, _notFound, fd, status, 404, closes)
        : Answer.Plain(404, Date, request.IsHead, closes);

    private bool IsFolderWithIndex(string relative)
    {
        var found = TryOpenFile($"{relative}/{_index}", out var fd, out _);
        if (found)
        {
            _ = Libc.Close(fd);
        }

        return found;
    }

    private bool TryOpenFile(string relative, out int fd, out FileStatus status)
    {
        status = default;
        fd = folder.OpenBelow(relative);
        if (fd < 0)
        {
            return false;
        }

        status = FileStatus.OfOpen(fd);
        if (!status.IsRegular)
        {
            _ = Libc.Close(fd);
        }

        return status.IsRegular;
    }

    private Answer File(HttpRequest request, string name, int fd, FileStatus status, int code, bool closes)
    {
        var varies = false;
        var encoding = "";
        var best = 0;
        var original = status;
        foreach (var coding in Coding.All)
        {
            if (!TryOpenFile(name + coding.Suffix, out var other, out var otherStatus))
            {
                continue;
            }

            // One that is older than its original was forgotten when that changed.
            var isFresh = otherStatus.Seconds >= original.Seconds;
            varies |= isFresh;
            var weight = isFresh ? AcceptEncoding.Weight(request.AcceptEncoding, coding.Name) : 0;
            if (weight > best)
            {
                _ = Libc.Close(fd);
                (fd, status, best) = (other, otherStatus, weight);
                encoding = $"Content-Encoding: {coding.Name}\r\n";
            }
            else
            {
                _ = Libc.Close(other);
            }
        }

        var vary = varies ? "Vary: Accept-Encoding\r\n" : "";
        try
        {
            return Represent(request, ContentTypes.Of(name), encoding + vary, fd, status, code, closes);
        }
        catch (IOException)
        {
            _ = Libc.Close(fd);
            throw;
        }
    }

    private Answer Represent(HttpRequest request, string type, string headers, int fd, FileStatus status, int code,
        bool closes)
    {
        var tag = _tags.Of(fd, status);
        var lastModified = HttpDate.Text(Math.Max(status.Seconds, status.ChangedSeconds));
        headers += $"Cache-Control: no-cache\r\nETag: {tag}\r\nLast-Modified: {lastModified}\r\n";
        if (code == 200 && Preconditions.Failed(request, tag))
        {
            _ = Libc.Close(fd);
            return Answer.Plain(412, Date, request.IsHead, closes);
        }

        if (code == 200 && Preconditions.IsNotModified(request, tag, lastModified))
        {
            _ = Libc.Close(fd);
            return new Answer(304, Answer.Start(304, Date, closes) + headers + "\r\n") { Closes = closes };
        }

        var part = new ByteRange(0, status.Size);
        if (code == 200 && Preconditions.AllowsRange(request, tag, lastModified))
        {
            var range = ByteRange.Parse(request.Range, status.Size, out var isUnsatisfiable);
            if (isUnsatisfiable)
            {
                _ = Libc.Close(fd);
                return Answer.Plain(416, Date, request.IsHead, closes, $"Content-Range: bytes */{status.Size}\r\n");
            }

            if (range is { } given)
            {
                (part, code) = (given, 206);
                headers += $"Content-Range: bytes {part.Start}-{part.Start + part.Length - 1}/{status.Size}\r\n";
            }
        }

        var head = Answer.Start(code, Date, closes) + headers
            + $"Accept-Ranges: bytes\r\nContent-Type: {type}\r\nContent-Length: {part.Length}\r\n\r\n";
        if (request.IsHead || part.Length == 0)
        {
            _ = Libc.Close(fd);
            return new Answer(code, head) { Closes = closes };
        }

        return new Answer(code, head) { FileFd = fd, FilePart = part, Closes = closes };
    }
}
