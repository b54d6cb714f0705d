using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Engine.Engines.Local;

/// <summary>A systemd unit that starts an instance with the machine and follows its supervisor.</summary>
public static class SystemdUnit
{
    /// <param name="program">Full path of nua.</param>
    /// <exception cref="ProblemException">NUA5055: another engine runs it.</exception>
    public static string Text(InstanceFolder folder, InstanceRecord record, string program) => record.Engine == LocalEngine.EngineName
        ? $"""
            [Unit]
            Description={folder.Name}, an application kept by nua
            After=network.target

            [Service]
            Type=forking
            PIDFile={folder.Run}/pid
            Environment="NUA_HOME={folder.StoreHome}"
            ExecStart="{program}" start {folder.Name}
            ExecStop="{program}" stop {folder.Name}
            TimeoutStartSec=infinity
            TimeoutStopSec=infinity
            Restart=on-failure
            RestartSec=5

            [Install]
            WantedBy=multi-user.target

            """
        : throw new ProblemException(new Problem("NUA5055", $"'{folder.Name}' runs on the engine '{record.Engine}', which starts it with the machine itself"));
}
