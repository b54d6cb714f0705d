using Nua.Foundation;

namespace Nua.Engine.Settings;

/// <summary>
/// A file of variables, one <c>NAME=VALUE</c> a line, as <c>docker run --env-file</c> reads it: everything behind the first <c>=</c> is the value,
/// quotes included; empty lines and lines that begin with <c>#</c> do not count; a name alone takes this machine's own value.
/// </summary>
public static class EnvFile
{
    /// <param name="lookUp">This machine's variables.</param>
    /// <exception cref="ProblemException">NUA5043, one for each line that says nothing.</exception>
    public static IReadOnlyDictionary<string, string> Parse(string text, string where, Func<string, string?> lookUp)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var problems = new List<Problem>();
        var number = 0;
        foreach (var line in text.Split('\n').Select(line => line.TrimEnd('\r')))
        {
            number++;
            if (line.Trim().Length == 0 || line.TrimStart().StartsWith('#'))
            {
                continue;
            }

            var parts = line.Split('=', 2);
            var name = parts[0].Trim();
            var value = parts.Length == 2 ? parts[1] : lookUp(name);
            if (IsName(name) && value is not null)
            {
                variables[name] = value;
                continue;
            }

            // The line itself may hold a secret.
            problems.Add(new Problem("NUA5043", IsName(name) ? $"'{name}' has no value here, and this machine has no such variable" : "this line is not NAME=VALUE")
            {
                Where = $"{Printable.Escape(where, 200)}:{number}",
            });
        }

        return problems.Count == 0 ? variables : throw new ProblemException(problems) { ExitCode = 2 };
    }

    public static bool IsName(string text) =>
        text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');
}
