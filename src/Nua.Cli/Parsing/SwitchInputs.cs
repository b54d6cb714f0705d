using System.CommandLine;
using System.Globalization;
using Nua.Engine.Operations;
using Nua.Foundation;

namespace Nua.Cli.Parsing;

/// <summary>The options of the commands that switch an instance to another release or other data.</summary>
public sealed class SwitchInputs
{
    public Option<bool> NoBackup { get; } = Inputs.Flag("--no-backup", "Without a safety backup; the generation that is replaced is still kept");

    public Option<string?> Steady { get; } = Inputs.Value("--steady", "SECONDS", "How long the release must stay ready before it counts as good; 15 unless said");

    public IEnumerable<Option> All => [NoBackup, Steady];

    /// <exception cref="ProblemException">NUA9040; exit code 2.</exception>
    public Workplace Apply(ParseResult parsed, Workplace place) => parsed.GetValue(Steady) is not { } text
        ? place
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= 3600
            ? place with { Times = place.Times with { Steady = TimeSpan.FromSeconds(seconds) } }
            : throw new ProblemException(new Problem("NUA9040", $"'{Printable.Escape(text, 60)}' is not a time")
            {
                Remedy = "write seconds from 0 to 3600, such as 15 or 0.5",
            })
            { ExitCode = ExitStatus.Usage };
}
