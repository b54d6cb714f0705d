using Nua.Cli.Parsing;
using Nua.Engine.Operations;
using Nua.Foundation;

namespace Nua.Cli.Commands;

/// <summary><c>nua destroy</c>: removes an instance with its data.</summary>
public static class DestroyCommand
{
    public static NuaCommand Create()
    {
        var name = Instances.Name();
        var yes = Inputs.Flag("--yes", "Really: the data is deleted");
        return new NuaCommand("destroy", "Stops an instance and deletes its data, settings, secrets and logs.")
        {
            Usage = "NAME --yes",
            Details = "Backups and images stay.",
            Examples = [new("for good", "nua destroy notes --yes")],
            Arguments = { name },
            Options = { yes },
            Run = async (parsed, session) =>
            {
                var text = parsed.GetRequiredValue(name);
                if (!parsed.GetValue(yes))
                {
                    throw new ProblemException(new Problem("NUA9036", $"'nua destroy {Printable.Escape(text, 60)}' would delete its data for good")
                    {
                        Remedy = $"say so: nua destroy {Printable.Escape(text, 60)} --yes",
                    })
                    { ExitCode = ExitStatus.Usage };
                }

                using var place = await Instances.OpenAsync(text, session);
                await new Everyday(place.Work).DestroyAsync(backup: null, session.Cancellation);
                session.Messages.Note($"'{text}' is gone");
                return ExitStatus.Done;
            },
        };
    }
}
