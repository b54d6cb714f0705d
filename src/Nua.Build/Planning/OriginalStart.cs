using Nua.Build.Planning.Reading;

namespace Nua.Build.Planning;

/// <summary>
/// A <c>start.py</c> of the first Nua: it prepares something and then hands over to a command with <c>exec_as_nua</c> or
/// <c>exec_as_root</c> of a library that no image has. What it does is said by its lines.
/// </summary>
/// <param name="Prepare">Python that comes first, without the library; empty when nothing does.</param>
/// <param name="Command">The command line.</param>
/// <param name="Folder">Where the command runs; null for the application's folder.</param>
internal sealed record OriginalStart(string Prepare, string Command, string? Folder)
{
    private const string Library = "nua.lib.exec.exec_as_";

    public static bool UsesLibrary(string text) => PythonSource.Read(text).TopModules().Contains("nua");

    /// <summary>Null when the script does more than a line of imports, calls and one command at its end can say.</summary>
    public static OriginalStart? Read(string text)
    {
        var source = PythonSource.Read(text);
        var statements = source.Statements;
        if (statements.Count == 0 || statements.Any(statement => statement.Indent > 0) || CallOf(statements[^1].Text) is not { } call
            || !source.FullName(call.Callee).StartsWith(Library, StringComparison.Ordinal))
        {
            return null;
        }

        var prepare = new List<string>();
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in statements.SkipLast(1).Select(statement => statement.Text).Where(line => Literal(line) is null))
        {
            if (line.StartsWith("from nua.lib.exec import ", StringComparison.Ordinal))
            {
                continue;
            }

            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && Literal(line[(equals + 1)..].Trim()) is { } value)
            {
                texts[line[..equals].Trim()] = value;
            }
            else if (line.StartsWith("import ", StringComparison.Ordinal) || line.StartsWith("from ", StringComparison.Ordinal)
                || CallOf(line) is not null)
            {
                prepare.Add(line);
            }
            else
            {
                return null;
            }
        }

        if (prepare.Exists(line => line.StartsWith("from nua.", StringComparison.Ordinal) || line.StartsWith("import nua", StringComparison.Ordinal))
            || call.Arguments is not [var first, ..] || (Literal(first) ?? texts.GetValueOrDefault(first)) is not { Length: > 0 } command)
        {
            return null;
        }

        string? folder = null;
        foreach (var argument in call.Arguments.Skip(1))
        {
            if (argument.StartsWith("cwd=", StringComparison.Ordinal) && Literal(argument[4..]) is { } named)
            {
                folder = named;
            }
            else if (argument is not ("env=os.environ" or "show_cmd=True" or "show_cmd=False"))
            {
                return null;
            }
        }

        var calls = prepare.Exists(line => CallOf(line) is not null);
        return new OriginalStart(calls ? string.Join("; ", prepare) : "", command, folder);
    }

    /// <summary><c>name(a, b)</c> and nothing behind it.</summary>
    private static (string Callee, IReadOnlyList<string> Arguments)? CallOf(string line)
    {
        var open = line.IndexOf('(', StringComparison.Ordinal);
        return open > 0 && line.EndsWith(')') && line[..open].All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.')
            ? (line[..open], Arguments(line[(open + 1)..^1]))
            : null;
    }

    private static List<string> Arguments(string text)
    {
        var arguments = new List<string>();
        var start = 0;
        char quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            if (quote != '\0')
            {
                quote = text[i] == quote ? '\0' : quote;
            }
            else if (text[i] is '"' or '\'')
            {
                quote = text[i];
            }
            else if (text[i] == ',')
            {
                arguments.Add(text[start..i].Trim());
                start = i + 1;
            }
        }

        arguments.Add(text[start..].Trim());
        return [.. arguments.Where(argument => argument.Length > 0)];
    }

    /// <summary>The text of a plain string without escapes; null for anything else.</summary>
    private static string? Literal(string text) =>
        text.Length >= 2 && text[0] is '"' or '\'' && text[^1] == text[0] && text.IndexOf(text[0], 1) == text.Length - 1
            && !text.Contains('\\', StringComparison.Ordinal)
            ? text[1..^1]
            : null;
}
