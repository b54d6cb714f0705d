using System.Diagnostics;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Sandbox;

/// <summary>
/// Starts a program as uid 0 of new user, mount and pid namespaces. For root the namespace's ids are a sub-id range, so that its
/// root is nobody on the host; for another user its root is that user. When any process in the chain dies, the kernel ends
/// everything inside and takes the mounts with it: nothing is left to clean.
/// </summary>
public static class Namespaces
{
    private const string Enter = "echo $$ > \"$1/cgroup.procs\" && shift && exec \"$@\"";

    /// <summary>The host's id of the namespace's uid 0 and gid 0: owner of the folders the program writes to.</summary>
    public static (uint Uid, uint Gid) RootIds(HostTools tools) =>
        HostTools.IsRoot ? (tools.Uids.Start, tools.Gids.Start) : (Libc.GetEuid(), Libc.GetEgid());

    /// <param name="workDir">Becomes the working directory even where the namespace's root could not walk to it.</param>
    /// <param name="ownNetwork">A network namespace with only loopback; else the caller's network.</param>
    /// <param name="outlivesCaller">In a session of its own: neither the terminal nor the caller's end reaches it.</param>
    /// <param name="env">Variables on top of the few that every worker gets.</param>
    /// <param name="group">What it and all it starts is counted in; null for none.</param>
    public static Process Start(
        HostTools tools,
        string workDir,
        bool ownNetwork,
        string program,
        IReadOnlyList<string> arguments,
        bool outlivesCaller = false,
        IReadOnlyDictionary<string, string>? env = null,
        ControlGroup? group = null)
    {
        List<string> command = [tools.Unshare, .. Arguments(tools, ownNetwork), "--", program, .. arguments];
        if (outlivesCaller)
        {
            command.Insert(0, HostTools.Locate("setsid") ?? "setsid");
        }

        if (group is not null)
        {
            // Before anything else runs: what is started before its group is entered is never counted.
            command.InsertRange(0, ["/bin/sh", "-c", Enter, "sh", group.Folder]);
        }

        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = workDir,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The environment of the host must not reach a build: the worker gets none but what it needs to find programs.
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        foreach (var (name, value) in env ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException("unshare did not start");
    }

    private static IEnumerable<string> Arguments(HostTools tools, bool ownNetwork)
    {
        yield return "--user";
        if (HostTools.IsRoot)
        {
            yield return $"--map-users={tools.Uids.Start},0,{tools.Uids.Count}";
            yield return $"--map-groups={tools.Gids.Start},0,{tools.Gids.Count}";
            yield return "--setuid=0";
            yield return "--setgid=0";
        }
        else
        {
            yield return "--map-root-user";
            yield return "--map-auto";
        }

        yield return "--mount";
        // What the host unmounts goes here too: a private copy would keep a disk busy for as long as an application runs. Our own mounts stay with us.
        yield return "--propagation=slave";
        yield return "--pid";
        yield return "--mount-proc";
        yield return "--fork";
        yield return "--kill-child=KILL";
        yield return "--ipc";
        yield return "--uts";
        if (ownNetwork)
        {
            yield return "--net";
        }
    }
}
