using Nua.Engine.Contracts;
using Nua.Engine.Foreground;
using Nua.Oci;
using Nua.Oci.Layers;
using Nua.Rootfs.Volumes;

namespace Nua.Engine.Data;

/// <summary>Which volumes an image wants and whose they are.</summary>
public static class ImageVolumes
{
    /// <summary>Those of class <c>data</c>, owned by the user the image runs as.</summary>
    /// <exception cref="Nua.Foundation.ProblemException">the image names a user that it does not have.</exception>
    public static IReadOnlyList<NewVolume> Of(Image image, AppContract contract)
    {
        var (uid, _) = Users.Resolve(image.Config.Run.User, name => TopFile.Read(image, name)?.ToArray() ?? []);
        return [.. contract.Volumes.Where(volume => !volume.IsCache).Select(volume => new NewVolume(volume.Name, uid, 0))];
    }
}
