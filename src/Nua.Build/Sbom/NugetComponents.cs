using System.Text.Json;
using Nua.Build.Toolchains;

namespace Nua.Build.Sbom;

/// <summary>NuGet packages and .NET runtime packs, from the <c>*.deps.json</c> that publishing writes beside the program.</summary>
internal sealed class NugetComponents(TreeIndex tree, IReadOnlySet<string> owned, Func<string, string?> layerOf)
{
    private readonly SortedDictionary<string, Component> _found = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _direct = new(StringComparer.Ordinal);

    public IReadOnlyList<Component> Find()
    {
        foreach (var path in tree.Paths)
        {
            if (path.EndsWith(".deps.json", StringComparison.Ordinal) && !owned.Contains(path) && tree.Json(path) is { } deps)
            {
                Read(path[..(path.LastIndexOf('/') + 1)], path, deps);
            }
        }

        return [.. _found.Values];
    }

    /// <summary>What the projects of the application themselves refer to.</summary>
    public IEnumerable<string> Direct() => _direct;

    private void Read(string folder, string path, JsonElement? deps)
    {
        var libraries = deps.Member("libraries").Members().ToDictionary(l => l.Name, l => l.Value, StringComparer.Ordinal);
        var refs = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, library) in libraries)
        {
            if (Purl(key, library) is { } purl)
            {
                refs[key] = purl;
            }
        }

        foreach (var (_, target) in deps.Member("targets").Members())
        {
            foreach (var (key, facts) in target.Members())
            {
                var needs = facts.Member("dependencies").Members()
                    .Select(d => refs.GetValueOrDefault($"{d.Name}/{d.Value.Text()}")
                        ?? refs.GetValueOrDefault($"runtimepack.{d.Name}/{d.Value.Text()}")).OfType<string>();
                if (refs.TryGetValue(key, out var purl))
                {
                    Add(key, purl, libraries[key], Files(folder, facts), needs, layerOf(path));
                }
                else if (libraries.GetValueOrDefault(key).Member("type").Text() == "project")
                {
                    _direct.UnionWith(needs);
                }
            }
        }
    }

    private void Add(string key, string purl, JsonElement? library, IEnumerable<string> files, IEnumerable<string> needs, string? layer)
    {
        var (name, version) = Split(key);
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (NpmIntegrity.TryParse(library.Member("sha512").Text(), out var integrity))
        {
            hashes["SHA-512"] = integrity.Hex;
        }

        var known = _found.GetValueOrDefault(purl);
        _found[purl] = new Component
        {
            BomRef = purl,
            Type = library.Member("type").Text() == "runtimepack" ? "platform" : "library",
            Name = name,
            Version = version,
            Purl = purl,
            Hashes = known?.Hashes.Count > 0 ? known.Hashes : hashes,
            Layer = known?.Layer ?? files.Select(layerOf).FirstOrDefault(l => l is not null) ?? layer,
            Files = [.. files.Concat(known?.Files ?? []).Distinct().Order(StringComparer.Ordinal)],
            DependsOn = [.. needs.Concat(known?.DependsOn ?? []).Where(n => n != purl).Distinct().Order(StringComparer.Ordinal)],
        };
    }

    /// <summary>Published, assemblies and native libraries lie flat, satellites below their culture, the rest at their own path.</summary>
    private List<string> Files(string folder, JsonElement? facts)
    {
        var result = new List<string>();
        foreach (var section in new[] { "runtime", "native", "resources", "runtimeTargets" })
        {
            foreach (var (asset, value) in facts.Member(section).Members())
            {
                var culture = section == "resources" ? value.Member("locale").Text() + "/" : "";
                var flat = folder + culture + asset[(asset.LastIndexOf('/') + 1)..];
                result.AddRange(new[] { flat, folder + asset }.Where(tree.IsLeaf).Take(1));
            }
        }

        return result;
    }

    private static string? Purl(string key, JsonElement? library)
    {
        var (name, version) = Split(key);
        return library.Member("type").Text() is "package" or "runtimepack" && name.Length > 0
            ? PackageUrl.Of("nuget", null, name, version)
            : null;
    }

    private static (string Name, string Version) Split(string key)
    {
        var slash = key.LastIndexOf('/');
        var name = slash < 0 ? key : key[..slash];
        const string pack = "runtimepack.";
        return (name.StartsWith(pack, StringComparison.Ordinal) ? name[pack.Length..] : name, slash < 0 ? "" : key[(slash + 1)..]);
    }
}
