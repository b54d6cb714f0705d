using Nua.Cli.Parsing;
using Nua.Foundation;

namespace Nua.Cli.Commands;

/// <summary><c>nua systemd</c>: a unit for an instance.</summary>
public static class SystemdCommand
{
    public static NuaCommand Create()
    {
        var name = Instances.Name();
        return new NuaCommand("systemd", "Prints a systemd unit that starts an instance with the machine.")
        {
            Usage = "NAME",
            Details = "For the local engine; Docker and Podman start their containers themselves.",
            Examples = [new("install it", "nua systemd notes | sudo tee /etc/systemd/system/nua-notes.service && sudo systemctl enable --now nua-notes")],
            Arguments = { name },
            Run = (parsed, session) =>
            {
                var folder = Instances.Folder(parsed.GetRequiredValue(name));
                var record = Instances.Read(folder);
                if (record.Engine != "local")
                {
                    throw new ProblemException(new Problem("NUA5055", $"'{folder.Name}' runs on the engine '{record.Engine}', which starts it with the machine itself"));
                }

                session.Out.Write($"""
                    [Unit]
                    Description={folder.Name}, an application kept by nua
                    After=network.target

                    [Service]
                    Type=forking
                    PIDFile={folder.Run}/pid
                    Environment=NUA_HOME={folder.StoreHome}
                    ExecStart={Environment.ProcessPath} start {folder.Name}
                    ExecStop={Environment.ProcessPath} stop {folder.Name}
                    TimeoutStartSec=infinity
                    TimeoutStopSec=infinity
                    Restart=on-failure
                    RestartSec=5

                    [Install]
                    WantedBy=multi-user.target

                    """);
                return Task.FromResult(ExitStatus.Done);
            },
        };
    }
}
