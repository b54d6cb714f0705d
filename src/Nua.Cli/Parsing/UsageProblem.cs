using System.CommandLine;
using Nua.Foundation;

namespace Nua.Cli.Parsing;

/// <summary>A wrong command line as problems, with the command meant when the name is nearly right.</summary>
public static class UsageProblem
{
    public static IReadOnlyList<Problem> From(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var name = command is NuaCommand own ? own.FullName : command.Name;
        return
        [
            .. parsed.Errors.Select(error => error.Message).Distinct().Select(message =>
                new Problem("NUA9002", Printable.Escape(string.Join(' ', message.Split('\n', StringSplitOptions.TrimEntries)).TrimEnd('.'), 300)) { Remedy = Remedy(parsed, command, name) }),
        ];
    }

    private static string Remedy(ParseResult parsed, Command command, string name)
    {
        var unknown = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        var names = unknown?.StartsWith('-') == true
            ? command.Options.Concat(GlobalOptions.All).Where(o => !o.Hidden).Select(o => o.Name)
            : command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);
        var meant = unknown is null ? null : names.MinBy(candidate => Distance(unknown, candidate));
        return meant is not null && Distance(unknown!, meant) <= Math.Max(1, meant.Length / 3)
            ? $"did you mean '{meant}'? '{name} --help' lists what there is"
            : $"'{name} --help' shows how it is used";
    }

    /// <summary>Number of letters to insert, remove or replace.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                (diagonal, row[j]) =
                    (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
            }
        }

        return row[^1];
    }
}
