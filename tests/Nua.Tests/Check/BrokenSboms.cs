using System.Text.Json.Nodes;

namespace Nua.Tests.Check;

/// <summary>NUA-P.</summary>
internal static class BrokenSboms
{
    public static IReadOnlyList<BrokenImage> All { get; } =
    [
        new("NUA-P01", "missing", i => i.Without.Add("sbom.json")),
        new("NUA-P01", "another version", i => i.Sbom["specVersion"] = "1.4"),
        new("NUA-P01", "a reference given twice", i => i.Sbom["components"]![0]!["bom-ref"] = "npm"),
        new("NUA-P01", "a dependency on nothing", i =>
            i.Sbom["dependencies"]![0]!["dependsOn"]!.AsArray().Add("ghost")),
        new("NUA-P01", "a malformed hash", i => i.Sbom["components"]![1]!["hashes"]![0]!["content"] = "abc"),
        new("NUA-P01", "a malformed package URL", i =>
            i.Sbom["components"]!.AsArray().Add(Component("npm:x", "x", "1"))),
        new("NUA-P01", "an unknown type", i => i.Sbom["components"]![3]!["type"] = "thing"),
        new("NUA-P02", "a Debian package is missing", i => Without(i, 0)),
        new("NUA-P02", "a Debian package of another version", i =>
            i.Sbom["components"]![0]!["purl"] = "pkg:deb/debian/dash@0.5.11"),
        new("NUA-P03", "an npm package is missing", i => Without(i, 1)),
        new("NUA-P04", "a Python distribution is missing", i => Without(i, 2)),
        new("NUA-P05", "a NuGet package is missing", i => Without(i, 3)),
        new("NUA-P06", "a package that is not there", i =>
            i.Sbom["components"]!.AsArray().Add(Component("pkg:deb/debian/bash@5", "bash", "5"))),
        new("NUA-P07", "another version is installed", i => i.Build["packages"]![0]!["version"] = "0.6"),
        new("NUA-P08", "another application", i => i.Sbom["metadata"]!["component"]!["name"] = "other"),
        new("NUA-P08", "another version of it", i => i.Sbom["metadata"]!["component"]!["version"] = "2.0"),
    ];

    public static JsonObject Component(string purl, string name, string version) => new()
    {
        ["type"] = "library",
        ["bom-ref"] = purl,
        ["name"] = name,
        ["version"] = version,
        ["purl"] = purl,
    };

    private static void Without(GoodImage image, int index)
    {
        image.Sbom["components"]!.AsArray().RemoveAt(index);
        image.Sbom.Remove("dependencies");
    }
}
