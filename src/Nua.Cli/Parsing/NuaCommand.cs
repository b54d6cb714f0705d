using System.CommandLine;

namespace Nua.Cli.Parsing;

/// <summary>A command of <c>nua</c>: what the parser needs, and what the help and the reference page say about it.</summary>
#pragma warning disable CA1010 // Command is enumerable only so that initialisers can add to it.
public sealed class NuaCommand : Command
#pragma warning restore CA1010
{
    /// <param name="description">One sentence; the first line of the help.</param>
    public NuaCommand(string name, string description)
        : base(name, description) =>
        // Without an action the parser calls the command itself a mistake ("required command was not provided").
        SetAction(_ => ExitStatus.Usage);

    /// <summary>What comes after the command's name, in the notation of the help: <c>[DIR] [options]</c>.</summary>
    public string Usage { get; init; } = "[options]";

    /// <summary>A paragraph or two for those who read on.</summary>
    public string Details { get; init; } = "";

    public IReadOnlyList<Example> Examples { get; init; } = [];

    /// <summary>Exit statuses that mean something else than the general ones.</summary>
    public IReadOnlyList<ExitMeaning> ExitStatuses { get; init; } = [];

    /// <summary>The fields of the object that <c>--json</c> prints; empty for commands without a result.</summary>
    public IReadOnlyList<JsonField> JsonFields { get; init; } = [];

    /// <summary>Calls the library and prints; null for a command that only groups others.</summary>
    public Func<ParseResult, Session, Task<int>>? Run { get; init; }

    /// <summary><c>nua store verify</c>: the command with those it belongs to.</summary>
    public string FullName
    {
        get
        {
            var names = new List<string> { Name };
            for (var parent = Parent(this); parent is not null; parent = Parent(parent))
            {
                names.Insert(0, parent.Name);
            }

            return string.Join(' ', names);
        }
    }

    private static Command? Parent(Command command) => command.Parents.OfType<Command>().FirstOrDefault();
}

/// <param name="Comment">What the line is for, in a few words.</param>
/// <param name="Line">A command line that works as it stands.</param>
public sealed record Example(string Comment, string Line);

public sealed record ExitMeaning(int Status, string Meaning);

/// <param name="Name">As in the document; <c>a[].b</c> is field <c>b</c> of each element of <c>a</c>.</param>
public sealed record JsonField(string Name, string Meaning);
