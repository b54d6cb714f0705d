using Nua.Build.Planning;
using Nua.Oci.Layers;
using Nua.Rootfs.Trees;

namespace Nua.Build.Layers;

/// <summary>Where the bytes of a file are until the layer is written.</summary>
public abstract record ContentOrigin
{
    private ContentOrigin()
    {
    }

    public sealed record Memory(byte[] Bytes) : ContentOrigin;

    /// <summary>A file of the host; its content was hashed and must still have that length.</summary>
    public sealed record Disk(string Path) : ContentOrigin;

    /// <summary>A file of a mounted stack of the worker.</summary>
    public sealed record Stack(string Path) : ContentOrigin;
}

/// <summary>One path of a layer to be: exactly what the image will say about it, and where its content is. Links and folders have no origin.</summary>
public sealed record LayerItem(TreeEntry Entry, ContentOrigin? Origin);

/// <summary>A layer of the image with its purpose and all its paths.</summary>
public sealed record BuiltLayer(LayerKind Kind, Layer Layer, FileTree Tree);
