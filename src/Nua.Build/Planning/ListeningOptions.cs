using System.Globalization;
using Nua.Config;

namespace Nua.Build.Planning;

/// <summary>
/// The address in a start command, made the one that an image must have: all interfaces, and <c>$PORT</c>. An operator may choose another port, and
/// <c>localhost</c> is out of reach from outside a container.
/// </summary>
/// <param name="Argv">The command, rewritten where it named an address or would choose one by itself.</param>
/// <param name="Port">The port that the command named; null when it named none.</param>
internal sealed record ListeningOptions(IReadOnlyList<string> Argv, int? Port)
{
    private const string PortWord = "$PORT";
    private const string Everywhere = "0.0.0.0";

    private static readonly string[] _portOptions = ["-p", "--port", "--server.port", "--http-port", "--server-port"];
    private static readonly string[] _bindOptions = ["-b", "--bind", "--listen", "--http-socket", "--http", "-S", "-l"];
    private static readonly string[] _hostOptions = ["--host", "--hostname", "-H", "--server.address", "--address", "--interface", "--ip"];

    /// <summary>Servers that choose a port of their own, or localhost, when the command does not say.</summary>
    private static readonly (string[] Command, string[] Host, string[] Port)[] _servers =
    [
        (["flask", "run"], ["--host", Everywhere], ["--port", PortWord]),
        (["uvicorn"], ["--host", Everywhere], ["--port", PortWord]),
        (["fastapi", "run"], [], ["--port", PortWord]),
        (["hypercorn"], [], ["--bind", Everywhere + ":" + PortWord]),
        (["daphne"], ["-b", Everywhere], ["-p", PortWord]),
        (["granian"], ["--host", Everywhere], ["--port", PortWord]),
        (["streamlit", "run"], ["--server.address", Everywhere], ["--server.port", PortWord]),
        (["chainlit", "run"], ["--host", Everywhere], ["--port", PortWord]),
        (["waitress-serve"], [], ["--port=" + PortWord]),
        (["json-server"], ["--host", Everywhere], ["--port", PortWord]),
        (["http.server"], [], [PortWord]),
        (["runserver"], [], [Everywhere + ":" + PortWord]),
    ];

    /// <summary>The start with <c>PORT</c> in place of a port of its own, which becomes the default of that variable. What the author gives
    /// as another port stays.</summary>
    public static (StartSpec Start, Listening Listening) Apply(StartSpec start, Listening listening, AppConfig config, PlanNotes notes)
    {
        var last = start.Shell.Count == 0 ? null : ShellWords.Parse(start.Shell[^1]);
        var plain = start.Argv.Count > 0 ? start.Argv : last is { Assignments.Count: 0 } ? last.Argv : [];
        var read = Read(plain);
        var asked = config.Ports.FirstOrDefault(port => port.Name == PortPlan.Web)?.Container;
        if (read.Argv.SequenceEqual(plain) || (asked is not null && read.Port is not null && asked != read.Port))
        {
            return (start, listening);
        }

        var why = read.Port is { } own ? $"is for port {own}, which becomes the default" : "would not be reached from outside its container";
        notes.Decide("address", "0.0.0.0:$PORT", $"`{ShellWords.Join(plain)}` {why}");
        return (start.Argv.Count > 0 ? start with { Argv = read.Argv } : start with { Shell = [.. start.Shell.SkipLast(1), ShellWords.Join(read.Argv)] },
            read.Port is null ? listening : listening with { Port = read.Port, PortBecause = "the start command names it" });
    }

    public static ListeningOptions Read(IReadOnlyList<string> argv)
    {
        var words = argv.ToList();
        int? port = null;
        var isHostNamed = false;
        for (var i = 0; i < words.Count; i++)
        {
            var equals = words[i].StartsWith('-') ? words[i].IndexOf('=') : -1;
            var option = equals < 0 ? words[i] : words[i][..equals];
            var hasNext = equals < 0 && i + 1 < words.Count;
            var value = equals >= 0 ? words[i][(equals + 1)..] : hasNext ? words[i + 1] : "";
            var kind = Kind(option, words);
            isHostNamed |= kind is 'h' or 'b';
            var (rewritten, found) = kind switch
            {
                'p' => Whole(value),
                'b' => Address(value),
                'h' => (value is "localhost" or "127.0.0.1" ? Everywhere : null, null),
                _ => option is "http.server" ? hasNext ? Whole(value) : default : IsOfRunserver(words, i) ? Address(words[i]) : default,
            };
            if (rewritten is null)
            {
                continue;
            }

            port ??= found;
            if (kind == 'n' && option != "http.server")
            {
                words[i] = rewritten;
            }
            else if (equals >= 0)
            {
                words[i] = $"{option}={rewritten}";
            }
            else
            {
                words[++i] = rewritten;
            }
        }

        Complete(words, isHostNamed);
        return new ListeningOptions(WithoutOwnPort(words, ref port), port);
    }

