using Nua.Cli.Parsing;
using Nua.Engine.Backups;
using Nua.Engine.Operations;
using Nua.Foundation;

namespace Nua.Cli.Commands;

/// <summary><c>nua destroy</c>: removes an instance with its data.</summary>
public static class DestroyCommand
{
    public static NuaCommand Create()
    {
        var name = Instances.Name();
        var yes = Inputs.Flag("--yes", "Confirm that the data is to be deleted");
        var noBackup = Inputs.Flag("--no-backup", "Make no last backup");
        return new NuaCommand("destroy", "Stops an instance and deletes its data, settings, secrets and logs.")
        {
            Usage = "NAME --yes [--no-backup]",
            Details = "A last backup is made first. Backups and images stay.",
            Examples = [new("for good", "nua destroy notes --yes")],
            Arguments = { name },
            Options = { yes, noBackup },
            Run = async (parsed, session) =>
            {
                var text = parsed.GetRequiredValue(name);
                if (!parsed.GetValue(yes))
                {
                    throw new ProblemException(new Problem("NUA9036", $"'nua destroy {Printable.Escape(text, 60)}' would delete its data for good")
                    {
                        Remedy = $"to confirm, run: nua destroy {Printable.Escape(text, 60)} --yes",
                    })
                    { ExitCode = ExitStatus.Usage };
                }

                using var place = await Instances.OpenAsync(text, session);
                var everyday = new Everyday(place.Work);
                if (!parsed.GetValue(noBackup))
                {
                    // Stopped for good: the backup need not bring it back.
                    await everyday.StopAsync(session.Cancellation);
                }

                var backup = await everyday.DestroyAsync(parsed.GetValue(noBackup) ? null : cancel => LastBackupAsync(place, session, cancel), session.Cancellation);
                session.Messages.Note(backup is null ? $"'{text}' is gone" : $"'{text}' is gone; its last backup is {Printable.Escape(backup, 300)}");
                return ExitStatus.Done;
            },
        };
    }

    private static async Task<string> LastBackupAsync(Places place, Session session, CancellationToken cancel)
    {
        var result = await new BackupWork(place.Work, place.Data, new BackupOrder { IsChecked = true }).RunAsync(cancel);
        session.Messages.Report(result.Notes);
        return result.Entry.Place;
    }
}
