namespace Nua.Agent.Verbs;

/// <summary>
/// Makes one script of a packager's shell lines in which, where that is safe, the last command replaces the shell.
/// </summary>
internal static class ShellScript
{
    /// <summary>
    /// Anything here may join commands, open a compound or be data of a here-document: such a line is left alone.
    /// </summary>
    private const string _compound = "|&;<>(){}`\n!";

    /// <summary>First words that are not programs.</summary>
    private static readonly string[] _words =
    [
        "exec", "cd", "export", "set", "unset", "if", "for", "while", "until", "case", "eval", ".", "source", "trap",
        "wait", "exit", "return", "read", "shift", "ulimit", "umask", "alias", "command", "time", "function", "[",
        "test",
        "true", "false", "echo", "printf", ":",
    ];

    public static string Compose(IReadOnlyList<string> lines)
    {
        var last = lines[^1].Trim();
        var script = new List<string>(lines.Take(lines.Count - 1)) { CanReplaceShell(last) ? "exec " + last : last };
        return string.Join('\n', script);
    }

    public static bool HasAny(string line, string characters)
    {
        foreach (var c in line)
        {
            if (characters.Contains(c))
            {
                return true;
            }
        }

        return false;
    }

    private static bool CanReplaceShell(string line)
    {
        var end = line.AsSpan().IndexOfAny(' ', '\t');
        var word = end < 0 ? line : line[..end];
        return word.Length > 0 && line[^1] != '\\' && !HasAny(line, _compound)
            && !word.Contains('=') && !word.Contains('#') && Array.IndexOf(_words, word) < 0;
    }
}
