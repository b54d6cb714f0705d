using Nua.Oci;

namespace Nua.Rootfs;

/// <summary>
/// Names unpacked layers. What a layer means on disk depends on those below it (links among its paths, what its whiteouts hide), so its
/// folder is named by the chain ID of image-spec config.md: the digest over the layer and all below.
/// </summary>
public static class LayerChain
{
    /// <summary>The folders of a stack of layers as overlayfs takes them, top first, relative to the sandbox folder.</summary>
    /// <param name="diffIds">Base first.</param>
    public static IReadOnlyList<string> Folders(IEnumerable<Digest> diffIds) =>
        [.. Ids(diffIds).Select(id => $"layers/{id.Encoded}/fs").Reverse()];

    /// <summary>Chain IDs, base first.</summary>
    public static IReadOnlyList<Digest> Ids(IEnumerable<Digest> diffIds)
    {
        var ids = new List<Digest>();
        foreach (var diffId in diffIds)
        {
            ids.Add(ids.Count == 0 ? diffId : Digest.Sha256(System.Text.Encoding.ASCII.GetBytes($"{ids[^1]} {diffId}")));
        }

        return ids;
    }
}
