using Nua.Foundation.Linux;

namespace Nua.Agent.Web;

/// <summary>A request's path, decoded and known to stay below the root.</summary>
/// <param name="Relative">Without a leading slash; empty is the root folder; a folder's path ends with a slash or is
/// empty.</param>
internal sealed record UrlPath(string Relative)
{
    private const string _wellKnown = ".well-known";

    public bool IsFolder => Relative.Length == 0 || Relative[^1] == '/';

    public string LastSegment
    {
        get
        {
            var path = Relative.TrimEnd('/');
            return path[(path.LastIndexOf('/') + 1)..];
        }
    }

    /// <summary>
    /// Refuses what could mean two things or lead elsewhere: bad escapes, NUL, an encoded slash, empty, <c>.</c> and
    /// <c>..</c> segments, and names that begin with a dot, but for <c>.well-known</c> at the top.
    /// </summary>
    /// <returns>null when refused.</returns>
    public static UrlPath? Parse(string target)
    {
        var end = target.AsSpan().IndexOfAny('?', '#');
        var path = end < 0 ? target : target[..end];
        if (path.Length == 0 || path[0] != '/' || Decode(path[1..]) is not { } decoded)
        {
            return null;
        }

        var segments = decoded.Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            var isEmptyEnd = segments[i].Length == 0 && i == segments.Length - 1;
            var isDotted = segments[i].StartsWith('.') && !(i == 0 && segments[i] == _wellKnown);
            if ((segments[i].Length == 0 && !isEmptyEnd) || isDotted)
            {
                return null;
            }
        }

        return new UrlPath(decoded);
    }

    /// <summary>The part behind the path, with its question mark; empty without one.</summary>
    public static string Query(string target)
    {
        var question = target.IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? "" : target[question..];
    }

    /// <summary>
    /// Where the same folder is, with a slash at the end: relative, so that it stays on this host whatever the request
    /// looked like, and with <c>./</c> in front, so that a colon in the name is no scheme.
    /// </summary>
    public string Redirect(string query)
    {
        var result = new System.Text.StringBuilder("./");
        foreach (var b in RawName.ToBytes(LastSegment))
        {
            var c = (char)b;
            result.Append(char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~' ? c.ToString() : $"%{b:X2}");
        }

        return result.Append('/').Append(query).ToString();
    }

    private static string? Decode(string path)
    {
        if (!path.Contains('%'))
        {
            return path;
        }

        var bytes = new byte[path.Length];
        var length = 0;
        for (var i = 0; i < path.Length; i++)
        {
            var value = path[i];
            if (value == '%')
            {
                if (i + 2 >= path.Length || !char.IsAsciiHexDigit(path[i + 1]) || !char.IsAsciiHexDigit(path[i + 2]))
                {
                    return null;
                }

                value = (char)Convert.ToInt32(path.Substring(i + 1, 2), 16);
                i += 2;
                if (value is '\0' or '/')
                {
                    return null;
                }
            }

            bytes[length++] = (byte)value;
        }

        return RawName.FromBytes(bytes.AsSpan(0, length));
    }
}
