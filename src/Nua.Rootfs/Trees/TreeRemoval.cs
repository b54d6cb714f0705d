using Nua.Foundation.Linux;

namespace Nua.Rootfs.Trees;

/// <summary>
/// Removes a tree by descriptors, following no link, whatever modes and names a build left in it. What is already gone is no error.
/// </summary>
public static class TreeRemoval
{
    public static void Remove(string path) => Remove(Libc.AtFdCwd, Posix.Path(path), path);

    private static void Remove(int directory, byte[] name, string shown)
    {
        if (Libc.UnlinkAt(directory, name, 0) == 0 || Posix.LastError == Libc.ENoEnt)
        {
            return;
        }

        if (Posix.LastError is not (Libc.EIsDir or Libc.EPerm))
        {
            Posix.Throw(Posix.LastError, "removing", shown);
        }

        var flags = Libc.ORdOnly | Libc.ODirectory | Libc.ONoFollow | Libc.OCloExec;
        var fd = Libc.OpenAt(directory, name, flags, 0);
        if (fd < 0)
        {
            _ = Libc.FchmodAt(directory, name, 0x1C0, 0);
            fd = Libc.OpenAt(directory, name, flags, 0);
            if (fd < 0 && Posix.LastError == Libc.ENoEnt)
            {
                return;
            }

            Posix.Check(fd, "opening", shown);
        }

        try
        {
            _ = Libc.Fchmod(fd, 0x1C0);
            foreach (var child in Trees.DirectoryReader.Names(fd))
            {
                Remove(fd, Posix.Path(child), shown + "/" + child);
            }
        }
        finally
        {
            _ = Libc.Close(fd);
        }

        if (Libc.UnlinkAt(directory, name, Libc.AtRemoveDir) < 0 && Posix.LastError != Libc.ENoEnt)
        {
            Posix.Throw(Posix.LastError, "removing", shown);
        }
    }
}
