using System.Text.RegularExpressions;

namespace Nua.Build.Sbom;

/// <summary>Python distributions: every <c>*.dist-info/METADATA</c> and <c>*.egg-info/PKG-INFO</c> that no Debian package owns. <c>RECORD</c> says
/// which files are theirs.</summary>
internal sealed partial class PythonComponents(TreeIndex tree, IReadOnlySet<string> owned, Func<string, string?> layerOf)
{
    private static readonly Dictionary<string, string> _classifiers = new(StringComparer.Ordinal)
    {
        ["Apache Software License"] = "Apache-2.0",
        ["GNU Affero General Public License v3"] = "AGPL-3.0-only",
        ["GNU Affero General Public License v3 or later (AGPLv3+)"] = "AGPL-3.0-or-later",
        ["GNU General Public License v2 (GPLv2)"] = "GPL-2.0-only",
        ["GNU General Public License v2 or later (GPLv2+)"] = "GPL-2.0-or-later",
        ["GNU General Public License v3 (GPLv3)"] = "GPL-3.0-only",
        ["GNU General Public License v3 or later (GPLv3+)"] = "GPL-3.0-or-later",
        ["GNU Lesser General Public License v3 (LGPLv3)"] = "LGPL-3.0-only",
        ["GNU Lesser General Public License v3 or later (LGPLv3+)"] = "LGPL-3.0-or-later",
        ["ISC License (ISCL)"] = "ISC",
        ["MIT License"] = "MIT",
        ["MIT No Attribution License (MIT-0)"] = "MIT-0",
        ["Mozilla Public License 2.0 (MPL 2.0)"] = "MPL-2.0",
        ["Python Software Foundation License"] = "PSF-2.0",
        ["The Unlicense (Unlicense)"] = "Unlicense",
        ["Zope Public License"] = "ZPL-2.1",
        ["zlib/libpng License"] = "Zlib",
    };

    private readonly SortedDictionary<string, Distribution> _byName = new(StringComparer.Ordinal);

    /// <param name="Description">The file that says name and version.</param>
    /// <param name="Folder">The <c>.dist-info</c> or <c>.egg-info</c> folder, or that one file.</param>
    private sealed record Distribution(string Description, string Folder, string Name, string Version, string Purl, ILookup<string, string> Fields);

    public IReadOnlyList<Component> Find()
    {
        foreach (var path in tree.Paths)
        {
            // Distutils wrote a single file NAME.egg-info.
            var isDescription = path.EndsWith(".dist-info/METADATA", StringComparison.Ordinal)
                || path.EndsWith(".egg-info/PKG-INFO", StringComparison.Ordinal)
                || (path.EndsWith(".egg-info", StringComparison.Ordinal) && tree.IsFile(path));
            if (isDescription && !owned.Contains(path) && Read(path) is { } distribution)
            {
                _byName.TryAdd(Normalise(distribution.Name), distribution);
            }
        }

        return [.. _byName.Values.Select(Describe)];
    }

    /// <summary>What was asked for by name and not only drawn in: pip marks it.</summary>
    public IEnumerable<string> Direct() => _byName.Values.Where(d => tree.IsFile(d.Folder + "/REQUESTED")).Select(d => d.Purl);

    private Component Describe(Distribution distribution)
    {
        var files = Files(distribution.Folder);
        return new Component
        {
            BomRef = distribution.Purl,
            Type = "library",
            Name = distribution.Name,
            Version = distribution.Version,
            Purl = distribution.Purl,
            Description = distribution.Fields["Summary"].FirstOrDefault(),
            Licenses = Licenses(distribution.Fields),
            Hashes = Hashes(distribution.Folder),
            Layer = layerOf(distribution.Description),
            Files = distribution.Folder == distribution.Description ? [distribution.Description] : files,
            Folders = distribution.Folder == distribution.Description ? [] : [distribution.Folder + "/"],
            DependsOn = [.. Dependencies(distribution).Where(d => d != distribution.Purl).Distinct().Order(StringComparer.Ordinal)],
        };
    }

