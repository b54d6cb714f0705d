using Nua.Foundation.Durable;
using Nua.Foundation.Linux;

namespace Nua.Engine.Engines.Docker;

/// <summary>Volumes of class <c>cache</c>: they may vanish at any time, so they are made anew whenever they are missing. The engine would make them too,
/// but as root's.</summary>
internal static class CacheFolders
{
    private const uint OwnerAndGroup = 0x1F8, Everybody = 0x1FF;

    /// <param name="owner">Null where this process may not give folders away (a rootless engine): everybody inside may write then. The instance's folder is
    /// closed to other users of the machine.</param>
    public static void Make(InstanceContainer container, (uint Uid, uint Gid)? owner)
    {
        var caches = container.Instance.Caches + "/";
        foreach (var volume in container.Volumes.Where(volume => volume.Source.StartsWith(caches, StringComparison.Ordinal) && !Directory.Exists(volume.Source)))
        {
            DurableFile.CreateDirectory(volume.Source, 0x1C0);
            if (owner is var (uid, gid))
            {
                Posix.Check(Libc.FchownAt(Libc.AtFdCwd, Posix.Path(volume.Source), uid, gid, 0), "giving to the application", volume.Source);
            }

            Posix.Check(Libc.FchmodAt(Libc.AtFdCwd, Posix.Path(volume.Source), owner is null ? Everybody : OwnerAndGroup, 0), "opening to the application", volume.Source);
        }
    }
}
