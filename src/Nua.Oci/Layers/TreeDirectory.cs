using Nua.Oci.Tar;

namespace Nua.Oci.Layers;

/// <summary>A file that one or more names share.</summary>
internal sealed class TreeFile
{
    public required TarEntry Entry { get; set; }

    public required TarEntryType Type { get; init; }

    public required int Layer { get; set; }

    public required (int Layer, long Offset) Source { get; init; }

    public long Size { get; init; }

    public string? Sha256 { get; init; }

    public ReadOnlyMemory<byte>? Content { get; init; }
}

/// <summary>A name in the tree being merged.</summary>
internal sealed class TreeEntry(TreeFile file)
{
    public TreeFile File { get; set; } = file;

    /// <summary>The layer that put the name here, itself or by something below it.</summary>
    public int Layer { get; set; } = -1;

    /// <summary>No layer entry of its own in <see cref="Layer"/>.</summary>
    public bool IsImplied { get; set; }

    /// <summary>The path that a hard link's entry names.</summary>
    public string? HardLinkTo { get; init; }

    /// <summary>Null for everything that is not a directory.</summary>
    public Dictionary<string, TreeEntry>? Children { get; set; }

    public bool IsDirectory => Children is not null;
}
