using Nua.Oci.Storage;

namespace Nua.Oci.Archives;

/// <summary>Images at one place on this machine, opened for reading: a layout, an archive or the store.</summary>
public sealed class ImageSource : IDisposable
{
    /// <param name="store">For names and digests of the store.</param>
    public static ImageSource Open(ImageLocation location, ImageStore? store) => throw new NotImplementedException();

    public ImageIndex Index => throw new NotImplementedException();

    public IBlobStore Blobs => throw new NotImplementedException();

    /// <summary>The entry that the location names: a manifest or an index of platforms.</summary>
    public Descriptor Root => throw new NotImplementedException();

    /// <summary>The image for a platform, linux/amd64 unless said otherwise.</summary>
    public Image OpenImage(Platform? platform = null) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
