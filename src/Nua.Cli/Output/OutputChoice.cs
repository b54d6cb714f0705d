namespace Nua.Cli.Output;

/// <summary>What the global options say about output.</summary>
public sealed record OutputChoice
{
    /// <summary>Results as JSON on standard output, problems as one JSON object a line on standard error.</summary>
    public bool Json { get; init; }

    /// <summary>Only errors and warnings on standard error.</summary>
    public bool Quiet { get; init; }

    /// <summary>Also what is usually left out: every line of build output, stacks of unexpected errors.</summary>
    public bool Verbose { get; init; }

    public bool NoColour { get; init; }
}
