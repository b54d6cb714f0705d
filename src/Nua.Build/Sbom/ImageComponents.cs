using Nua.Build.Layers;
using Nua.Build.Packages;
using Nua.Build.Planning;
using Nua.Build.Roots;
using Nua.Build.Steps;
using Nua.Build.Toolchains;

namespace Nua.Build.Sbom;

/// <summary>The inventory of a whole image: what the operating system root holds, and what the build put on it.</summary>
internal static class ImageComponents
{
    public static ComponentInventory Find(
        BuildPlan plan, BuildSource source, RuntimeRoot root, IReadOnlyList<ResolvedToolchain> toolchains, IFileTree tree, IReadOnlyDictionary<string, string> layerOf)
    {
        var facts = new ImageFacts
        {
            AppId = plan.App.Id,
            AppVersion = plan.App.Version,
            AppDescription = plan.Config.Metadata.Tagline ?? plan.Config.Metadata.Description,
            AppLicense = plan.Config.Build.License,
            AgentVersion = ToolVersion.Text,
            Toolchains = toolchains,
            LockFiles = LockFiles(source),
            LayerOf = path => layerOf.GetValueOrDefault(path),
        };
        var inventory = ComponentFinder.Find(tree, facts);
        var system = SbomOfRoot.Parts(root.Facts.ComponentsJson).Select(part => Placed(part, root)).ToList();
        var parts = new SortedDictionary<string, Component>(StringComparer.Ordinal);
        foreach (var part in inventory.Parts.Concat(system))
        {
            parts.TryAdd(part.BomRef, part);
        }

        var asked = plan.RunPackages.Select(name => system.Find(c => c.Name == name)?.BomRef).OfType<string>();
        var app = inventory.App with
        {
            DependsOn = [.. inventory.App.DependsOn.Concat(asked).Distinct().Order(StringComparer.Ordinal)],
        };
        return new ComponentInventory(app, [.. parts.Values]);
    }

    private static Component Placed(Component part, RuntimeRoot root)
    {
        var package = root.Packages.Packages.FirstOrDefault(p => p.Name.Split(':')[0] == part.Name);
        package ??= root.BasePackages.Packages.FirstOrDefault(p => p.Name.Split(':')[0] == part.Name);
        var layer = root.Packages.Packages.Any(p => p.Name.Split(':')[0] == part.Name) ? "packages" : "base";
        return package is null
            ? part with { Layer = layer }
            : part with
            {
                Layer = layer,
                Hashes = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["SHA-256"] = package.Sha256 },
            };
    }

    private static List<ReadOnlyMemory<byte>> LockFiles(BuildSource source) =>
        [.. ((string[])["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml"])
            .Where(name => source.Tree.Entries.Any(e => e.Path == name))
            .Select(name => (ReadOnlyMemory<byte>)File.ReadAllBytes(Path.Combine(source.Folder, name)))];
}
