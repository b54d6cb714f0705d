namespace Nua.Oci.Storage;

/// <summary>An entry of the store's index.</summary>
/// <param name="Name">Null for an image that lost its name to a newer one.</param>
/// <param name="Manifest">Of a manifest, or of an index of platforms.</param>
public sealed record StoredImage(string? Name, Descriptor Manifest);

/// <summary>Small files by key beside the blobs. Losing one costs time, never correctness.</summary>
public enum RecordKind
{
    /// <summary><c>builds/KEY</c>: what a build of exactly these inputs gave.</summary>
    Builds,

    /// <summary><c>layers/KEY</c>: the layer that a tree of files became.</summary>
    Layers,
}
