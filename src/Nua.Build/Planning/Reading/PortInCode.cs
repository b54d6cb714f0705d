using System.Text.RegularExpressions;

namespace Nua.Build.Planning.Reading;

/// <summary>Where a program listens when its code says so in numbers, and reads no <c>PORT</c>.</summary>
/// <param name="File">The code that opens the port.</param>
/// <param name="Port">Null when none is written out.</param>
/// <param name="IsLoopback">It listens on localhost: nothing outside its container reaches it.</param>
internal sealed partial record PortInCode(string File, int? Port, bool IsLoopback)
{
    /// <summary>Ports of the services that applications call.</summary>
    private static readonly int[] _ofServices =
        [21, 22, 25, 53, 110, 143, 389, 465, 587, 636, 993, 1433, 1521, 1883, 3306, 5432, 5672, 6379, 9042, 9092, 9200, 11211, 27017];

    /// <summary>Null when the code reads <c>PORT</c>, or opens no port that can be seen.</summary>
    /// <param name="first">The file that is started; others are looked at when it opens no port.</param>
    public static PortInCode? Find(AppFolder folder, string? first, params string[] extensions)
    {
        var files = CodeFiles.Find(folder, extensions).ToList();
        PortInCode? found = null;
        foreach (var file in first is null ? files : files.Where(file => file != first).Prepend(first))
        {
            if (folder.ReadHead(file) is not { } text)
            {
                continue;
            }

            if (ReadsPort().IsMatch(text))
            {
                return null;
            }

            if (found is null && Opens().IsMatch(text))
            {
                found = new PortInCode(file, Number(text), Loopback().IsMatch(text));
            }
        }

        return found;
    }

    private static int? Number(string text)
    {
        foreach (var pattern in (Regex[])[OpensNumber(), NamedNumber(), AddressNumber()])
        {
            foreach (Match match in pattern.Matches(text))
            {
                if (int.TryParse(match.Groups[1].ValueSpan, out var port) && port is >= 80 and <= 65535 && Array.IndexOf(_ofServices, port) < 0)
                {
                    return port;
                }
            }
        }

        return null;
    }

    // "PORT" as the name of a variable of the environment: env.PORT, environ["PORT"], { PORT } = process.env, PORT: port().
    [GeneratedRegex("""["'`]PORT["'`]|\benv\.PORT\b|\{[^{}]*\bPORT\b[^{}]*\}\s*=\s*(?:process|Bun|import\.meta|Deno)\.env|\bPORT\s*:|\bPORT\b[^\n]*config\(|LISTEN_FDS|HTTP_PORTS""")]
    private static partial Regex ReadsPort();

    [GeneratedRegex("""\.listen\(|\bserve\(|\bBun\.serve|\bapp\.run\(|\brun_app\(|uvicorn\.run\(|serve_forever|Server\(|make_server\(|create_server\(|start_server\(|\.bind\(|UseUrls\(|\.Run\(\s*"http""")]
    private static partial Regex Opens();

    [GeneratedRegex("""(?:\.listen|\bserve|\brun|\brun_app|Server|make_server|create_server|start_server|\.bind)\(\s*\(?(?:[\w.]+\s*,\s*)?(?:["'][\w.:]*["']\s*,\s*)?(\d{2,5})\b""")]
    private static partial Regex OpensNumber();

    [GeneratedRegex("""(?i:\b(?:http_?|web_?|server_?|listen_?|app_?)?port)["']?\s*(?::\s*\w+\s*=|[:=])\s*["']?(\d{2,5})\b""")]
    private static partial Regex NamedNumber();

    [GeneratedRegex("""https?://[\w.*+\[\]:]*:(\d{2,5})\b""")]
    private static partial Regex AddressNumber();

    [GeneratedRegex("""(?:\.listen|\bserve|\brun|\brun_app|Server|make_server|create_server|start_server|\.bind)\([^;\n]*["'](?:localhost|127\.0\.0\.1)["']|(?i:\bhost(?:name)?)["']?\s*[:=]\s*["'](?:localhost|127\.0\.0\.1)["']|(?:UseUrls|\.Run)\(\s*"https?://(?:localhost|127\.0\.0\.1)""")]
    private static partial Regex Loopback();
}
