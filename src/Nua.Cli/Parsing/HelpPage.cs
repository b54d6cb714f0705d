using System.CommandLine;
using System.Text;
using Nua.Cli.Output;

namespace Nua.Cli.Parsing;

/// <summary>The text of <c>--help</c>, made from the same definitions as the reference page.</summary>
public static class HelpPage
{
    public static string Of(NuaCommand command)
    {
        var text = new StringBuilder();
        text.Append(command.Description).Append("\n\nUsage\n  ").Append(command.FullName).Append(' ').Append(command.Usage).Append('\n');
        if (command.Details.Length > 0)
        {
            text.Append('\n').Append(command.Details).Append('\n');
        }

        Section(text, "Commands", command.Subcommands.Where(c => !c.Hidden).Select(c => (c.Name, c.Description ?? "")));
        Section(text, "Arguments", command.Arguments.Select(a => (a.HelpName ?? a.Name, a.Description ?? "")));
        Section(text, "Options", OwnOptions(command).Select(Row));
        Section(text, "General options", GlobalOptions.All.Select(Row));
        Section(text, "Exit status", command.ExitStatuses.Select(e => (e.Status.ToString(), e.Meaning)));
        if (command.Examples.Count > 0)
        {
            text.Append("\nExamples\n");
            foreach (var example in command.Examples)
            {
                text.Append("  # ").Append(example.Comment).Append("\n  ").Append(example.Line).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>The command's options that are not everybody's.</summary>
    public static IEnumerable<Option> OwnOptions(Command command) =>
        command.Options.Where(option => !option.Hidden && !GlobalOptions.All.Contains(option));

    /// <summary><c>-t, --tag NAME[:TAG]</c> and the description.</summary>
    public static (string Left, string Right) Row(Option option)
    {
        var shortNames = option.Aliases.Where(alias => alias.Length == 2).Order(StringComparer.Ordinal);
        var names = string.Join(", ", shortNames.Append(option.Name));
        return (option.HelpName is null ? names : $"{names} {option.HelpName}", option.Description ?? "");
    }

    private static void Section(StringBuilder text, string title, IEnumerable<(string Left, string Right)> rows)
    {
        var table = new Table();
        var any = false;
        foreach (var (left, right) in rows)
        {
            table.Add(left, right);
            any = true;
        }

        if (any)
        {
            text.Append('\n').Append(title).Append('\n').Append(table.Text(indent: 2));
        }
    }
}
