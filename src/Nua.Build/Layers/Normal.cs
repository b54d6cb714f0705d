using Nua.Rootfs.Trees;

namespace Nua.Build.Layers;

/// <summary>
/// What the image says about the application's files whoever built it, where and when: owner root, group root, 0755 or 0644 by the execute bit,
/// one time for all. So the running application, any uid with gid 0, can read everything and change nothing.
/// </summary>
public static class Normal
{
    public static TreeEntry Of(TreeEntry entry, string path, long epoch) => entry with
    {
        Path = path,
        Kind = entry.Kind == TreeKind.OpaqueDirectory ? TreeKind.Directory : entry.Kind,
        Mode = entry.Kind switch
        {
            TreeKind.Symlink => 0x1FF,
            TreeKind.File when (entry.Mode & 0x49) == 0 => 0x1A4,
            _ => 0x1ED,
        },
        Uid = 0,
        Gid = 0,
        ModifiedSeconds = epoch,
        Capability = null,
    };

    public static TreeEntry Directory(string path, long epoch, uint mode = 0x1ED, uint uid = 0) =>
        new(path, TreeKind.Directory, mode, uid, 0, 0, epoch, "", null, null);

    public static TreeEntry Symlink(string path, string target, long epoch) =>
        new(path, TreeKind.Symlink, 0x1FF, 0, 0, 0, epoch, "", target, null);

    public static LayerItem File(string path, byte[] content, long epoch, uint mode = 0x1A4) =>
        new(
            new TreeEntry(
                path, TreeKind.File, mode, 0, 0, content.Length, epoch,
                Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)), null, null),
            new ContentOrigin.Memory(content));
}
