using Nua.Cli.Parsing;
using Nua.Engine.Engines.Local;

namespace Nua.Cli.Commands;

/// <summary><c>nua systemd</c>: a unit for an instance.</summary>
public static class SystemdCommand
{
    public static NuaCommand Create()
    {
        var name = Instances.Name();
        return new NuaCommand("systemd", "Prints a systemd unit that starts an instance when the machine starts.")
        {
            Usage = "NAME",
            Details = "For the local engine; Docker and Podman start their containers themselves.",
            Examples = [new("install it", "nua systemd notes | sudo tee /etc/systemd/system/nua-notes.service && sudo systemctl enable --now nua-notes")],
            Arguments = { name },
            Run = (parsed, session) =>
            {
                var folder = Instances.Folder(parsed.GetRequiredValue(name));
                var record = Instances.Read(folder);
                session.Out.Write(SystemdUnit.Text(folder, record, Environment.ProcessPath!));
                return Task.FromResult(ExitStatus.Done);
            },
        };
    }
}
