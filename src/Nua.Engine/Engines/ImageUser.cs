using Nua.Engine.Foreground;
using Nua.Oci;
using Nua.Oci.Layers;

namespace Nua.Engine.Engines;

/// <summary>The ids an image's process has inside its container.</summary>
public static class ImageUser
{
    /// <exception cref="Nua.Foundation.ProblemException">NUA5005: the image names a user it does not have.</exception>
    public static (uint Uid, uint Gid) Of(Image image)
    {
        var user = image.Config.Run.User ?? "";
        if (user.Split(':') is [var uid, var gid] && ushort.TryParse(uid, out var number) && ushort.TryParse(gid, out var group))
        {
            return (number, group);
        }

        // Only names have to be looked up in the image.
        return Users.Resolve(user, file => TopFile.Read(image, file, 1 << 20) ?? []);
    }
}
