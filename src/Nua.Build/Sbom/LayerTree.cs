using Nua.Build.Wrap;
using Nua.Foundation;
using Nua.Oci.Layers;
using Nua.Oci.Tar;

namespace Nua.Build.Sbom;

/// <summary>The files of an image as its layers were read; only what was kept while they streamed by can be opened.</summary>
internal sealed class LayerTree(ImageTree tree) : IFileTree
{
    /// <summary>A tree keeps the name of a folder once; who lists its paths has it in each of them: four kilobytes a file from a few bytes
    /// of a layer. Honest images have up to 28 million: 300 000 files, 95 characters each.</summary>
    private const long MostPathCharacters = 40 << 20;

    /// <exception cref="ProblemException">NUA2218 all paths together are too long to be kept in memory.</exception>
    public IEnumerable<TreeEntry> Entries
    {
        get
        {
            var characters = 0L;
            foreach (var node in tree.Walk().Where(node => node.Layer >= 0))
            {
                characters += node.Path.Length;
                if (characters > MostPathCharacters)
                {
                    throw WrapProblem.PathsTooLong(tree.Image.Digest, MostPathCharacters);
                }

                yield return new TreeEntry(node.Path, TypeOf(node.Type), node.Size);
            }
        }
    }

    public Stream Open(string path) => tree.Find(path)?.Content is { } content
        ? new MemoryStream(content.ToArray(), writable: false)
        : throw new IOException($"{path} was not kept");

    private static TreeEntryType TypeOf(TarEntryType type) => type switch
    {
        TarEntryType.File => TreeEntryType.File,
        TarEntryType.Directory => TreeEntryType.Folder,
        TarEntryType.SymbolicLink => TreeEntryType.Link,
        _ => TreeEntryType.Other,
    };
}
