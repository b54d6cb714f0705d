using System.CommandLine;
using System.Text;
using Nua.Cli;
using Nua.Cli.Parsing;

namespace Nua.Tests.Cli;

/// <summary>The reference page of the command line, in Markdown, from the definitions that the program itself parses with.</summary>
internal static class ReferencePage
{
    public static string Text()
    {
        var root = NuaCommandLine.Create();
        var text = new StringBuilder("""
            # The command line

            <!-- Generated from the command definitions: NUA_UPDATE_DOCS=1 ./test unit -k Reference -->

            Results go to standard output, everything for people to standard error. Exit status 0 is done, 1 failed, 2 wrong usage, 130
            interrupted (128 + the signal); where a command has others, they are listed. `IMAGE` is a name in the local store
            (`nua-notes:1.0`), a digest (or its first digits), `oci:DIR[:TAG]`, `oci-archive:FILE[:TAG]`, `docker-archive:FILE[:TAG]`,
            `docker-daemon:NAME:TAG`, or a reference to a registry: `docker://HOST/NAME:TAG`, or `HOST/NAME:TAG`, which the store is asked for first.

            A problem says what, where, why and what to do, and has a code that stays: `error NUA9002: …`. With `--json` each is an object on a line
            of its own on standard error: `code`, `severity` (`error`, `warning`, `note`), `what`, and where there are any `where`, `why`, `remedy`.

            ## Options of every command


            """);
        Options(text, GlobalOptions.All);
        foreach (var command in Leaves(root))
        {
            Command(text, command);
        }

        return text.ToString();
    }

    private static IEnumerable<NuaCommand> Leaves(NuaCommand command)
    {
        var children = command.Subcommands.OfType<NuaCommand>().Where(child => !child.Hidden).ToList();
        return children.Count == 0 ? [command] : children.SelectMany(Leaves);
    }

    private static void Command(StringBuilder text, NuaCommand command)
    {
        text.Append($"\n## {command.FullName}\n\n{command.Description}\n\n```\n{command.FullName} {command.Usage}\n```\n");
        if (command.Details.Length > 0)
        {
            text.Append('\n').Append(command.Details).Append('\n');
        }

        Rows(text, "argument", command.Arguments.Select(argument => (argument.Name, argument.Description ?? "")));
        var own = HelpPage.OwnOptions(command).ToList();
        if (own.Count > 0)
        {
            text.Append('\n');
            Options(text, own);
        }

        Rows(text, "exit status", command.ExitStatuses.Select(exit => (exit.Status.ToString(), exit.Meaning)));
        Rows(text, "field of `--json`", command.JsonFields.Select(field => (field.Name, field.Meaning)));
        if (command.Examples.Count > 0)
        {
            text.Append("\n```sh\n");
            foreach (var example in command.Examples)
            {
                text.Append($"# {example.Comment}\n{example.Line}\n");
            }

            text.Append("```\n");
        }
    }

    private static void Options(StringBuilder text, IEnumerable<Option> options)
    {
        text.Append("| option | |\n|---|---|\n");
        foreach (var (left, right) in options.Select(HelpPage.Row))
        {
            text.Append($"| `{left.Replace("|", "\\|", StringComparison.Ordinal)}` | {right} |\n");
        }
    }

    private static void Rows(StringBuilder text, string title, IEnumerable<(string Left, string Right)> rows)
    {
        var list = rows.ToList();
        if (list.Count > 0)
        {
            text.Append($"\n| {title} | |\n|---|---|\n");
            list.ForEach(row => text.Append($"| `{row.Left}` | {row.Right} |\n"));
        }
    }
}
