using Nua.Build.Layers;
using Nua.Rootfs;
using Nua.Rootfs.Trees;

namespace Nua.Build.Sbom;

/// <summary>A mounted root of the worker, as a tree to find components in.</summary>
internal sealed class StackTree(Workshop workshop, string stack, FileTree tree) : IFileTree
{
    public IEnumerable<TreeEntry> Entries => tree.Entries.Select(TreeEntries.Of);

    public Stream Open(string path) => new MemoryStream(workshop.ReadFile(stack, path));
}

/// <summary>
/// What the build puts in the image, as a tree. Files that an earlier build looked at come from its record (<paramref name="evidence"/>), so
/// that finding the components of cached dependencies needs neither worker nor layers.
/// </summary>
/// <param name="opened">Gets the content of every file that was opened in a stack.</param>
internal sealed class ItemTree(
    IReadOnlyCollection<LayerItem> items,
    IReadOnlyDictionary<string, byte[]> evidence,
    Workshop? workshop,
    string stack,
    IDictionary<string, byte[]> opened) : IFileTree
{
    private readonly Dictionary<string, ContentOrigin?> _origins =
        items.DistinctBy(i => i.Entry.Path).ToDictionary(i => i.Entry.Path, i => i.Origin, StringComparer.Ordinal);

    public IEnumerable<TreeEntry> Entries => items.Select(i => TreeEntries.Of(i.Entry));

    public Stream Open(string path) => new MemoryStream(Read(path), writable: false);

    private byte[] Read(string path)
    {
        if (evidence.TryGetValue(path, out var known))
        {
            return known;
        }

        switch (_origins[path])
        {
            case ContentOrigin.Memory memory:
                return memory.Bytes;
            case ContentOrigin.Disk disk:
                return File.ReadAllBytes(disk.Path);
            case ContentOrigin.Stack inStack when workshop is not null:
                return opened[path] = workshop.ReadFile(stack, inStack.Path);
            default:
                // Known from a cached layer and not looked at when that was made: it holds nothing to know.
                return [];
        }
    }
}

internal static class TreeEntries
{
    public static TreeEntry Of(Rootfs.Trees.TreeEntry entry) => new(
        entry.Path,
        entry.Kind switch
        {
            TreeKind.File => TreeEntryType.File,
            TreeKind.Directory or TreeKind.OpaqueDirectory => TreeEntryType.Folder,
            TreeKind.Symlink => TreeEntryType.Link,
            _ => TreeEntryType.Other,
        },
        entry.Size);
}
