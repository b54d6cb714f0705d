using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Json;
using Nua.Oci.Paths;

namespace Nua.Check.Scanning;

/// <summary>Reads an image once, every byte of every layer, and keeps what rules need: names, modes, hashes, a few
/// documents.</summary>
internal static class ImageScanner
{
    private const string Metadata = "nua/metadata/";

    /// <summary>Of <c>files.json</c>: some twenty for each path.</summary>
    private const int MostFileListTokens = 4 << 20;

    /// <summary>Never throws for what is in the image: a layer that cannot be read is a fault of that layer.</summary>
    /// <param name="paths">Shared by the images that are compared, so that their names are kept once; null: one of its own.</param>
    public static CheckSubject Scan(
        ImageManifest manifest, ImageConfig config, IBlobStore blobs, CheckOptions options,
        CancellationToken cancellation, PathTable? paths = null)
    {
        using var files = new FileReading(options);
        var tree = new MergedTree(paths ?? NewPaths(options));
        var layers = new List<ScannedLayer>();
        var budget = new Budget
        {
            Entries = options.MostEntries,
            Bytes = options.MostBytes,
            NameCharacters = options.MostNameCharacters,
            MostPaths = options.MostEntries,
        };
        var isComplete = true;
        for (var i = 0; i < manifest.Layers.Count; i++)
        {
            var blob = manifest.Layers[i];
            var layer = new ScannedLayer(tree) { Index = i, Blob = blob };
            new LayerScanner(layer, tree, isComplete, files, budget, cancellation).Scan(blobs);
            isComplete &= layer.IsComplete;
            layers.Add(layer);
            tree.Add(layer);
            ReportFalseParents(layer, tree);
            if (budget.IsSpent)
            {
                break;
            }
        }

        return new CheckSubject
        {
            Manifest = manifest,
            Config = config,
            Layers = layers,
            IsComplete = layers.Count == manifest.Layers.Count && isComplete,
            Tree = tree,
            PackagePaths = files.PackagePaths,
            NuaConfig = Read(tree, "nua-config.json", options.MostDocumentBytes),
            Sbom = Read(tree, "sbom.json", options.MostDocumentBytes),
            Build = Read(tree, "build.json", options.MostDocumentBytes),
            Files = Read(tree, "files.json", options.MostFileListBytes, MostFileListTokens),
        };
    }

    /// <summary>What is below a file, or below a link that does not lead to a directory of the image, cannot be unpacked.</summary>
    private static void ReportFalseParents(ScannedLayer layer, MergedTree tree)
    {
        var parents = layer.Entries.Select(entry => entry.Data.Path).Concat(layer.Whiteouts.Select(whiteout => whiteout.Mark))
            .Select(tree.Paths.Parent).Where(parent => parent > PathTable.Root).ToHashSet();
        foreach (var parent in parents.Where(tree.Has).Where(parent => !tree.IsDirectory(parent)))
        {
            layer.Report("OCI-30", "something is put below it, but it is no directory of the image", "/" + tree.Paths.Path(parent));
        }
    }

    public static PathTable NewPaths(CheckOptions options) => new(options.MostEntries, options.MostKeptCharacters);

    private static MetadataDocument Read(MergedTree tree, string name, int mostBytes, int mostTokens = StrictJson.MaxTokens)
    {
        var path = Metadata + name;
        var entry = tree.At(path);
        if (entry?.IsFile != true)
        {
            return new MetadataDocument(path, null, null, "it is missing");
        }

        if (entry.Facts?.Content is not { } content)
        {
            return new MetadataDocument(path, entry, null, "it is too large to be read");
        }

        try
        {
            // The root keeps the document's memory alive; it ends with the check.
            return new MetadataDocument(
                path, entry, StrictJson.Parse(content, path, mostBytes, mostTokens).RootElement, null);
        }
        catch (ProblemException error)
        {
            var problem = error.Problems[0];
            return new MetadataDocument(
                path, entry, null, problem.Why is null ? problem.What : $"{problem.What}: {problem.Why}");
        }
    }

    /// <summary>What may still be read, over all layers.</summary>
    internal sealed class Budget
    {
        public required int Entries { get; set; }

        public required long Bytes { get; set; }

        public required long NameCharacters { get; set; }

        public required int MostPaths { get; init; }

        /// <summary>Extended attributes of all entries.</summary>
        public int Attributes { get; set; } = 1_000_000;

        public HashSet<string> AttributeNames { get; } = new(StringComparer.Ordinal);

        /// <summary>No room for another path.</summary>
        public bool IsFull { get; set; }

        public bool IsSpent => IsFull || Entries <= 0 || Bytes <= 0 || NameCharacters <= 0;
    }
}
