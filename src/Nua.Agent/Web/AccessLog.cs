using System.Globalization;
using Nua.Agent.Linux;
using Nua.Foundation;

namespace Nua.Agent.Web;

/// <summary>
/// One line per request on standard output, in the common log format, without the query (it may hold tokens). When
/// nobody reads the log, lines are dropped and counted rather than requests held up.
/// </summary>
internal sealed unsafe class AccessLog(TimeProvider time)
{
    private const int _longestTarget = 512;
    private long _dropped;

    public void Write(string client, HttpRequest? request, int status, long bytes)
    {
        var line = request is null ? "-" : RequestLine(request);
        var stamp = time.GetUtcNow().ToString("dd/MMM/yyyy:HH:mm:ss +0000", CultureInfo.InvariantCulture);
        Send($"{client} - - [{stamp}] \"{line.Replace("\"", "\\\"", StringComparison.Ordinal)}\" {status} {bytes}");
    }

    private static string RequestLine(HttpRequest request)
    {
        var path = Printable.Escape(PathOf(request.Target), _longestTarget);
        return $"{Printable.Escape(request.Method, 20)} {path} {(request.IsHttp11 ? "HTTP/1.1" : "HTTP/1.0")}";
    }

    private static string PathOf(string target)
    {
        var question = target.IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? target : target[..question];
    }

    private void Send(string line)
    {
        var item = new Native.PollFd { Fd = 1, Events = Native.PollOut };
        if (Native.Poll(&item, 1, 0) < 1)
        {
            _dropped++;
            return;
        }

        if (_dropped > 0)
        {
            line = $"nua: {_dropped} log lines were dropped\n{line}";
            _dropped = 0;
        }

        Output.Line(line);
    }
}
