using Nua.Foundation;
using Nua.Foundation.Linux;
using Nua.Sandbox;

namespace Nua.Engine.Foreground;

/// <summary>A folder of the host given to a container as its data. Inside the user namespace its owner must be the application.</summary>
internal static class DataFolder
{
    /// <summary>Creates it when missing, and gives it to the application when it is empty. A folder with content that belongs to
    /// somebody else is left alone.</summary>
    /// <exception cref="ProblemException">NUA5006: it belongs to somebody else.</exception>
    public static unsafe void Prepare(string folder, uint uid)
    {
        Directory.CreateDirectory(folder);
        var tools = HostTools.Find();
        var (rootUid, rootGid) = Namespaces.RootIds(tools);
        var owner = HostTools.IsRoot ? tools.Uids.Start + uid : uid == 0 ? rootUid : tools.Uids.Start + uid - 1;
        Libc.StatxBuffer stat;
        Posix.Check(Libc.Statx(Libc.AtFdCwd, Posix.Path(folder), 0, 0x7FF, &stat), "reading", folder);
        if (stat.Uid == owner || (stat.Gid == rootGid && (stat.Mode & 0x30) == 0x30))
        {
            return;
        }

        if (Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new ProblemException(new Problem("NUA5006", $"'{Printable.Escape(folder, 200)}' does not belong to the application")
            {
                Why = $"inside the container it runs as user {uid}, which is {owner} on this machine; the folder belongs to {stat.Uid}",
                Remedy = $"chown -R {owner}:{rootGid} {Printable.Escape(folder, 200)}   (as root), or give an empty folder",
            });
        }

        // Group 0 of the namespace may write: every uid the application runs with has it.
        if (Libc.FchownAt(Libc.AtFdCwd, Posix.Path(folder), HostTools.IsRoot ? owner : rootUid, rootGid, 0) < 0)
        {
            Posix.Throw(Posix.LastError, "giving to the application", folder);
        }

        Posix.Check(Libc.FchmodAt(Libc.AtFdCwd, Posix.Path(folder), 0x1F8, 0), "opening to the application", folder);
    }
}
