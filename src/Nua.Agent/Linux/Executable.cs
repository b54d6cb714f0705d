using Nua.Foundation.Linux;
using Nua.Agent.Settings;

namespace Nua.Agent.Linux;

/// <summary>Finding programs and becoming one.</summary>
internal static unsafe class Executable
{
    private const int _executeAccess = 1;

    /// <summary>
    /// The file to execute: as given when it has a slash, else the first of that name in the variables' <c>PATH</c>.
    /// </summary>
    /// <returns>null when there is none.</returns>
    public static string? Find(string name, Variables variables, string? workDir = null)
    {
        if (name.Length == 0)
        {
            return null;
        }

        if (name.Contains('/'))
        {
            return name[0] == '/' ? name : Path.Combine(workDir ?? Environment.CurrentDirectory, name);
        }

        foreach (var directory in (variables["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").Split(':'))
        {
            if (directory.Length > 0 && directory + "/" + name is var candidate && IsExecutable(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    public static bool IsExecutable(string path) =>
        Native.Access(Posix.Path(path), _executeAccess) == 0 && FileStatus.Of(path) is { IsDirectory: false };

    /// <summary>Becomes another program. Returns only when that failed, with the errno.</summary>
    /// <param name="keepMask">The new program is the agent again and wants its signals to stay blocked.</param>
    public static int Replace(string file, IReadOnlyList<string> argv, Variables variables, bool keepMask = false)
    {
        using var arguments = new ByteStrings(argv);
        using var environ = new ByteStrings(variables.ToEnviron());
        Signals.RestoreDefaults(keepMask);
        _ = Native.Execve(Posix.Path(file), arguments.Pointer, environ.Pointer);
        return Posix.LastError;
    }
}
