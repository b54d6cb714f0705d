using Nua.Oci.Compression;
using Nua.Oci.Tar;

namespace Nua.Oci.Layers;

/// <summary>What to find out while an image's layers are read.</summary>
public sealed record TreeOptions
{
    public static readonly TreeOptions Default = new();

    /// <summary>Computes <see cref="TreeNode.Sha256"/> of every regular file.</summary>
    public bool HashContent { get; init; }

    /// <summary>Chooses paths (<c>nua/metadata/sbom.json</c>) whose content is kept in memory.</summary>
    public Func<string, bool>? KeepContent { get; init; }

    /// <summary>Files larger than this are not kept.</summary>
    public int MaxKeptBytes { get; init; } = 16 << 20;

    /// <summary>Bytes kept of all files together; what comes when they are used up is not kept.</summary>
    public long MaxKeptTotal { get; init; } = 32 << 20;

    /// <summary>Layers that are read at the same time. Each one more holds some thousand entries in memory until the layers below it are
    /// there.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>
    /// Called for every entry of every layer in order, whiteouts and what later layers overwrite included: layer index,
    /// normalised path (of a whiteout: with its <c>.wh.</c> name), entry.
    /// </summary>
    public Action<int, string, TarEntry>? OnEntry { get; init; }

    /// <summary>Most paths of all layers together.</summary>
    public int MaxNodes { get; init; } = 400_000;

    public TarLimits Tar { get; init; } = TarLimits.Default;

    public ExpansionLimits Expansion { get; init; } = ExpansionLimits.Default;
}

/// <summary>One path of an image's final tree.</summary>
/// <param name="Path">Without a leading slash; empty for the root.</param>
/// <param name="Layer">Index of the layer that last wrote it; -1 for a directory that no layer has an entry
/// for.</param>
public sealed record TreeNode(string Path, TarEntryType Type, int Layer)
{
    /// <summary>Mode, owner, time and attributes are those that count in the end. For a hard link it is the entry of
    /// the file it names.</summary>
    public required TarEntry Entry { get; init; }

    /// <summary>The path that this name was linked to when it was made by a hard link; null otherwise.</summary>
    public string? HardLinkTo { get; init; }

    /// <summary>Bytes of content; the same for every name of a file.</summary>
    public long Size { get; init; }

    /// <summary>Lower-case hex, when it was asked for and this is a regular file.</summary>
    public string? Sha256 { get; init; }

    /// <summary>When it was asked to be kept.</summary>
    public ReadOnlyMemory<byte>? Content { get; init; }

    /// <summary>Where the content is: layer and header offset in its tar.</summary>
    internal (int Layer, long Offset) Source { get; init; }
}

/// <summary>Totals of one layer.</summary>
/// <param name="TarSize">Bytes of the uncompressed tar.</param>
/// <param name="FileBytes">Content of its files.</param>
/// <param name="HasEndMarker">Whether the tar ends as it should.</param>
public sealed record LayerSummary(int Index, long Entries, long TarSize, long FileBytes, long Whiteouts, bool HasEndMarker);
