using Nua.Build.Toolchains;

namespace Nua.Build.Sbom;

/// <summary>What a build knows about an image besides its files.</summary>
public sealed record ImageFacts
{
    public required string AppId { get; init; }
    public required string AppVersion { get; init; }
    public string? AppDescription { get; init; }

    /// <summary>As the configuration has it, free text.</summary>
    public string? AppLicense { get; init; }

    /// <summary>Version of the agent in the image; null when there is none.</summary>
    public string? AgentVersion { get; init; }

    /// <summary>Runtimes that went into the image.</summary>
    public IReadOnlyList<ResolvedToolchain> Toolchains { get; init; } = [];

    /// <summary>Debian packages the application asked for by name.</summary>
    public IReadOnlyList<string> RunPackages { get; init; } = [];

    /// <summary>sha256 (lower-case hex) of Debian packages' archives, by package name.</summary>
    public IReadOnlyDictionary<string, string> DebianSha256 { get; init; } = new Dictionary<string, string>();

    /// <summary>npm, Yarn and pnpm lock files of the source, which need not be in the image: they know the hashes.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> LockFiles { get; init; } = [];

    /// <summary>The name of the layer that gives a path (without a leading slash); null when not known.</summary>
    public Func<string, string?> LayerOf { get; init; } = static _ => null;
}

/// <summary>Finds what an image is made of by reading what installers wrote down, never by guessing from file names. The same
/// tree and facts give the same inventory, in whatever order the tree lists its entries.</summary>
public static class ComponentFinder
{
    /// <summary>Folders of the image whose files are the application's own unless a package claims them.</summary>
    private static readonly string[] _appFolders = ["nua/app/", "nua/bin/", "nua/etc/", "nua/metadata/", "nua/scripts/"];

    public static ComponentInventory Find(IFileTree tree, ImageFacts facts)
    {
        var index = new TreeIndex(tree);
        var debian = new DebianComponents(index, facts.DebianSha256, facts.LayerOf).Find();
        var alpine = new ApkComponents(index, OsRelease.Of(index, "alpine"), facts.LayerOf).Find();
        var owned = debian.Concat(alpine).SelectMany(c => c.Files).ToHashSet(StringComparer.Ordinal);
        var npm = new NpmComponents(index, facts.LockFiles, facts.LayerOf);
        var python = new PythonComponents(index, owned, facts.LayerOf);
        var nuget = new NugetComponents(index, owned, facts.LayerOf);
        var packages = debian.Concat(alpine).Concat(npm.Find()).Concat(python.Find()).Concat(nuget.Find()).ToList();
        var runtimes = facts.Toolchains.Where(t => t.Image.Count > 0).Select(t => Runtime(t, facts)).ToList();
        var agent = Agent(facts);

        var parts = new SortedDictionary<string, Component>(StringComparer.Ordinal);
        foreach (var component in runtimes.Concat(agent).Concat(packages))
        {
            parts.TryAdd(component.BomRef, component);
        }

        var direct = npm.Direct().Concat(python.Direct()).Concat(nuget.Direct()).Concat(runtimes.Concat(agent).Select(c => c.BomRef))
            .Concat(facts.RunPackages.Select(p => DebianComponents.RefOf(debian, p)).OfType<string>());
        return new ComponentInventory(App(facts, direct.Where(parts.ContainsKey)), [.. parts.Values]);
    }

    private static Component App(ImageFacts facts, IEnumerable<string> direct)
    {
        var purl = PackageUrl.Of("generic", null, facts.AppId, facts.AppVersion);
        return new Component
        {
            BomRef = purl,
            Type = "application",
            Name = facts.AppId,
            Version = facts.AppVersion,
            Purl = purl,
            Description = facts.AppDescription,
            Licenses = License.Distinct([License.Parse(facts.AppLicense)]),
            Layer = "application",
            Folders = _appFolders,
            DependsOn = [.. direct.Where(d => d != purl).Distinct().Order(StringComparer.Ordinal)],
        };
    }

    private static IEnumerable<Component> Agent(ImageFacts facts)
    {
        const string file = "nua/bin/nua-agent";
        if (facts.AgentVersion is { } version)
        {
            var purl = PackageUrl.Of("generic", null, "nua-agent", version);
            yield return new Component
            {
                BomRef = purl,
                Type = "application",
                Name = "nua-agent",
                Version = version,
                Purl = purl,
                Licenses = License.Distinct([License.Parse("Apache-2.0")]),
                Layer = facts.LayerOf(file) ?? "runtime",
                Files = [file],
            };
        }
    }

    private static Component Runtime(ResolvedToolchain toolchain, ImageFacts facts)
    {
        var targets = toolchain.Image.Select(i => (i.Source, Path: i.Target.TrimStart('/'))).ToList();
        var package = toolchain.Package ?? toolchain.Name;
        var slash = package.IndexOf('/', StringComparison.Ordinal);
        var purl = toolchain.Package is null
            ? PackageUrl.Of("generic", null, toolchain.Name, toolchain.Version)
            : PackageUrl.Of("npm", slash > 0 ? package[..slash] : null, package[(slash + 1)..], toolchain.Version);
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (NpmIntegrity.TryParse(toolchain.Integrity, out var integrity))
        {
            hashes[integrity.Algorithm.Name!.Replace("SHA", "SHA-", StringComparison.Ordinal)] = integrity.Hex;
        }

        return new Component
        {
            BomRef = purl,
            Type = "platform",
            Name = toolchain.Name,
            Version = toolchain.Version,
            Purl = purl,
            Licenses = License.Distinct([License.Parse(toolchain.License)]),
            Hashes = hashes,
            Layer = facts.LayerOf(targets[0].Path) ?? "runtime",
            Files =
            [
                .. targets.Where(t => !Directory.Exists(t.Source)).Select(t => t.Path)
                    .Concat(toolchain.ImageLinks.Select(l => l.Path.TrimStart('/'))).Order(StringComparer.Ordinal),
            ],
            Folders = [.. targets.Where(t => Directory.Exists(t.Source)).Select(t => t.Path + "/").Order(StringComparer.Ordinal)],
        };
    }
}
