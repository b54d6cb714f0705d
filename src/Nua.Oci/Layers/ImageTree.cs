using Nua.Oci.Compression;
using Nua.Oci.Tar;

namespace Nua.Oci.Layers;

public sealed record TreeOptions
{
    public static readonly TreeOptions Default = new();

    /// <summary>Computes <see cref="TreeNode.Sha256"/> of every regular file.</summary>
    public bool HashContent { get; init; }

    /// <summary>Paths (<c>nua/metadata/sbom.json</c>) whose content is kept in memory, up to <see cref="MaxKeptBytes"/> each.</summary>
    public Func<string, bool>? KeepContent { get; init; }

    public int MaxKeptBytes { get; init; } = 16 << 20;

    /// <summary>Called for every entry of every layer in order, whiteouts and overwritten files included: (layer index, normalised path, entry).</summary>
    public Action<int, string, TarEntry>? OnEntry { get; init; }

    public TarLimits Tar { get; init; } = TarLimits.Default;

    public ExpansionLimits Expansion { get; init; } = ExpansionLimits.Default;
}

/// <summary>One path of an image's final tree.</summary>
/// <param name="Path">Without a leading slash; empty for the root.</param>
/// <param name="Layer">Index of the layer that last wrote it.</param>
public sealed record TreeNode(string Path, TarEntryType Type, int Layer)
{
    /// <summary>Metadata as the last entry for the file has it; for a hard link, type and size are those of the file it names.</summary>
    public required TarEntry Entry { get; init; }

    public long Size { get; init; }

    /// <summary>Lower-case hex, when it was asked for and this is a regular file.</summary>
    public string? Sha256 { get; init; }

    public ReadOnlyMemory<byte>? Content { get; init; }
}

public sealed record LayerSummary(int Index, long Entries, long TarSize, long FileBytes, long Whiteouts);

public sealed class ImageTree
{
    public Image Image => throw new NotImplementedException();

    public IReadOnlyList<LayerSummary> Layers => throw new NotImplementedException();

    public static ImageTree Read(Image image, TreeOptions? options = null, CancellationToken cancellation = default) =>
        throw new NotImplementedException();

    /// <param name="path">With or without a leading slash.</param>
    /// <param name="followLinks">Resolves symbolic links inside the image, also the last one.</param>
    public TreeNode? Find(string path, bool followLinks = false) => throw new NotImplementedException();

    /// <summary>Direct children, sorted by name.</summary>
    public IReadOnlyList<TreeNode> Children(string path) => throw new NotImplementedException();

    /// <summary>Everything below, parents before children, sorted.</summary>
    public IEnumerable<TreeNode> Walk(string under = "") => throw new NotImplementedException();

    /// <summary>A file's content: kept content, or by reading its layer again.</summary>
    public byte[] ReadContent(TreeNode node, int limit = 16 << 20) => throw new NotImplementedException();

    /// <summary>Streams a file's content into <paramref name="output"/>.</summary>
    public void CopyContent(TreeNode node, Stream output) => throw new NotImplementedException();
}
