using System.Globalization;
using System.Text;
using Nua.Config;

namespace Nua.Engine.Verifying;

/// <summary>A request as bytes, and an answer read from bytes. HTTP/1.0, so that an answer ends with its connection and is never cut into chunks.</summary>
internal static class HttpExchange
{
    public static byte[] Request(VerifyRequest request)
    {
        var body = Encoding.UTF8.GetBytes(request.Body ?? "");
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{request.Method} {request.Path} HTTP/1.0\r\n");
        foreach (var (name, value) in Headers(request, body.Length))
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        return [.. Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    /// <returns>Null when it is no whole HTTP answer.</returns>
    public static HttpReply? Reply(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        var lines = end < 0 ? [] : Encoding.Latin1.GetString(bytes[..end]).Split("\r\n");
        // "HTTP/1.1 200 OK"
        if (lines.Length == 0 || !lines[0].StartsWith("HTTP/1.", StringComparison.Ordinal) || lines[0].Length < 12
            || !int.TryParse(lines[0].AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            return null;
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in lines.Skip(1).Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2))
        {
            headers[pair[0].Trim()] = pair[1].Trim();
        }

        var body = bytes[(end + 4)..];
        var isWhole = !headers.TryGetValue("Content-Length", out var text) || !long.TryParse(text, out var length) || body.Length >= length;
        return isWhole ? new HttpReply(status, headers, Encoding.UTF8.GetString(body)) : null;
    }

    private static SortedDictionary<string, string> Headers(VerifyRequest request, int length)
    {
        var headers = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Accept"] = "*/*",
            ["Connection"] = "close",
            ["Host"] = "localhost",
            ["User-Agent"] = "nua-verify",
        };
        if (request.Body is { } body)
        {
            headers["Content-Length"] = length.ToString(CultureInfo.InvariantCulture);
            headers["Content-Type"] = body.AsSpan().TrimStart() is ['{' or '[', ..] ? "application/json" : "text/plain; charset=utf-8";
        }

        foreach (var (name, value) in request.Headers)
        {
            headers[name] = value;
        }

        return headers;
    }
}

internal sealed record HttpReply(int Status, IReadOnlyDictionary<string, string> Headers, string Body);
