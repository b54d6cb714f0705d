using Nua.Cli.Commands;
using Nua.Cli.Output;
using Nua.Cli.Parsing;

namespace Nua.Cli;

/// <summary>From arguments to exit status: parses, hands the command its session, prints what went wrong.</summary>
public static class NuaProgram
{
    public static async Task<int> RunAsync(string[] args)
    {
        using var interruption = new Interruption();
        return await RunAsync(args, Screen.OfProcess(), interruption);
    }

    /// <summary>Runs one command line.</summary>
    /// <returns>0 done, 1 failed, 2 wrong usage, 130 interrupted, or what the command documents.</returns>
    public static async Task<int> RunAsync(string[] args, Screen screen, Interruption interruption)
    {
        var parsed = NuaCommandLine.Parse(args);
        var session = new Session(screen, GlobalOptions.Read(parsed), interruption.Token);
        var command = (NuaCommand)parsed.CommandResult.Command;
        if (parsed.GetValue(GlobalOptions.Help))
        {
            session.Out.Write(HelpPage.Of(command));
            return ExitStatus.Done;
        }

        if (parsed.GetValue(GlobalOptions.Version))
        {
            session.Out.WriteLine($"nua {VersionCommand.Version}");
            return ExitStatus.Done;
        }

        if (parsed.Errors.Count > 0)
        {
            session.Messages.Report(UsageProblem.From(parsed));
            return ExitStatus.Usage;
        }

        if (command.Run is null)
        {
            session.Messages.Write(HelpPage.Of(command));
            return ExitStatus.Usage;
        }

        var full = command.ExitStatuses.Any(meaning => meaning.Status == ExitStatus.NoSpace) ? ExitStatus.NoSpace : ExitStatus.Failed;
        return await Failure.CatchAsync(() => command.Run(parsed, session), session.Messages, interruption, full);
    }
}
