using Nua.Cli.Parsing;

namespace Nua.Cli.Commands;

/// <summary><c>nua logout</c>: forgets credentials.</summary>
public static class LogoutCommand
{
    public static NuaCommand Create()
    {
        var host = LoginCommand.Host();
        return new NuaCommand("logout", "Forgets your credentials for a registry.")
        {
            Usage = "HOST[:PORT]",
            Examples = [new("also for docker, podman and skopeo", "nua logout registry.example")],
            Arguments = { host },
            Run = async (parsed, session) =>
            {
                var name = LoginCommand.CheckedHost(parsed.GetRequiredValue(host));
                var had = await LoginCommand.Logins(session).RemoveAsync(name, session.Cancellation);
                session.Messages.Note(had ? $"the credentials for {name} are gone" : $"there were no credentials for {name}");
                return ExitStatus.Done;
            },
        };
    }
}
