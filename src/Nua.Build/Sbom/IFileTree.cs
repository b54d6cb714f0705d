namespace Nua.Build.Sbom;

/// <summary>What an entry of a tree is; only files can be opened.</summary>
public enum TreeEntryType
{
    File,
    Folder,
    Link,
    Other,
}

/// <summary>One name in a tree.</summary>
/// <param name="Path">From the root, without a leading slash: <c>nua/app/app.py</c>. Never empty, never with <c>.</c> or <c>..</c>.</param>
public readonly record struct TreeEntry(string Path, TreeEntryType Type, long Size);

/// <summary>The files of an image or of a part of it, wherever they are kept: a folder on disk, or layers.</summary>
public interface IFileTree
{
    /// <summary>Everything in the tree, each path once, in any order.</summary>
    IEnumerable<TreeEntry> Entries { get; }

    /// <summary>The bytes of a file of <see cref="Entries"/>. Links are never followed, neither in the last component nor before it.</summary>
    /// <exception cref="IOException">it cannot be read.</exception>
    Stream Open(string path);
}