    private Distribution? Read(string path)
    {
        var fields = new List<(string Key, string Value)>();
        foreach (var line in tree.Lines(path).TakeWhile(l => l.Length > 0))
        {
            if (line[0] is not (' ' or '\t') && line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
            {
                fields.Add((line[..colon], line[(colon + 1)..].Trim()));
            }
        }

        var lookup = fields.ToLookup(f => f.Key, f => f.Value, StringComparer.OrdinalIgnoreCase);
        var name = lookup["Name"].FirstOrDefault();
        var version = lookup["Version"].FirstOrDefault() ?? "";
        var folder = path.EndsWith(".egg-info", StringComparison.Ordinal) ? path : path[..path.LastIndexOf('/')];
        return string.IsNullOrEmpty(name)
            ? null
            : new Distribution(path, folder, name, version, PackageUrl.Of("pypi", null, Normalise(name), version), lookup);
    }

    private IEnumerable<string> Dependencies(Distribution distribution)
    {
        foreach (var requirement in distribution.Fields["Requires-Dist"])
        {
            var isExtra = requirement.Contains("extra", StringComparison.Ordinal) && ExtraMarker().IsMatch(requirement);
            if (!isExtra && RequirementName().Match(requirement) is { Success: true } match
                && _byName.TryGetValue(Normalise(match.Value), out var found))
            {
                yield return found.Purl;
            }
        }
    }

    private static IReadOnlyList<License> Licenses(ILookup<string, string> fields)
    {
        if (License.Parse(fields["License-Expression"].FirstOrDefault()) is { } expression)
        {
            return [expression];
        }

        const string prefix = "License :: ";
        var named = fields["Classifier"].Where(c => c.StartsWith(prefix, StringComparison.Ordinal)).Select(c => c.Split(" :: ")[^1])
            .Where(c => c != "OSI Approved").Select(c => License.Parse(_classifiers.GetValueOrDefault(c) ?? c)).ToList();
        return named.Count > 0 ? License.Distinct(named) : License.Distinct([License.Parse(fields["License"].FirstOrDefault())]);
    }

    /// <summary>Only where it was installed from an archive that was named with its hash; the registry's are not recorded by pip.</summary>
    private SortedDictionary<string, string> Hashes(string folder)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var hashes = tree.Json(folder + "/direct_url.json").Member("archive_info").Member("hashes");
        if (hashes.Member("sha256").Text() is { Length: 64 } hex && hex.All(char.IsAsciiHexDigitLower))
        {
            result["SHA-256"] = hex;
        }

        return result;
    }

    /// <summary>Paths in <c>RECORD</c> start at the folder that holds the <c>.dist-info</c>, and may climb to <c>../../../bin</c>.</summary>
    private List<string> Files(string folder)
    {
        var parent = folder[..(folder.LastIndexOf('/') + 1)];
        var result = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var line in tree.Lines(folder + "/RECORD").Concat(tree.Lines(folder + "/installed-files.txt").Select(l => "../" + l)))
        {
            if (Resolve(parent, FirstField(line)) is { } path && tree.IsLeaf(path))
            {
                result.Add(path);
            }
        }

        return [.. result];
    }

    private static string FirstField(string line)
    {
        if (!line.StartsWith('"'))
        {
            return line.Split(',')[0];
        }

        var end = 1;
        while (end < line.Length && (line[end] != '"' || (end + 1 < line.Length && line[end + 1] == '"')))
        {
            end += line[end] == '"' ? 2 : 1;
        }

        return line[1..Math.Min(end, line.Length)].Replace("\"\"", "\"", StringComparison.Ordinal);
    }

    private static string? Resolve(string parent, string relative)
    {
        if (relative.Length == 0)
        {
            return null;
        }

        var parts = new List<string>();
        var start = relative.StartsWith('/') ? relative : parent + relative;
        foreach (var part in start.Split('/'))
        {
            if (part == ".." && parts.Count == 0)
            {
                return null;
            }

            if (part == "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    private static string Normalise(string name) => Separators().Replace(name, "-").ToLowerInvariant();

    [GeneratedRegex("[-_.]+", RegexOptions.CultureInvariant)]
    private static partial Regex Separators();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]*", RegexOptions.CultureInvariant)]
    private static partial Regex RequirementName();

    [GeneratedRegex(@";.*\bextra\s*==", RegexOptions.CultureInvariant)]
    private static partial Regex ExtraMarker();
}
