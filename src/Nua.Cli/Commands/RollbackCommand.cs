using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Engine.Operations;

namespace Nua.Cli.Commands;

/// <summary><c>nua rollback</c>: back to the release before.</summary>
public static class RollbackCommand
{
    private const string Kept = "kept";

    public static NuaCommand Create()
    {
        var name = Instances.Name();
        var to = Inputs.Value("--to", Kept, "Go back to the data as it was when it was replaced, without what was written since; 'kept' is the only choice");
        to.AcceptOnlyFromAmong(Kept);
        var switching = new SwitchInputs();
        var command = new NuaCommand("rollback", "Brings an instance back to the release before the last upgrade.")
        {
            Usage = "NAME [--to kept] [--no-backup] [--steady SECONDS]",
            Details = "What users wrote since stays, if the data versions are equal or the newer image declares a rollback: it runs on a copy of the data, and\n" +
                "the earlier release must become ready on it. Otherwise nothing is changed, and the message says what 'nua rollback NAME --to kept' would lose.",
            Examples = [new("with everything that was written since", "nua rollback notes")],
            ExitStatuses = SwitchOutput.ExitStatuses,
            JsonFields = SwitchOutput.Fields,
            Arguments = { name },
            Options = { to },
            Run = async (parsed, session) =>
            {
                using var place = await Instances.OpenAsync(parsed.GetRequiredValue(name), session);
                var work = switching.Apply(parsed, place.Work);
                var report = await new Rollback(work) { SafetyBackup = switching.SafetyBackup(parsed, place, session) }.RunAsync(parsed.GetValue(to) == Kept, session.Cancellation);
                return SwitchOutput.Print(work.Folder.Name, report, session);
            },
        };
        foreach (var option in switching.All)
        {
            command.Options.Add(option);
        }

        return command;
    }
}