    /// <summary>p: a port; b: an address with a port; h: a host; n: none of these.</summary>
    private static char Kind(string option, List<string> words) =>
        (option == "-b" && IsCalled(words, ["daphne"])) || (option == "-h" && IsCalled(words, ["flask", "run"])) ? 'h'
        : option == "-p" && !IsServer(words) ? 'n'
        : option == "-l" && !words.Exists(word => word.EndsWith("serve", StringComparison.Ordinal)) ? 'n'
        : option == "-S" && !words[0].EndsWith("php", StringComparison.Ordinal) ? 'n'
        : Array.IndexOf(_portOptions, option) >= 0 ? 'p'
        : Array.IndexOf(_bindOptions, option) >= 0 ? 'b'
        : Array.IndexOf(_hostOptions, option) >= 0 ? 'h' : 'n';

    /// <summary>-p is a port for these; for other programs it may be anything.</summary>
    private static bool IsServer(List<string> words) => Array.Exists(_servers, server => IsCalled(words, server.Command))
        || words.Exists(word => word[(word.LastIndexOf('/') + 1)..] is "next" or "nuxt" or "nuxi" or "serve" or "http-server" or "json-server"
            or "rails" or "puma" or "rackup" or "fastify" or "ng" or "remix-serve" or "react-router-serve" or "strapi" or "vite" or "flask");

    private static bool IsCalled(List<string> words, IReadOnlyList<string> command)
    {
        var at = words.FindIndex(word => word[(word.LastIndexOf('/') + 1)..] == command[0]);
        return at >= 0 && (command.Count == 1 || (at + 1 < words.Count && words[at + 1] == command[1]));
    }

    private static bool IsOfRunserver(List<string> words, int i) => i > 0 && words.IndexOf("runserver") is >= 0 and var at && at < i
        && !words[i].StartsWith('-');

    private static (string? Text, int? Port) Whole(string value) => IsPort(value, out var port) ? (PortWord, port) : default;

    private static (string? Text, int? Port) Address(string value)
    {
        var colon = value.LastIndexOf(':');
        if (!IsPort(value[(colon + 1)..], out var port))
        {
            return value is "localhost" or "127.0.0.1" ? (Everywhere, null)
                : value is "localhost:$PORT" or "127.0.0.1:$PORT" ? (Everywhere + ":" + PortWord, null) : default;
        }

        var host = colon < 0 ? "" : value[..colon];
        return ((colon < 0 ? "" : host is "localhost" or "127.0.0.1" ? Everywhere + ":" : host + ":") + PortWord, port);
    }

    private static bool IsPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 80 and <= 65535;

    private static void Complete(List<string> words, bool isHostNamed)
    {
        var server = Array.Find(_servers, server => IsCalled(words, server.Command));
        if (server.Command is null || words.Exists(word => word is "--uds" or "--fd" or "--unix-socket" or "--workers-socket"))
        {
            return;
        }

        var hasPort = words.Exists(word => word.Contains(PortWord, StringComparison.Ordinal) || word.Contains("${PORT", StringComparison.Ordinal)
            || word == "--bind" || word.StartsWith("--bind=", StringComparison.Ordinal) || word is "-b" or "--port" or "-p" or "--listen"
            || word.StartsWith("--port=", StringComparison.Ordinal) || word.StartsWith("--listen=", StringComparison.Ordinal));
        var at = server.Command is ["waitress-serve"] ? words.FindIndex(word => word.EndsWith("waitress-serve", StringComparison.Ordinal)) + 1 : words.Count;
        words.InsertRange(at, [.. isHostNamed ? [] : server.Host, .. hasPort ? [] : server.Port]);
    }

    /// <summary><c>PORT=3000 node server.js</c>: the number is the default, and must not hide the operator's.</summary>
    private static List<string> WithoutOwnPort(List<string> words, ref int? port)
    {
        if (words is not ["env", ..])
        {
            return words;
        }

        var at = words.FindIndex(word => word.StartsWith("PORT=", StringComparison.Ordinal));
        var end = words.FindIndex(1, word => !word.Contains('=', StringComparison.Ordinal));
        if (at < 0 || at > end || !IsPort(words[at]["PORT=".Length..], out var own))
        {
            return words;
        }

        port ??= own;
        words.RemoveAt(at);
        return end == 2 ? words[1..] : words;
    }
}
