namespace Nua.Build.Sbom;

/// <summary>Debian packages: from dpkg's own database, which names their files too. Licences come from <c>copyright</c> files in Debian's
/// machine-readable format; one that is a link to another package's is read there.</summary>
internal sealed class DebianComponents(TreeIndex tree, IReadOnlyDictionary<string, string> sha256, Func<string, string?> layerOf)
{
    private const string Status = "var/lib/dpkg/status";
    private const string StatusFolder = "var/lib/dpkg/status.d/";

    public IReadOnlyList<Component> Find()
    {
        var stanzas = Stanzas().Where(s => s.ContainsKey("Package") && IsInstalled(s)).ToList();
        var names = Providers(stanzas);
        var licenses = LicensesBySource(stanzas);
        var distro = OsRelease.Of(tree, "debian");
        return [.. stanzas.Select(s => Describe(s, names, licenses, distro))];
    }

    /// <summary>By package name, for looking up what a plan asked for.</summary>
    public static string? RefOf(IEnumerable<Component> found, string package) =>
        found.FirstOrDefault(c => c.Name == package)?.BomRef;

    private Component Describe(
        Dictionary<string, string> stanza, IReadOnlyDictionary<string, string> refs,
        IReadOnlyDictionary<string, IReadOnlyList<License>> licenses, (string Id, string? Version) distro)
    {
        var name = stanza["Package"];
        var files = Files(name, stanza.GetValueOrDefault("Architecture") ?? "");
        var purl = Purl(stanza, distro);
        var own = Licenses(name);
        return new Component
        {
            BomRef = purl,
            Type = "library",
            Name = name,
            Version = stanza.GetValueOrDefault("Version") ?? "",
            Purl = purl,
            Description = stanza.GetValueOrDefault("Description"),
            Licenses = own.Count > 0 ? own : licenses.GetValueOrDefault(Source(stanza)) ?? [],
            Hashes = Hash(name),
            Layer = files.Select(layerOf).FirstOrDefault(l => l is not null),
            Files = files,
            DependsOn = [.. Dependencies(stanza, refs).Where(d => d != purl).Distinct().Order(StringComparer.Ordinal)],
        };
    }

    private static string Purl(IReadOnlyDictionary<string, string> stanza, (string Id, string? Version) distro) => PackageUrl.Of(
        "deb", distro.Id, stanza["Package"], stanza.GetValueOrDefault("Version") ?? "",
        ("arch", stanza.GetValueOrDefault("Architecture")),
        ("distro", distro.Version is null ? null : $"{distro.Id}-{distro.Version}"));

    private SortedDictionary<string, string> Hash(string name)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (sha256.TryGetValue(name, out var hex))
        {
            result["SHA-256"] = hex;
        }

        return result;
    }

    private List<Dictionary<string, string>> Stanzas()
    {
        var result = ReadStanzas(tree.Lines(Status));
        foreach (var path in tree.Paths)
        {
            if (path.StartsWith(StatusFolder, StringComparison.Ordinal) && !path.EndsWith(".md5sums", StringComparison.Ordinal))
            {
                result.AddRange(ReadStanzas(tree.Lines(path)));
            }
        }

        return result;
    }

    /// <summary>Paragraphs of <c>Field: value</c>; lines that go on a value begin with a blank, and only its first line is kept.</summary>
    private static List<Dictionary<string, string>> ReadStanzas(IReadOnlyList<string> lines)
    {
        var result = new List<Dictionary<string, string>>();
        var current = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines.Append(""))
        {
            if (line.Length == 0)
            {
                if (current.Count > 0)
                {
                    result.Add(current);
                }

                current = new(StringComparer.Ordinal);
            }
            else if (line[0] is not (' ' or '\t') && line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
            {
                current[line[..colon]] = line[(colon + 1)..].Trim();
            }
        }

        return result;
    }

    /// <summary>Stanzas of <c>status.d</c> have no <c>Status</c>: what is there is installed.</summary>
    private static bool IsInstalled(Dictionary<string, string> stanza) =>
        !stanza.TryGetValue("Status", out var status) || status.EndsWith(" installed", StringComparison.Ordinal);

    private static string Source(IReadOnlyDictionary<string, string> stanza) =>
        (stanza.GetValueOrDefault("Source") ?? stanza["Package"]).Split(' ')[0];

    /// <summary>Name, or provided name, → bom-ref. A real package wins over one that only provides its name.</summary>
    private SortedDictionary<string, string> Providers(List<Dictionary<string, string>> stanzas)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var distro = OsRelease.Of(tree, "debian");
        foreach (var stanza in stanzas)
        {
            foreach (var provided in Names(stanza.GetValueOrDefault("Provides")).SelectMany(n => n))
            {
                result.TryAdd(provided, Purl(stanza, distro));
            }
        }

        foreach (var stanza in stanzas)
        {
            result[stanza["Package"]] = Purl(stanza, distro);
        }

        return result;
    }

    private static IEnumerable<string> Dependencies(
        IReadOnlyDictionary<string, string> stanza, IReadOnlyDictionary<string, string> refs)
    {
        var wanted = Names(stanza.GetValueOrDefault("Pre-Depends")).Concat(Names(stanza.GetValueOrDefault("Depends")));
        foreach (var alternatives in wanted)
        {
            if (alternatives.FirstOrDefault(refs.ContainsKey) is { } name)
            {
                yield return refs[name];
            }
        }
    }

    /// <summary><c>a (>= 1) | b:any, c</c> → a or b; c.</summary>
    private static IEnumerable<IEnumerable<string>> Names(string? relations) =>
        (relations ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(group => group.Split('|').Select(one => one.Trim().Split(' ', ':', '(')[0]).Where(n => n.Length > 0));

    private List<string> Files(string name, string architecture)
    {
        var result = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var list in new[] { $"var/lib/dpkg/info/{name}.list", $"var/lib/dpkg/info/{name}:{architecture}.list" })
        {
            foreach (var line in tree.Lines(list))
            {
                var path = line.TrimStart('/');

                // On a merged /usr, packages still name /bin and /lib, which are links.
                var merged = "usr/" + path;
                if (tree.IsLeaf(path))
                {
                    result.Add(path);
                }
                else if (path.Length > 0 && tree.IsLeaf(merged))
                {
                    result.Add(merged);
                }
            }
        }

        return [.. result];
    }

    private Dictionary<string, IReadOnlyList<License>> LicensesBySource(List<Dictionary<string, string>> stanzas)
    {
        var result = new Dictionary<string, IReadOnlyList<License>>(StringComparer.Ordinal);
        foreach (var stanza in stanzas)
        {
            if (Licenses(stanza["Package"]) is { Count: > 0 } found)
            {
                result.TryAdd(Source(stanza), found);
            }
        }

        return result;
    }

    private IReadOnlyList<License> Licenses(string package)
    {
        var lines = tree.Lines($"usr/share/doc/{package}/copyright");
        var isMachineReadable = lines.Take(20).Any(l => l.StartsWith("Format:", StringComparison.OrdinalIgnoreCase));
        return isMachineReadable ? License.Distinct(ReadStanzas(lines).Select(OfFiles)) : [];
    }

    /// <summary>Paragraphs without <c>Files</c> hold the licences' texts, apart from the first, which is about the whole.</summary>
    private static License? OfFiles(Dictionary<string, string> stanza) =>
        stanza.ContainsKey("Files") || stanza.ContainsKey("Format") ? License.Parse(stanza.GetValueOrDefault("License")) : null;
}
