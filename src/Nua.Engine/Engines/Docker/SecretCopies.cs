using Nua.Foundation.Durable;
using Nua.Foundation.Linux;

namespace Nua.Engine.Engines.Docker;

/// <summary>
/// The instance's secrets as the application may read them: copies below <c>run</c>, owned by its user. The instance's folder is closed to
/// other users of the machine, so the copies are too, whatever their own modes say.
/// </summary>
internal static class SecretCopies
{
    private const uint OwnerReads = 0x100, AllRead = 0x124, OwnerEnters = 0x140, AllEnter = 0x16D;

    /// <param name="owner">Null where this process may not give files away (a rootless engine): everybody inside may read then.</param>
    /// <returns>The folder to mount at <c>/run/secrets</c>.</returns>
    public static string Make(InstanceContainer container, (uint Uid, uint Gid)? owner)
    {
        var folder = $"{container.Instance.Run}/secrets";
        DurableFile.CreateDirectory(folder, 0x1C0);
        foreach (var old in Directory.GetFiles(folder).Where(path => !container.Secrets.ContainsKey(Path.GetFileName(path))))
        {
            File.Delete(old);
        }

        foreach (var (name, file) in container.Secrets)
        {
            DurableFile.Replace($"{folder}/{name}", File.ReadAllBytes(file), 0x180);
            Give($"{folder}/{name}", owner, owner is null ? AllRead : OwnerReads);
        }

        Give(folder, owner, owner is null ? AllEnter : OwnerEnters);
        return folder;
    }

    private static void Give(string path, (uint Uid, uint Gid)? owner, uint mode)
    {
        Posix.Check(Libc.FchmodAt(Libc.AtFdCwd, Posix.Path(path), mode, 0), "protecting", path);
        if (owner is var (uid, gid))
        {
            Posix.Check(Libc.FchownAt(Libc.AtFdCwd, Posix.Path(path), uid, gid, 0), "giving to the application", path);
        }
    }
}
