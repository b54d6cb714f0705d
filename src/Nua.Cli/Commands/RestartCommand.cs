using Nua.Cli.Parsing;
using Nua.Engine.Operations;

namespace Nua.Cli.Commands;

/// <summary><c>nua restart</c>: applies changed configuration.</summary>
public static class RestartCommand
{
    public static NuaCommand Create()
    {
        var name = Instances.Name();
        return new NuaCommand("restart", "Restarts an instance and waits until it is ready.")
        {
            Usage = "NAME",
            Details = "Uses the image's own 'restart' where it has one, which may not even stop the application;\n" +
                "otherwise starts a new container, with the gate closed meanwhile.",
            Examples = [new("one instance", "nua restart notes")],
            Arguments = { name },
            Run = async (parsed, session) =>
            {
                using var place = await Instances.OpenAsync(parsed.GetRequiredValue(name), session);
                var isOwn = await new Everyday(place.Work).RestartAsync(session.Cancellation);
                session.Messages.Note(isOwn ? "restarted by the image's own command" : "restarted, and ready");
                return ExitStatus.Done;
            },
        };
    }
}
