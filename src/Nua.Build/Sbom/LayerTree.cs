using Nua.Oci.Layers;
using Nua.Oci.Tar;

namespace Nua.Build.Sbom;

/// <summary>The files of an image as its layers were read; only what was kept while they streamed by can be opened.</summary>
internal sealed class LayerTree(ImageTree tree) : IFileTree
{
    public IEnumerable<TreeEntry> Entries => tree.Walk().Where(node => node.Layer >= 0).Select(node => new TreeEntry(
        node.Path,
        node.Type switch
        {
            TarEntryType.File => TreeEntryType.File,
            TarEntryType.Directory => TreeEntryType.Folder,
            TarEntryType.SymbolicLink => TreeEntryType.Link,
            _ => TreeEntryType.Other,
        },
        node.Size));

    public Stream Open(string path) => tree.Find(path)?.Content is { } content
        ? new MemoryStream(content.ToArray(), writable: false)
        : throw new IOException($"{path} was not kept");
}
