using System.CommandLine;
using Nua.Cli.Parsing;
using Nua.Engine.Instances;
using Nua.Engine.Operations;
using Nua.Foundation;

namespace Nua.Cli.Commands;

/// <summary><c>nua start</c>: runs instances that exist.</summary>
public static class StartCommand
{
    public static NuaCommand Create()
    {
        var name = new Argument<string?>("NAME") { Description = "The instance", Arity = ArgumentArity.ZeroOrOne };
        var all = Inputs.Flag("--all", "Every instance that should run: after a restart of the machine");
        return new NuaCommand("start", "Starts an instance and waits until it is ready.")
        {
            Usage = "NAME | --all",
            Examples = [new("after the machine was restarted", "nua start --all")],
            ExitStatuses = [new(0, "ready"), new(1, "at least one did not become ready")],
            Arguments = { name },
            Options = { all },
            Run = async (parsed, session) =>
            {
                if (parsed.GetValue(all) == parsed.GetValue(name) is not null)
                {
                    throw new ProblemException(new Problem("NUA9035", "either NAME or --all is needed")
                    {
                        Remedy = "see 'nua ps' for the names",
                    })
                    { ExitCode = ExitStatus.Usage };
                }

                return parsed.GetValue(name) is { } one ? await StartAsync(one, session) : await StartAllAsync(session);
            },
        };
    }

    private static async Task<int> StartAsync(string name, Session session)
    {
        using var place = await Instances.OpenAsync(name, session);
        await new Everyday(place.Work).StartAsync(session.Cancellation);
        session.Messages.Note($"'{name}' is ready");
        return ExitStatus.Done;
    }

    private static async Task<int> StartAllAsync(Session session)
    {
        var status = ExitStatus.Done;
        foreach (var folder in Instance.List(Locations.StoreHome()))
        {
            session.Cancellation.ThrowIfCancellationRequested();
            try
            {
                if (Instance.ReadRecord(folder) is not { IsWanted: false })
                {
                    await StartAsync(folder.Name.ToString(), session);
                }
            }
            catch (ProblemException failure)
            {
                // One that does not come up must not keep the others down.
                session.Messages.Report(failure.Problems);
                status = ExitStatus.Failed;
            }
        }

        return status;
    }
}
