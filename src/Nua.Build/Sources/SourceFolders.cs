using Nua.Foundation.Linux;

namespace Nua.Build.Sources;

/// <summary>What is done with whole folders.</summary>
internal static class SourceFolders
{
    /// <summary>Flushes everything of the file system that <paramref name="folder"/> is on, before the folder is renamed into a
    /// cache: one call instead of one for each of thousands of files.</summary>
    public static void Sync(string folder)
    {
        var fd = Posix.Check(Libc.Open(Posix.Path(folder), Libc.ORdOnly | Libc.ODirectory | Libc.OCloExec, 0), "opening", folder);
        try
        {
            Posix.Check(Libc.Syncfs(fd), "syncing", folder);
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    /// <summary>The folder <paramref name="relative"/> names below <paramref name="top"/>; null when it is missing, not a folder, or
    /// reached only through <c>..</c>, an absolute name or a link.</summary>
    public static string? Below(string top, string relative)
    {
        var current = top;
        foreach (var part in relative.Split('/').Where(p => p is not ("" or ".")))
        {
            current = Path.Combine(current, part);
            var info = new DirectoryInfo(current);
            if (part == ".." || !info.Exists || info.LinkTarget is not null)
            {
                return null;
            }
        }

        return relative.StartsWith('/') ? null : current;
    }
}
