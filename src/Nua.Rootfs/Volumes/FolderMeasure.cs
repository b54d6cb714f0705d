using Nua.Foundation.Linux;
using Nua.Rootfs.Trees;

namespace Nua.Rootfs.Volumes;

/// <summary>Counts what is in a folder without reading it. A file with several names counts once.</summary>
internal static class FolderMeasure
{
    public static FolderSize Of(int folder)
    {
        var seen = new HashSet<(uint, uint, ulong)>();
        long files = 0, blocks = 0, length = 0;
        Visit(folder, "");
        return new FolderSize(files, blocks * 512, length);

        void Visit(int fd, string path)
        {
            foreach (var name in DirectoryReader.Names(fd))
            {
                var bytes = Posix.Path(name);
                var child = path.Length == 0 ? name : path + "/" + name;
                // An application that runs may remove a file meanwhile: then it does not count.
                if (Node.Read(fd, bytes, child) is not { } node || (node.Status.Links > 1 && node.Kind == NodeKind.File && !seen.Add(node.Identity)))
                {
                    continue;
                }

                blocks += (long)node.Status.Blocks;
                if (node.Kind == NodeKind.File)
                {
                    (files, length) = (files + 1, length + node.Size);
                }
                else if (node.Kind == NodeKind.Directory)
                {
                    var inner = Libc.OpenAt(fd, bytes, Libc.ORdOnly | Libc.ODirectory | Libc.ONoFollow | Libc.OCloExec, 0);
                    if (inner >= 0)
                    {
                        try
                        {
                            Visit(inner, child);
                        }
                        finally
                        {
                            _ = Libc.Close(inner);
                        }
                    }
                }
            }
        }
    }
}
