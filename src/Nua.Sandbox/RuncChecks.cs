using Nua.Foundation;

namespace Nua.Sandbox;

/// <summary>What to look at before a container is given to runc, and after runc has failed.</summary>
internal static class RuncChecks
{
    /// <summary>runc mounts over these; a root where one is a link could send the mount elsewhere (CVE-2025-31133 and kin).</summary>
    public static void RefuseLinkedMountPoints(string root)
    {
        foreach (var name in (string[])["dev", "proc", "sys"])
        {
            var info = new FileInfo(Path.Combine(root, name));
            if (info.LinkTarget is not null || info.Exists)
            {
                throw new ProblemException(new Problem("NUA4020", $"the image has '/{name}' as something other than a folder")
                {
                    Why = "a runtime would mount through it to a place outside the container",
                    Remedy = "do not run this image; take another base",
                });
            }
        }
    }

    public static void FailIfRuncFailed(string log, int status)
    {
        if (status == 0 || !File.Exists(log))
        {
            return;
        }

        var lines = File.ReadAllLines(log).Where(line => line.Contains("level=error", StringComparison.Ordinal)).ToList();
        if (lines.Count == 0)
        {
            return;
        }

        var text = lines[^1];
        var from = text.IndexOf("msg=", StringComparison.Ordinal);
        var message = from < 0 ? text : text[(from + 4)..].Trim('"');
        if (message.Contains("executable file not found", StringComparison.Ordinal)
            || message.Contains("no such file or directory", StringComparison.Ordinal) && message.Contains("exec", StringComparison.Ordinal))
        {
            throw new ProblemException(new Problem("NUA4022", "the container's program does not exist in the image")
            {
                Why = Printable.Escape(message, 400),
            });
        }

        throw new ProblemException(new Problem("NUA4021", "runc could not start the container")
        {
            Why = Printable.Escape(message, 600),
        });
    }
}
