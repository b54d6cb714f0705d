using System.Text.Json;
using Nua.Build.Toolchains;

namespace Nua.Build.Sbom;

/// <summary>npm packages: every <c>node_modules/NAME/package.json</c>, wherever it is. Their hashes come from lock files (the tree's, and
/// those of the source that did not go into the image).</summary>
internal sealed class NpmComponents(TreeIndex tree, IEnumerable<ReadOnlyMemory<byte>> lockFiles, Func<string, string?> layerOf)
{
    private readonly NpmLockFiles _locks = new(tree, lockFiles);
    private readonly SortedDictionary<string, Installed> _byFolder = new(StringComparer.Ordinal);

    /// <summary>One folder below a <c>node_modules</c>.</summary>
    private sealed record Installed(string Name, string Version, string Purl, JsonElement? Manifest);

    public IReadOnlyList<Component> Find()
    {
        foreach (var path in tree.Paths)
        {
            if (PackageFolder(path) is { } folder && tree.Json(path) is { } manifest && Read(manifest) is { } installed)
            {
                _byFolder[folder] = installed;
            }
        }

        return [.. _byFolder.GroupBy(p => p.Value.Purl, StringComparer.Ordinal).Select(Describe)];
    }

    /// <summary>BomRefs that the application's own <c>package.json</c> files ask for.</summary>
    public IEnumerable<string> Direct()
    {
        foreach (var path in tree.Paths)
        {
            if (path.EndsWith("/package.json", StringComparison.Ordinal) && !path.Contains("/node_modules/", StringComparison.Ordinal)
                && path.StartsWith("nua/app/", StringComparison.Ordinal) && tree.Json(path) is { } manifest)
            {
                var folder = path[..^"/package.json".Length];
                foreach (var found in Resolve(folder, manifest, "dependencies", "optionalDependencies", "devDependencies"))
                {
                    yield return found;
                }
            }
        }
    }

    private Component Describe(IGrouping<string, KeyValuePair<string, Installed>> places)
    {
        var (folder, first) = places.First();
        var slash = first.Name.IndexOf('/', StringComparison.Ordinal);
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (_locks.Integrity(first.Name, first.Version) is { } integrity)
        {
            hashes[integrity.Algorithm.Name!.Replace("SHA", "SHA-", StringComparison.Ordinal)] = integrity.Hex;
        }

        return new Component
        {
            BomRef = first.Purl,
            Type = "library",
            Group = slash > 0 ? first.Name[..slash] : null,
            Name = first.Name[(slash + 1)..],
            Version = first.Version,
            Purl = first.Purl,
            Description = first.Manifest.Member("description").Text(),
            Licenses = Licenses(first.Manifest),
            Hashes = hashes,
            Layer = layerOf(folder + "/package.json"),
            Folders = [.. places.Select(p => p.Key + "/")],
            DependsOn =
            [
                .. places.SelectMany(p => Resolve(p.Key, p.Value.Manifest, "dependencies", "optionalDependencies", "peerDependencies"))
                    .Where(r => r != first.Purl).Distinct().Order(StringComparer.Ordinal),
            ],
        };
    }

    /// <summary>Node's rule: the nearest <c>node_modules</c> going up. Package managers that link from a store hide that; then the
    /// name decides, when only one version of it is installed.</summary>
    private IEnumerable<string> Resolve(string folder, JsonElement? manifest, params string[] sections)
    {
        foreach (var (name, _) in sections.SelectMany(s => manifest.Member(s).Members()))
        {
            var found = Climb(folder, name)
                ?? (_byFolder.Values.Where(i => i.Name == name).DistinctBy(i => i.Purl).ToArray() is [var only] ? only.Purl : null);
            if (found is not null)
            {
                yield return found;
            }
        }
    }

    private string? Climb(string folder, string name)
    {
        while (true)
        {
            if (_byFolder.TryGetValue($"{folder}/node_modules/{name}", out var installed))
            {
                return installed.Purl;
            }

            var slash = folder.LastIndexOf('/');
            if (slash < 0)
            {
                return null;
            }

            folder = folder[..slash];
        }
    }

    /// <summary>The folder of a package's own <c>package.json</c>; null for the many that lie deeper in packages.</summary>
    private static string? PackageFolder(string path)
    {
        const string name = "/package.json";
        if (!path.EndsWith(name, StringComparison.Ordinal))
        {
            return null;
        }

        var folder = path[..^name.Length];
        var parts = folder.Split('/');
        var isPlain = parts is [.., "node_modules", var one] && one.Length > 0 && one[0] is not ('.' or '@');
        var isScoped = parts is [.., "node_modules", ['@', _, ..], _];
        return isPlain || isScoped ? folder : null;
    }

    private static Installed? Read(JsonElement? manifest)
    {
        var name = manifest.Member("name").Text();
        var version = manifest.Member("version").Text();
        if (string.IsNullOrEmpty(name) || string.IsNullOrEmpty(version))
        {
            return null;
        }

        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var purl = PackageUrl.Of("npm", slash > 0 ? name[..slash] : null, name[(slash + 1)..], version);
        return new Installed(name, version, purl, manifest);
    }

    /// <summary>Today a text; in old packages an object, or a list to choose from.</summary>
    private static IReadOnlyList<License> Licenses(JsonElement? manifest)
    {
        var license = manifest.Member("license");
        if ((license.Text() ?? license.Member("type").Text()) is { } text)
        {
            return License.Distinct([License.Parse(text)]);
        }

        var choices = manifest.Member("licenses").Items().Select(i => i.Text() ?? i.Member("type").Text()).OfType<string>().ToList();
        return choices.Count > 0 ? License.Distinct([License.Parse(string.Join(" OR ", choices))]) : [];
    }
}
