using System.Globalization;

namespace Nua.Sandbox;

/// <summary>
/// A kernel control group for a worker and all that it starts, with a limit of memory. There is one where the caller may make it:
/// for root, and for a user to whom the machine delegates a part of the tree (systemd does). Elsewhere builds run without, and the kernel is told to end
/// their processes first when memory runs out. See decision 13.
/// </summary>
public sealed class ControlGroup : IDisposable
{
    private const string Mount = "/sys/fs/cgroup";
    private const string Prefix = "nua-";
    private const string Counter = "oom_kill ";

    private readonly string _events;

    private ControlGroup(string folder, bool isUnified) =>
        (Folder, _events) = (folder, folder + (isUnified ? "/memory.events" : "/memory.oom_control"));

    /// <summary>A process that writes its id to the <c>cgroup.procs</c> in it belongs to the group.</summary>
    public string Folder { get; }

    /// <summary>How often the kernel ended a process of the group because the group had no more memory.</summary>
    public int MemoryKills
    {
        get
        {
            try
            {
                var line = File.ReadLines(_events).FirstOrDefault(line => line.StartsWith(Counter, StringComparison.Ordinal));
                return line is null ? 0 : int.Parse(line[Counter.Length..], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                return 0;
            }
        }
    }

    /// <summary>Null where the caller may make none.</summary>
    /// <param name="memory">Bytes.</param>
    public static ControlGroup? TryCreate(long memory)
    {
        try
        {
            return Place() switch
            {
                (var parent, true) => Unified(parent, memory),
                (var parent, false) => Legacy(parent, memory),
                _ => null,
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Removes the groups of processes that were killed.</summary>
    public static void RemoveAbandoned()
    {
        try
        {
            if (Place() is var (parent, _))
            {
                RemoveAbandoned(parent);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Whoever may not look there has made none.
        }
    }

    public void Dispose()
    {
        // The kernel lets go of a group a moment after its last process.
        for (var tries = 0; tries < 500 && !TryRemove(Folder); tries++)
        {
            Thread.Sleep(10);
        }
    }

    /// <summary>Controller → path of this process's group; the unified hierarchy has an empty name.</summary>
    private static Dictionary<string, string> Own()
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines("/proc/self/cgroup"))
        {
            if (line.Split(':', 3) is [_, var names, var path])
            {
                foreach (var name in names.Split(','))
                {
                    found[name] = path == "/" ? "" : path;
                }
            }
        }

        return found;
    }

    /// <summary>Where groups are made; in the unified hierarchy beside our own, for one that has processes can give its children no controllers.</summary>
    private static (string Parent, bool IsUnified)? Place()
    {
        var own = Own();
        return own.TryGetValue("", out var unified) && File.Exists(Mount + "/cgroup.controllers")
            ? (Mount + (unified.Length == 0 ? "" : unified[..unified.LastIndexOf('/')]), true)
            : own.TryGetValue("memory", out var path) ? ($"{Mount}/memory{path}", false) : null;
    }

    private static ControlGroup? Unified(string parent, long memory)
    {
        if (!File.ReadAllText(parent + "/cgroup.subtree_control").Split(' ', '\n').Contains("memory"))
        {
            return null;
        }

        var folder = Make(parent);
        File.WriteAllText(folder + "/memory.max", memory.ToString(CultureInfo.InvariantCulture));
        TryWrite(folder + "/memory.swap.max", "0");
        return new ControlGroup(folder, isUnified: true);
    }

    private static ControlGroup Legacy(string parent, long memory)
    {
        var folder = Make(parent);
        File.WriteAllText(folder + "/memory.limit_in_bytes", memory.ToString(CultureInfo.InvariantCulture));
        return new ControlGroup(folder, isUnified: false);
    }

    private static void RemoveAbandoned(string parent)
    {
        foreach (var old in Directory.EnumerateDirectories(parent, Prefix + "*"))
        {
            if (int.TryParse(Path.GetFileName(old)[Prefix.Length..].Split('-')[0], out var id) && !Directory.Exists($"/proc/{id}"))
            {
                _ = TryRemove(old);
            }
        }
    }

    private static string Make(string parent)
    {
        var folder = $"{parent}/{Prefix}{Environment.ProcessId}-{Guid.NewGuid().ToString("n")[..8]}";
        Directory.CreateDirectory(folder);
        return folder;
    }

    private static bool TryRemove(string folder)
    {
        try
        {
            // Its files belong to the kernel: only the folder itself is removed.
            return Foundation.Linux.Libc.UnlinkAt(
                Foundation.Linux.Libc.AtFdCwd, Foundation.Linux.Posix.Path(folder), Foundation.Linux.Libc.AtRemoveDir) == 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void TryWrite(string file, string text)
    {
        if (File.Exists(file))
        {
            File.WriteAllText(file, text);
        }
    }
}
