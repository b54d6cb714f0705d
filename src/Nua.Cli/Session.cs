using Nua.Cli.Output;
using Nua.Cli.Parsing;

namespace Nua.Cli;

/// <summary>What a running command has: where its result goes, where messages go, how the caller wants them, and when to stop.</summary>
public sealed class Session
{
    public Session(Screen screen, OutputChoice choice, CancellationToken cancellation)
    {
        Screen = screen;
        Choice = choice;
        Cancellation = cancellation;
        Messages = new Messages(screen, choice);
    }

    public Screen Screen { get; }

    public OutputChoice Choice { get; }

    public bool Json => Choice.Json;

    /// <summary>Standard output: the result, nothing else.</summary>
    public TextWriter Out => Screen.Out;

    /// <summary>Standard error: everything for people.</summary>
    public Messages Messages { get; }

    public CancellationToken Cancellation { get; }
}
