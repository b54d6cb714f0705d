using System.Globalization;

namespace Nua.Agent.Health;

/// <summary>Whether the application runs, for one that listens on no port: looks at the processes of the container.</summary>
internal static class ApplicationProcess
{
    private const int First = 1;

    /// <summary>
    /// The application is a child of the container's first process, or that process itself when the start script was called directly.
    /// Whoever runs this check is neither.
    /// </summary>
    /// <param name="proc">Where the kernel shows processes.</param>
    public static bool IsThere(string proc = "/proc")
    {
        var processes = Read(proc);
        var own = Ancestors(processes, Environment.ProcessId);
        return processes.Any(process => !own.Contains(process.Key) && process.Value.IsAlive
            && (process.Key == First ? !IsAgent(proc) : process.Value.Parent == First && IsAgent(proc)));
    }

    private static Dictionary<int, (int Parent, bool IsAlive)> Read(string proc)
    {
        var found = new Dictionary<int, (int, bool)>();
        foreach (var folder in Directory.EnumerateDirectories(proc))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && Text(folder + "/stat") is { } stat && stat.LastIndexOf(") ", StringComparison.Ordinal) is > 0 and var end)
            {
                // The name before it may hold anything, parentheses too.
                var fields = stat[(end + 2)..].Split(' ');
                found[id] = (int.Parse(fields[1], CultureInfo.InvariantCulture), fields[0] is not ("Z" or "X"));
            }
        }

        return found;
    }

    private static HashSet<int> Ancestors(Dictionary<int, (int Parent, bool IsAlive)> processes, int id)
    {
        var found = new HashSet<int>();
        while (id > First && found.Add(id) && processes.TryGetValue(id, out var process))
        {
            id = process.Parent;
        }

        return found;
    }

    private static bool IsAgent(string proc) =>
        Text($"{proc}/{First}/cmdline")?.Split('\0') is [var program, "init", ..] && Path.GetFileName(program) == "nua-agent";

    /// <summary>Null when the process has ended meanwhile.</summary>
    private static string? Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
