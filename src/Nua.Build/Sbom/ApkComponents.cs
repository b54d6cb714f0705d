namespace Nua.Build.Sbom;

/// <summary>
/// Alpine's packages, from apk's own database (apk-tools, <c>installed</c>): paragraphs of one-letter fields. <c>P</c> name, <c>V</c>
/// version, <c>A</c> architecture, <c>T</c> description, <c>L</c> licence, <c>D</c> needs, <c>p</c> provides, <c>F</c> folder, <c>R</c> file
/// in the folder before it.
/// </summary>
internal sealed class ApkComponents(TreeIndex tree, (string Id, string? Version) distro, Func<string, string?> layerOf)
{
    private static readonly string[] _databases = ["lib/apk/db/installed", "usr/lib/apk/db/installed"];

    public static bool IsDatabase(string path) => _databases.Contains(path);

    public IReadOnlyList<Component> Find()
    {
        var packages = _databases.SelectMany(path => Packages(tree.Lines(path))).Where(p => p.Name.Length > 0).ToList();
        var refs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var package in packages)
        {
            refs[package.Name] = Purl(package);
        }

        foreach (var package in packages)
        {
            foreach (var provided in package.Provides)
            {
                refs.TryAdd(provided, Purl(package));
            }
        }

        return [.. packages.Select(p => Describe(p, refs)).DistinctBy(c => c.BomRef)];
    }

    private Component Describe(Package package, Dictionary<string, string> refs)
    {
        var purl = Purl(package);
        IReadOnlyList<string> files = [.. package.Files.Where(tree.IsLeaf).Distinct().Order(StringComparer.Ordinal)];
        return new Component
        {
            BomRef = purl,
            Type = "library",
            Name = package.Name,
            Version = package.Field('V'),
            Purl = purl,
            Description = package.Field('T') is { Length: > 0 } text ? text : null,
            Licenses = License.Distinct([License.Parse(package.Field('L'))]),
            Layer = files.Select(layerOf).FirstOrDefault(l => l is not null),
            Files = files,
            DependsOn =
            [
                .. package.Needs.Select(n => refs.GetValueOrDefault(n)).OfType<string>().Where(r => r != purl)
                    .Distinct().Order(StringComparer.Ordinal),
            ],
        };
    }

    private string Purl(Package package) => PackageUrl.Of(
        "apk", distro.Id, package.Name, package.Field('V'),
        ("arch", package.Field('A')), ("distro", distro.Version is null ? null : $"{distro.Id}-{distro.Version}"));

    private static IEnumerable<Package> Packages(IEnumerable<string> lines)
    {
        var current = new Package();
        var folder = "";
        foreach (var line in lines.Append(""))
        {
            if (line.Length == 0)
            {
                yield return current;
                (current, folder) = (new Package(), "");
            }
            else if (line.Length > 1 && line[1] == ':')
            {
                var value = line[2..];
                switch (line[0])
                {
                    case 'F':
                        folder = value.Length == 0 ? "" : value + "/";
                        break;
                    case 'R':
                        current.Files.Add(folder + value);
                        break;
                    default:
                        current.Fields.TryAdd(line[0], value);
                        break;
                }
            }
        }
    }

    private sealed class Package
    {
        public Dictionary<char, string> Fields { get; } = [];

        public List<string> Files { get; } = [];

        public string Name => Field('P');

        /// <summary>Without versions; a need that begins with <c>!</c> is a conflict.</summary>
        public IEnumerable<string> Needs => Words('D').Where(word => word[0] != '!');

        public IEnumerable<string> Provides => Words('p');

        public string Field(char key) => Fields.GetValueOrDefault(key) ?? "";

        private IEnumerable<string> Words(char key) =>
            Field(key).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('=', '<', '>', '~')[0])
                .Where(word => word.Length > 0);
    }
}
