using System.CommandLine;
using System.Globalization;
using Nua.Engine.Backups;
using Nua.Engine.Operations;
using Nua.Foundation;

namespace Nua.Cli.Parsing;

/// <summary>The options of the commands that switch an instance to another release or other data.</summary>
public sealed class SwitchInputs
{
    public Option<bool> NoBackup { get; } = Inputs.Flag("--no-backup", "Make no safety backup; the generation that is replaced is still kept");

    public Option<string?> Steady { get; } = Inputs.Value("--steady", "SECONDS", "How long the release must stay ready before it counts as good; 15 when left out");

    public IEnumerable<Option> All => [NoBackup, Steady];

    /// <summary>Null with <c>--no-backup</c>.</summary>
    public Func<CancellationToken, Task<SafetyBackup>>? SafetyBackup(ParseResult parsed, Places place, Session session) =>
        parsed.GetValue(NoBackup) ? null : cancel => SafetyBackupAsync(place, session, cancel);

    /// <summary>In the instance's own folder, every byte read back.</summary>
    public static Task<SafetyBackup> SafetyBackupAsync(Places place, Session session, CancellationToken cancel) =>
        Backup(place).BeforeSwitchAsync(session.Messages.Report, cancel);

    /// <summary>The same at once, whatever it costs the application: a restore replaces its data before it is stopped.</summary>
    /// <returns>Its path. Null with <c>--no-backup</c>.</returns>
    public Func<CancellationToken, Task<string>>? BackupAtOnce(ParseResult parsed, Places place, Session session) => parsed.GetValue(NoBackup)
        ? null
        : async cancel =>
        {
            session.Messages.Note("making a safety backup");
            var result = await Backup(place).RunAsync(cancel);
            session.Messages.Report(result.Notes);
            return result.Entry.Place;
        };

    private static BackupWork Backup(Places place) => new(place.Work, place.Data, new BackupOrder { IsChecked = true });

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
