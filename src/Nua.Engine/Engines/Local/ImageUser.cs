using Nua.Engine.Foreground;
using Nua.Oci;
using Nua.Rootfs;

namespace Nua.Engine.Engines.Local;

/// <summary>The ids an image's process has inside its container.</summary>
public static class ImageUser
{
    /// <exception cref="Nua.Foundation.ProblemException">NUA5005: the image names a user it does not have.</exception>
    public static (uint Uid, uint Gid) Of(Image image, string storeHome)
    {
        var user = image.Config.Run.User ?? "";
        if (user.Split(':') is [var uid, var gid] && ushort.TryParse(uid, out var number) && ushort.TryParse(gid, out var group))
        {
            return (number, group);
        }

        // Only names have to be looked up in the image, which takes a worker.
        using var workshop = Workshop.Open(storeHome);
        var stack = workshop.Mount(workshop.Unpack(image.Layers));
        try
        {
            return Users.Resolve(user, name => workshop.ReadFile(stack, name, 1 << 20));
        }
        finally
        {
            workshop.Drop(stack);
        }
    }
}
