using System.Text;
using Nua.Agent.Linux;

namespace Nua.Agent.Health;

/// <summary>What an application answered over HTTP.</summary>
/// <param name="Location">Where a redirect leads; null when it is none.</param>
internal sealed record HttpAnswer(int Status, string? Location)
{
    /// <summary>
    /// 2xx; or 3xx that stays on this scheme. A redirect to HTTPS is answered by a proxy's rule even when the
    /// application behind it is dead, so it proves nothing.
    /// </summary>
    public bool IsGood => Status is >= 200 and < 300
        || (Status is >= 300 and < 400 && Location?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) != true);
}

/// <summary>Asks one path with GET and reads no more than the head of the answer.</summary>
internal static class HttpProbe
{
    private const int _largestHead = 16 * 1024;

    /// <returns>null when there was no HTTP answer; <paramref name="why"/> says so.</returns>
    public static HttpAnswer? Get(int port, string path, Deadline limit, out string why)
    {
        using var probe = Probe.Connect(port, limit, out why);
        if (probe is null)
        {
            return null;
        }

        var request = $"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nUser-Agent: nua-healthcheck\r\n"
            + "Accept: */*\r\nConnection: close\r\n\r\n";
        if (!probe.Send(Encoding.ASCII.GetBytes(request)))
        {
            why = "it closed the connection";
            return null;
        }

        var head = ReadHead(probe);
        var answer = Parse(head);
        why = answer is not null ? ""
            : limit.IsOver ? "no answer in time"
            : head.Length == 0 ? "it closed the connection"
            : "not an HTTP answer";
        return answer;
    }

    public static HttpAnswer? Parse(string head)
    {
        // "HTTP/1.1 200 OK"
        var isHttp = head.StartsWith("HTTP/1.", StringComparison.Ordinal) && head.Length >= 12 && head[8] == ' '
            && char.IsAsciiDigit(head[9]) && char.IsAsciiDigit(head[10]) && char.IsAsciiDigit(head[11]);
        return isHttp ? new HttpAnswer(int.Parse(head.AsSpan(9, 3)), Header(head, "location")) : null;
    }

    private static string? Header(string head, string name)
    {
        foreach (var line in head.Split("\r\n"))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line.AsSpan(0, colon).Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return line[(colon + 1)..].Trim();
            }
        }

        return null;
    }

    private static string ReadHead(Probe probe)
    {
        var buffer = new byte[_largestHead];
        var length = 0;
        while (length < buffer.Length && buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
        {
            var count = probe.Receive(buffer.AsSpan(length));
            if (count == 0)
            {
                break;
            }

            length += count;
        }

        return Encoding.Latin1.GetString(buffer, 0, length);
    }
}
