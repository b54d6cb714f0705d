using System.Runtime.InteropServices;

namespace Nua.Acceptance.Running;

/// <summary>The processes of this machine, as <c>/proc</c> shows them.</summary>
public static partial class Processes
{
    /// <summary>All that a process started, and what those started, in whatever namespaces they are.</summary>
    public static IReadOnlyList<(int Id, string CommandLine)> Below(int id)
    {
        var found = new List<(int, string)>();
        foreach (var child in Children(id))
        {
            found.Add((child, CommandLine(child)));
            found.AddRange(Below(child));
        }

        return found;
    }

    /// <summary>Those that have a folder in their environment or among the mounts that they see.</summary>
    public static IReadOnlyList<string> With(string folder) =>
        [.. Directory.EnumerateDirectories("/proc").Where(process => char.IsAsciiDigit(process[6]))
            .Where(process => Text(process + "/environ").Contains(folder, StringComparison.Ordinal)
                || Text(process + "/mountinfo").Contains(folder, StringComparison.Ordinal))
            .Select(process => $"{process}: {CommandLine(int.Parse(process[6..]))}")];

    public static void Kill(int id) => _ = Kill(id, 9);

    private static IEnumerable<int> Children(int id)
    {
        var tasks = $"/proc/{id}/task";
        return Directory.Exists(tasks)
            ? [.. Directories(tasks).SelectMany(task => Text(task + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(int.Parse)]
            : [];
    }

    private static string[] Directories(string folder)
    {
        try
        {
            return Directory.GetDirectories(folder);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string CommandLine(int id) => Text($"/proc/{id}/cmdline").Replace('\0', ' ').TrimEnd();

    /// <summary>Empty for a process that has ended or is somebody else's.</summary>
    private static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int id, int signal);
}
