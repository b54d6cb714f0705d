using System.Text;

namespace Nua.Agent.Web;

/// <summary>The parts of a request's head that a file server looks at.</summary>
internal sealed record HttpRequest(string Method, string Target, bool IsHttp11)
{
    public string? AcceptEncoding { get; init; }
    public string? Accept { get; init; }
    public string? IfNoneMatch { get; init; }
    public string? IfModifiedSince { get; init; }
    public string? IfMatch { get; init; }
    public string? IfRange { get; init; }
    public string? Range { get; init; }

    /// <summary>The client wants the connection closed, speaks HTTP/1.0, or sends a body, which is not read.</summary>
    public bool Closes { get; init; }

    public bool IsHead => Method == "HEAD";

    /// <summary>Parses a head, including its empty line.</summary>
    /// <param name="status">The status to refuse with when the result is null.</param>
    public static HttpRequest? Parse(ReadOnlySpan<byte> head, out int status)
    {
        status = 400;
        var end = head.IndexOf("\r\n"u8);
        var request = RequestLine(head[..end], ref status);
        if (request is null)
        {
            return null;
        }

        head = head[(end + 2)..];
        var hosts = 0;
        while (head.Length > 2)
        {
            end = head.IndexOf("\r\n"u8);
            if (!TryHeader(head[..end], out var name, out var value))
            {
                return null;
            }

            hosts += name == "host" ? 1 : 0;
            request = request.With(name, value);
            head = head[(end + 2)..];
        }

        return hosts > 1 || (hosts == 0 && request.IsHttp11) ? null : request;
    }

    private static HttpRequest? RequestLine(ReadOnlySpan<byte> line, ref int status)
    {
        var first = line.IndexOf((byte)' ');
        var last = line.LastIndexOf((byte)' ');
        if (first <= 0 || last <= first + 1 || line[(first + 1)..last].IndexOf((byte)' ') >= 0)
        {
            return null;
        }

        var version = line[(last + 1)..];
        if (!version.StartsWith("HTTP/1."u8) || version.Length != 8)
        {
            status = version.StartsWith("HTTP/"u8) ? 505 : 400;
            return null;
        }

        foreach (var b in line)
        {
            // Names that are not ASCII come percent-encoded.
            if (b is < 0x20 or > 0x7e)
            {
                return null;
            }
        }

        var target = Encoding.ASCII.GetString(line[(first + 1)..last]);
        var isHttp11 = version[7] != '0';
        return new HttpRequest(Encoding.ASCII.GetString(line[..first]), PathOf(target),
            isHttp11) { Closes = !isHttp11 };
    }

    /// <summary>A proxy's form, <c>http://host/path</c>, means the same as the path.</summary>
    private static string PathOf(string target)
    {
        if (target[0] == '/' || !target.StartsWith("http", StringComparison.OrdinalIgnoreCase))
        {
            return target;
        }

        var authority = target.IndexOf("://", StringComparison.Ordinal);
        var path = authority < 0 ? -1 : target.IndexOf('/', authority + 3);
        return authority < 0 ? target : path < 0 ? "/" : target[path..];
    }

    private static bool TryHeader(ReadOnlySpan<byte> line, out string name, out string value)
    {
        (name, value) = ("", "");
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line.IndexOfAny((byte)'\r', (byte)'\n', (byte)0) >= 0)
        {
            return false;
        }

        foreach (var b in line[..colon])
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && "!#$%&'*+-.^_`|~"u8.IndexOf(b) < 0)
            {
                return false;
            }
        }

        name = Encoding.ASCII.GetString(line[..colon]).ToLowerInvariant();
        value = Encoding.Latin1.GetString(line[(colon + 1)..]).Trim(' ', '\t');
        return true;
    }

    private HttpRequest With(string name, string value) => name switch
    {
        "accept-encoding" => this with { AcceptEncoding = Joined(AcceptEncoding, value) },
        "accept" => this with { Accept = Joined(Accept, value) },
        "if-none-match" => this with { IfNoneMatch = Joined(IfNoneMatch, value) },
        "if-match" => this with { IfMatch = Joined(IfMatch, value) },
        "if-modified-since" => this with { IfModifiedSince = value },
        "if-range" => this with { IfRange = value },
        "range" => this with { Range = Joined(Range, value) },
        "content-length" => this with { Closes = Closes || value != "0" },
        "transfer-encoding" => this with { Closes = true },
        "connection" => this with { Closes = Closes || HasToken(value, "close") },
        _ => this,
    };

    private static string Joined(string? earlier, string value) => earlier is null ? value : $"{earlier}, {value}";

    private static bool HasToken(string list, string token)
    {
        foreach (var item in list.Split(','))
        {
            if (item.Trim().Equals(token, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
