using System.Text;
using System.Text.RegularExpressions;

namespace Nua.Build.Planning;

/// <summary>What published configurations take for granted in a line of shell and an image or a sandbox has not: the superuser's
/// <c>sudo</c>, and bash.</summary>
internal static partial class AuthorCommand
{
    // Longer lines are no commands that somebody wrote; the patterns look back.
    private const int Longest = 64 << 10;

    /// <summary>The line without <c>sudo</c> and its options: build commands see a root user of their own, and an application has none.</summary>
    /// <param name="where">The key, for the warning.</param>
    public static string WithoutSudo(string line, string where, PlanNotes notes)
    {
        if (line.Length > Longest || !line.Contains("sudo", StringComparison.Ordinal))
        {
            return line;
        }

        var text = new StringBuilder();
        var at = 0;
        foreach (Match match in Sudo().Matches(Masked(line)))
        {
            text.Append(line, at, match.Index - at);
            at = match.Index + match.Length;
        }

        if (at == 0)
        {
            return line;
        }

        text.Append(line, at, line.Length - at);
        notes.Add(PlanProblems.SudoLeftOut(where));
        return text.ToString();
    }

    /// <summary>Whether <c>sh</c> would read the line otherwise than its author meant, who had bash.</summary>
    public static bool NeedsBash(string line) => line.Length <= Longest && Bashism().IsMatch(Masked(line));

    /// <summary>The line as one command of <c>sh</c>.</summary>
    public static string InBash(string line) => $"bash -c '{line.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>As long as the line, with a letter for each character that is quoted, escaped or inside <c>${…}</c>.</summary>
    private static string Masked(string line)
    {
        var text = new StringBuilder(line.Length);
        char quote = '\0';
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '\\' && quote != '\'' && i + 1 < line.Length)
            {
                text.Append("xx");
                i++;
            }
            else if (quote != '\0')
            {
                text.Append('x');
                quote = c == quote ? '\0' : quote;
            }
            else if (c == '$' && i + 1 < line.Length && line[i + 1] == '{')
            {
                var end = line.IndexOf('}', i);
                var length = (end < 0 ? line.Length : end + 1) - i;
                text.Append('x', length);
                i += length - 1;
            }
            else if (c is '"' or '\'')
            {
                // $'…' is bash's own: the dollar sign stays as the sign of it.
                text.Append(c == '\'' && i > 0 && line[i - 1] == '$' ? '\'' : 'x');
                quote = c;
            }
            else
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    [GeneratedRegex("""
        (?<=(?:^|[;&|(`\n])\s*(?:(?:then|do|else|if|while|!|\{|\w+=\S*)\s+)*)
        sudo\s+(?:(?:-[A-Za-z]*[ugpCrtUDRT]\s+\S+|--(?:user|group|prompt|chdir|role|type)\s+\S+|-[A-Za-z]+|--[\w-]+(?:=\S+)?|--)\s+)*(?=\S)
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Sudo();

    [GeneratedRegex("""
        \{[^{}\s]*(?:,|\.\.)[^{}\s]*\} | (?:^|[\s;&|(!])\[\[\s | <<< | &> | \|& | (?:^|\s)[<>]\( | \$' | (?:^|[\s;])\w+\+?=\( | \bpipefail\b
        | (?:^|[;&|(\n]|\b(?:then|do|else))\s*(?:(?:source|pushd|popd|shopt|declare|typeset|mapfile|readarray|function)\s|echo\s+-n?e)
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Bashism();
}
