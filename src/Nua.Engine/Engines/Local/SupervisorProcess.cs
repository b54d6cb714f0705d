using System.Diagnostics;
using System.Globalization;
using Nua.Engine.Instances;
using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Foundation.Linux;
using Nua.Rootfs;
using Nua.Sandbox;

namespace Nua.Engine.Engines.Local;

/// <summary>Finds the supervisor of an instance, or starts it. It is known by its socket and the kernel lock that it holds, never by a number.</summary>
internal static class SupervisorProcess
{
    private const uint Passable = 0x1C8;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(15);

    /// <summary>Small heap, given back soon: it lives as long as the application does.</summary>
    private static readonly Dictionary<string, string> _frugal = new()
    {
        ["DOTNET_GCgen0size"] = "80000",
        ["DOTNET_GCConserveMemory"] = "7",
        ["DOTNET_GCHeapAffinitizeMask"] = "1",
    };

    /// <summary>Null when none runs. One that begins or ends is waited for.</summary>
    public static async Task<SupervisorConnection?> FindAsync(InstanceFolder instance, CancellationToken cancel)
    {
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(20, cancel))
        {
            if (SupervisorConnection.TryOpen(instance.Run) is { } connection)
            {
                return connection;
            }

            if (!FileLock.IsHeld(instance.Run + "/lock"))
            {
                return null;
            }

            if (waited.Elapsed > _patience)
            {
                throw new ProblemException(new Problem("NUA5033", $"the supervisor of '{instance.Name}' runs but does not answer")
                {
                    Where = Printable.Escape(instance.Run, 300),
                    Remedy = "find the process that holds the lock file there (fuser), end it, and run the command again",
                });
            }
        }
    }

    public static async Task<SupervisorConnection> FindOrStartAsync(InstanceFolder instance, bool ownNetwork, CancellationToken cancel)
    {
        for (var tries = 0; tries < 3; tries++)
        {
            if (await FindAsync(instance, cancel) is { } connection)
            {
                return connection;
            }

            await StartAsync(instance, ownNetwork, cancel);
        }

        throw new ProblemException(new Problem("NUA5034", $"the supervisor of '{instance.Name}' ends as soon as it has started")
        {
            Remedy = $"nua logs {instance.Name} may say why",
        });
    }

    private static async Task StartAsync(InstanceFolder instance, bool ownNetwork, CancellationToken cancel)
    {
        var tools = HostTools.Find();
        var sandbox = new SandboxFolder(instance.StoreHome);
        sandbox.Prepare(tools);
        Prepare(instance, tools);
        var program = sandbox.InstallProgram(Environment.ProcessPath!);
        List<string> arguments = ["__supervise", instance.Name.ToString(), tools.Runc];
        if (ownNetwork)
        {
            arguments.Add("loopback");
        }

        using var process = Namespaces.Start(tools, sandbox.Path, ownNetwork, program, arguments, outlivesCaller: true, _frugal);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(cancel);
        if (await process.StandardOutput.ReadLineAsync(cancel) == "ready")
        {
            // For service managers, which follow a process by its number; we never do.
            await File.WriteAllTextAsync(instance.Run + "/pid", process.Id.ToString(CultureInfo.InvariantCulture) + "\n", cancel);
            return;
        }

        var said = (await error).Trim();
        throw new ProblemException(new Problem("NUA5035", $"the supervisor of '{instance.Name}' could not be started")
        {
            Why = said.Length > 0 ? Printable.Escape(said, 600) : "it ended without printing anything",
            Remedy = "check that user namespaces are allowed (sysctl user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns)"
                + " and that /etc/subuid and /etc/subgid give this user 65536 ids",
        });
    }

    /// <summary>The supervisor is another user of the host: it may pass through the instance's folder, and own three folders in it.</summary>
    private static void Prepare(InstanceFolder instance, HostTools tools)
    {
        var (uid, gid) = Namespaces.RootIds(tools);
        foreach (var folder in (string[])[InstanceFolder.Root(instance.StoreHome), instance.Path])
        {
            DurableFile.CreateDirectory(folder, Passable);
            Give(folder, Libc.GetEuid(), gid, Passable);
        }

        foreach (var folder in (string[])[instance.Run, instance.Log, instance.Caches])
        {
            DurableFile.CreateDirectory(folder, 0x1C0);
            Give(folder, uid, gid, 0x1C0);
        }
    }

    private static void Give(string path, uint uid, uint gid, uint mode)
    {
        Posix.Check(Libc.FchownAt(Libc.AtFdCwd, Posix.Path(path), uid, gid, 0), "giving to the supervisor", path);
        Posix.Check(Libc.FchmodAt(Libc.AtFdCwd, Posix.Path(path), mode, 0), "opening to the supervisor", path);
    }
}
