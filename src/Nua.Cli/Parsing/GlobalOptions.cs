using System.CommandLine;
using Nua.Cli.Output;

namespace Nua.Cli.Parsing;

/// <summary>The options that every command takes.</summary>
public static class GlobalOptions
{
    public static Option<bool> Json { get; } = Flag("--json", "Print the result, and every problem, as JSON");

    public static Option<bool> Quiet { get; } = Flag("--quiet", "Print errors and warnings only", "-q");

    public static Option<bool> Verbose { get; } = Flag("--verbose", "Print more: all build output, stacks of unexpected errors", "-v");

    public static Option<bool> NoColour { get; } = Flag("--no-color", "Print without colours, as NO_COLOR=1 does");

    public static Option<bool> Help { get; } = Flag("--help", "Show help for the command", "-h");

    /// <summary>Of the root only.</summary>
    public static Option<bool> Version { get; } = Flag("--version", "Print the version of nua");

    public static IReadOnlyList<Option<bool>> All { get; } = [Json, Quiet, Verbose, NoColour, Help];

    public static OutputChoice Read(ParseResult parsed) => new()
    {
        Json = parsed.GetValue(Json),
        Quiet = parsed.GetValue(Quiet),
        Verbose = parsed.GetValue(Verbose),
        NoColour = parsed.GetValue(NoColour),
    };

    private static Option<bool> Flag(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, Recursive = name != "--version", Arity = ArgumentArity.Zero };
}
