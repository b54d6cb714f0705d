using Nua.Cli.Parsing;
using Nua.Engine.Operations;
using Nua.Foundation;

namespace Nua.Cli.Commands;

/// <summary><c>nua stop</c> and <c>nua down</c>.</summary>
public static class StopCommand
{
    public static NuaCommand Create() => Create(
        "stop", "Stops an instance; its data, settings and secrets stay.", "The application is asked to end and gets the time its image declares.");

    public static NuaCommand CreateDown() => Create(
        "down", "Stops an instance and removes its containers; data, settings and secrets stay.", "'nua start' brings it back, 'nua destroy' removes the rest.");

    private static NuaCommand Create(string command, string description, string details)
    {
        var name = Instances.Name();
        return new NuaCommand(command, description)
        {
            Usage = "NAME",
            Details = details,
            Examples = [new("until it is started again", $"nua {command} notes")],
            ExitStatuses = [new(0, "it is stopped"), new(73, "it is stopped, but there is no space to record that")],
            Arguments = { name },
            Run = async (parsed, session) =>
            {
                var folder = Instances.Folder(parsed.GetRequiredValue(name));
                try
                {
                    using var place = await Instances.OpenAsync(folder.Name.ToString(), session);
                    var status = await new Everyday(place.Work).StopAsync(session.Cancellation);
                    session.Messages.Note(status is { } ended ? $"stopped, exit status {ended}" : "it did not run");
                    return ExitStatus.Done;
                }
                catch (ProblemException lost) when (lost.Problems[0].Code is "NUA5013" or "NUA5014")
                {
                    // What runs must not run on because nobody can read what it is.
                    await Instances.EndAsync(folder, session);
                    throw;
                }
            },
        };
    }
}
