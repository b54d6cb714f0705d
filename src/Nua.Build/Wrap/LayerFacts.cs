using Nua.Build.Roots;
using Nua.Build.Sbom;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Layers;
using Nua.Oci.Tar;

namespace Nua.Build.Wrap;

/// <summary>Learns from an image's layers, as they stream by, what a build needs to know of a root. Nothing is unpacked or run.</summary>
public static class LayerFacts
{
    private const int LargestRecord = 8 << 20;

    /// <summary>Package records of all packages together; a full desktop has two thirds of it.</summary>
    private const long AllRecords = 48 << 20;

    /// <exception cref="ProblemException">the verdicts of unpacking: NUA3014 to NUA3062.</exception>
    public static RootFacts Read(Image image, CancellationToken cancellation)
    {
        var tree = ImageTree.Read(
            image,
            new TreeOptions
            {
                KeepContent = path => IsAccount(path) || Evidence.IsRead(path),
                MaxKeptBytes = LargestRecord,
                MaxKeptTotal = AllRecords,
                Workers = Math.Clamp(Environment.ProcessorCount, 1, 4),
            },
            cancellation);
        return new RootFacts(
            Content(tree, "var/lib/dpkg/status"),
            Content(tree, "etc/passwd"),
            Content(tree, "etc/group"),
            Content(tree, "usr/lib/os-release"),
            tree.Find("bin/sh", followLinks: true) is { Type: TarEntryType.File },
            SbomOfRoot.Read(new LayerTree(tree)))
        {
            HasNua = tree.Find("nua") is not null,
        };
    }

    private static bool IsAccount(string path) => path is "etc/passwd" or "etc/group";

    private static byte[] Content(ImageTree tree, string path) =>
        tree.Find(path, followLinks: true) is { Type: TarEntryType.File } node ? tree.ReadContent(node) : [];
}
