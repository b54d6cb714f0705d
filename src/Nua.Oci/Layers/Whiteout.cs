namespace Nua.Oci.Layers;

/// <summary>Entries that delete (image-spec layer.md, "Whiteouts").</summary>
public static class Whiteout
{
    public const string Prefix = ".wh.";

    /// <summary>Hides everything that lower layers have in its directory.</summary>
    public const string Opaque = ".wh..wh..opq";
}
