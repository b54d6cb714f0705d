using Nua.Oci;

namespace Nua.Rootfs;

/// <summary>The layers of an image as folders.</summary>
public static class UnpackedImage
{
    /// <summary>Unpacks what is missing; starts no worker when nothing is.</summary>
    /// <param name="storeHome">The store's folder.</param>
    /// <param name="layers">Base first.</param>
    public static void Ensure(string storeHome, IReadOnlyList<ImageLayer> layers)
    {
        var sandbox = new SandboxFolder(storeHome);
        if (!LayerChain.Folders(layers.Select(layer => layer.DiffId)).All(folder => Directory.Exists($"{sandbox.Path}/{Path.GetDirectoryName(folder)}")))
        {
            using var workshop = Workshop.Open(storeHome);
            workshop.Unpack(layers);
        }
    }
}
