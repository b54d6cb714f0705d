using System.Globalization;
using Nua.Engine.Instances;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Engine.Engines.Local;

/// <summary>
/// Memory and processors of an instance: one control group that holds its supervisor and so all that it starts, on hosts with the unified hierarchy
/// and with the old one.
/// </summary>
internal static class ControlGroups
{
    private const string Root = "/sys/fs/cgroup";
    private const int Period = 100_000;

    /// <summary>Limits the supervisor that runs, and what it starts from now on.</summary>
    /// <returns>Why this host does not allow it; null when it is done or nothing is wanted.</returns>
    public static Problem? Apply(InstanceFolder instance, long? memory, double? cpus)
    {
        var groups = Folders(instance).ToList();
        if (memory is null && cpus is null && !groups.Exists(group => Directory.Exists(group.Path)))
        {
            return null;
        }

        try
        {
            foreach (var (controllers, path) in groups)
            {
                if (IsUnified)
                {
                    Write(Path.GetDirectoryName(path)! + "/cgroup.subtree_control", "+memory +cpu");
                }

                Directory.CreateDirectory(path);
                Limit(path, controllers, memory, cpus);
                foreach (var process in Family(int.Parse(File.ReadAllText(instance.Run + "/pid"), CultureInfo.InvariantCulture)))
                {
                    Write(path + "/cgroup.procs", process.ToString(CultureInfo.InvariantCulture));
                }
            }

            return null;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new Problem("NUA5039", "the limits of memory and processors are not applied")
            {
                Severity = Severity.Warning,
                Why = $"this user may not make control groups here: {Printable.Escape(refused.Message, 200)}",
                Remedy = "run nua as root, or have the administrator delegate the controllers memory and cpu",
            };
        }
    }

    /// <summary>To be called when no process of the instance is left.</summary>
    public static void Remove(InstanceFolder instance)
    {
        foreach (var (_, path) in Folders(instance))
        {
            // A control group is removed as an empty folder, whatever files it shows; it may be busy a moment longer, and costs nothing then.
            _ = Libc.UnlinkAt(Libc.AtFdCwd, Posix.Path(path), Libc.AtRemoveDir);
        }
    }

    private static bool IsUnified => File.Exists(Root + "/cgroup.controllers");

    private static IEnumerable<(string Controllers, string Path)> Folders(InstanceFolder instance)
    {
        // Two stores may have an instance of the same name.
        var name = $"nua-{instance.Name}-{Math.Abs(StableHash(instance.StoreHome)).ToString("x", CultureInfo.InvariantCulture)}";
        if (IsUnified)
        {
            var uid = Libc.GetEuid();
            yield return ("memory cpu", uid == 0 ? $"{Root}/{name}" : $"{Root}/user.slice/user-{uid}.slice/user@{uid}.service/{name}");
            yield break;
        }

        yield return ("memory", $"{Root}/memory/{name}");
        yield return ("cpu", $"{Root}/cpu/{name}");
    }

    private static void Limit(string path, string controllers, long? memory, double? cpus)
    {
        var quota = cpus is { } wanted ? ((long)(wanted * Period)).ToString(CultureInfo.InvariantCulture) : null;
        var bytes = memory?.ToString(CultureInfo.InvariantCulture);
        if (IsUnified)
        {
            Write(path + "/memory.max", bytes ?? "max");
            Write(path + "/cpu.max", $"{quota ?? "max"} {Period}");
        }
        else if (controllers == "memory")
        {
            Write(path + "/memory.limit_in_bytes", bytes ?? "-1");
        }
        else
        {
            Write(path + "/cpu.cfs_period_us", Period.ToString(CultureInfo.InvariantCulture));
            Write(path + "/cpu.cfs_quota_us", quota ?? "-1");
        }
    }

    /// <summary>The process and its direct children: <c>unshare</c> and the supervisor.</summary>
    private static IEnumerable<int> Family(int process)
    {
        yield return process;
        foreach (var child in File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            yield return int.Parse(child, CultureInfo.InvariantCulture);
        }
    }

    private static void Write(string path, string text)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write(System.Text.Encoding.ASCII.GetBytes(text));
    }

    private static int StableHash(string text) => text.Aggregate(17, (hash, c) => unchecked((hash * 31) + c)) & int.MaxValue;
}
