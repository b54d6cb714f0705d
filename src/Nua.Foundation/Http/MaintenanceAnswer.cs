using System.Text;

namespace Nua.Foundation.Http;

/// <summary>What a caller gets while the application behind a gate is away: HTTP is told to come back, anything else is better off with a closed connection.</summary>
public static class MaintenanceAnswer
{
    private const int LongestMethod = 20;

    private static readonly byte[] _body = """
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="refresh" content="5"><title>One moment</title>
        <style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:20vh auto;padding:0 1rem;text-align:center}</style>
        <h1>One moment, please</h1><p>This site is being worked on and will be back shortly. The page asks again by itself.</p></html>

        """u8.ToArray();

    private static readonly byte[] _head = Encoding.ASCII.GetBytes(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html; charset=utf-8\r\n"
        + $"Content-Length: {_body.Length}\r\nRetry-After: 5\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n");

    private static readonly byte[] _whole = [.. _head, .. _body];

    /// <summary>True as long as what has come may be the beginning of a request: upper-case letters, then a space.</summary>
    public static bool MayBeHttp(ReadOnlySpan<byte> start)
    {
        var letters = start.IndexOfAnyExceptInRange((byte)'A', (byte)'Z');
        return letters < 0 ? start.Length < LongestMethod : letters is > 2 and < LongestMethod && start[letters] == ' ';
    }

    /// <summary>The answer to a request: to HEAD without a body.</summary>
    public static ReadOnlyMemory<byte> To(ReadOnlySpan<byte> request) => request.StartsWith("HEAD "u8) ? _head : _whole;
}
