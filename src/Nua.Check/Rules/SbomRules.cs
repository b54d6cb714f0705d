using System.Text.Json;
using Nua.Check.Scanning;
using Nua.Foundation;
using static Nua.Check.Scanning.JsonShape;

namespace Nua.Check.Rules;

/// <summary>NUA-P: the SBOM is CycloneDX, and says what is installed.</summary>
internal static class SbomRules
{
    private const string Section = "image-specification.md, section 8";
    private const string Rebuild = "rebuild the image with 'nua build', which writes the SBOM from what it installs";

    private static readonly Dictionary<string, int> _hashLengths = new(StringComparer.Ordinal)
    {
        ["MD5"] = 32,
        ["SHA-1"] = 40,
        ["SHA-256"] = 64,
        ["SHA-384"] = 96,
        ["SHA-512"] = 128,
        ["SHA3-256"] = 64,
        ["SHA3-384"] = 96,
        ["SHA3-512"] = 128,
        ["BLAKE2b-256"] = 64,
        ["BLAKE2b-384"] = 96,
        ["BLAKE2b-512"] = 128,
        ["BLAKE3"] = 64,
    };

    private static readonly JsonShape _component = Object(
        new Field("type", OneOf(
            "application", "framework", "library", "container", "platform", "operating-system", "device",
            "device-driver",
            "firmware", "file", "machine-learning-model", "data", "cryptographic-asset")),
        new Field("name", Name),
        new Field("version", Text, IsRequired: false),
        new Field("bom-ref", Name, IsRequired: false),
        new Field("purl", Name, IsRequired: false),
        new Field("licenses", ListOf(Table), IsRequired: false),
        new Field("hashes", ListOf(Object(new Field("alg", OneOf([.. _hashLengths.Keys])), new Field("content", Name))),
            IsRequired: false),
        new Field("properties", ListOf(
            Object(new Field("name", Text, IsRequired: false), new Field("value", Text, IsRequired: false))),
            IsRequired: false));

    private static readonly JsonShape _document = Object(
        new Field("bomFormat", OneOf("CycloneDX")),
        new Field("specVersion", OneOf("1.6")),
        new Field("version", Whole(1), IsRequired: false),
        new Field("metadata", Object(new Field("component", _component))),
        new Field("components", ListOf(_component)),
        new Field("dependencies", ListOf(Object(
            new Field("ref", Name),
            new Field("dependsOn", ListOf(Name), IsRequired: false))), IsRequired: false));

    public static IReadOnlyList<Rule> All { get; } =
    [
        new("NUA-P01", Severity.Error,
            "`sbom.json` is CycloneDX 1.6: known types, unique `bom-ref`s, well-formed package URLs and hashes, and dependencies "
            + "that refer to components.",
            Section, Rebuild, IsCycloneDx),
        new("NUA-P02", Severity.Error, "Every installed Debian package is in it with its version.",
            Section, Rebuild, s => Lists(s, "deb", "the Debian package", isAnywhere: true)),
        new("NUA-P03", Severity.Error, "Every npm package installed below `/nua` is in it with its version.",
            Section, Rebuild, s => Lists(s, "npm", "the npm package", isAnywhere: false)),
        new("NUA-P04", Severity.Error, "Every Python distribution installed below `/nua` is in it with its version.",
            Section, Rebuild, s => Lists(s, "pypi", "the Python distribution", isAnywhere: false)),
        new("NUA-P05", Severity.Error,
            "Every NuGet package that a `*.deps.json` below `/nua` lists is in it with its version.",
            Section, Rebuild, s => Lists(s, "nuget", "the NuGet package", isAnywhere: false)),
        new("NUA-P06", Severity.Error, "Every Debian package and Python distribution that it lists is installed.",
            Section, Rebuild, ListsNothingElse),
        new("NUA-P07", Severity.Error, "The run-time packages of `build.json` are installed in exactly those versions.",
            Section, Rebuild, RunPackagesAreInstalled),
        new("NUA-P08", Severity.Error,
            "`metadata.component` is the application, with the name and version of `nua-config.json`.",
            Section, Rebuild, NamesTheApplication),
    ];

    private static IEnumerable<Violation> IsCycloneDx(CheckSubject subject)
    {
        foreach (var violation in MetadataRules.Form(subject.Sbom, _document))
        {
            yield return violation;
        }

        var references = new HashSet<string>(StringComparer.Ordinal);
        foreach (var component in AllComponents(subject))
        {
            if (component.Text("bom-ref") is { } reference && !references.Add(reference))
            {
                yield return new Violation($"bom-ref '{reference}' is given twice", subject.Sbom.Place);
            }

            if (component.Text("purl") is { } url && PackageUrl.Parse(url) is null)
            {
                yield return new Violation($"'{url}' is not a package URL", subject.Sbom.Place);
            }

            foreach (var hash in component.Items("hashes"))
            {
                if (_hashLengths.TryGetValue(hash.Text("alg") ?? "", out var length)
                    && (hash.Text("content") is not { } text || text.Length != length
                    || !text.All(char.IsAsciiHexDigit)))
                {
                    yield return new Violation(
                        $"a {hash.Text("alg")} hash of '{component.Text("name")}' is malformed", subject.Sbom.Place);
                }
            }
        }

        foreach (var dependency in subject.Sbom.Root.Items("dependencies"))
        {
            string?[] named = [dependency.Text("ref"), .. dependency.Texts("dependsOn")];
            foreach (var reference in named.OfType<string>().Where(reference => !references.Contains(reference)))
            {
                yield return new Violation(
                    $"a dependency refers to '{reference}', which is no component", subject.Sbom.Place);
            }
        }
    }

    /// <summary>The application and every component, those inside others too.</summary>
    private static IEnumerable<JsonElement> AllComponents(CheckSubject subject)
    {
        var pending = new Stack<JsonElement>(subject.Sbom.Root.Items("components").Reverse());
        if (subject.Sbom.Root.Member("metadata").Member("component") is { } application)
        {
            pending.Push(application);
        }

        while (pending.TryPop(out var component))
        {
            yield return component;
            foreach (var inner in component.Items("components").Reverse())
            {
                pending.Push(inner);
            }
        }
    }

    private static IEnumerable<PackageUrl> Listed(CheckSubject subject) =>
        AllComponents(subject).Select(c => c.Text("purl")).OfType<string>().Select(PackageUrl.Parse)
        .OfType<PackageUrl>();

    private static (string, string) Key(InstalledComponent component) =>
        (component.Ecosystem == "nuget" ? component.Name.ToLowerInvariant() : component.Name, component.Version);

    private static IEnumerable<Violation> Lists(CheckSubject subject, string ecosystem, string what, bool isAnywhere)
    {
        if (subject.Sbom.Root is null)
        {
            yield break;
        }

        var listed = Listed(subject).Where(url => url.Type == ecosystem).Select(url => (url.Name, url.Version ?? ""))
            .ToHashSet();
        var told = new HashSet<(string, string)>();
        foreach (var (component, record) in subject.Installed)
        {
            if (component.Ecosystem == ecosystem && (isAnywhere || record.StartsWith("nua/", StringComparison.Ordinal))
                && !listed.Contains(Key(component)) && told.Add(Key(component)))
            {
                var other = listed.FirstOrDefault(entry => entry.Item1 == Key(component).Item1).Item2;
                yield return new Violation(
                    $"{what} '{component.Name}' {component.Version} is not in the SBOM{(other is null ? "" : $" (it says {other})")}", "/" + record);
            }
        }
    }

    private static IEnumerable<Violation> ListsNothingElse(CheckSubject subject)
    {
        var installed = subject.Installed.Select(found => (found.Component.Ecosystem, found.Component.Name))
            .ToHashSet();
        return from url in Listed(subject)
               where url.Type is "deb" or "pypi" && !installed.Contains((url.Type, url.Name))
               select new Violation($"'{url.Name}' ({url.Type}) is listed, but not installed", subject.Sbom.Place);
    }

    private static IEnumerable<Violation> RunPackagesAreInstalled(CheckSubject subject)
    {
        var installed = subject.Installed.Where(found => found.Component.Ecosystem == "deb")
            .Select(found => (found.Component.Name, found.Component.Version)).ToHashSet();
        return from package in subject.Build.Root.Items("packages")
               let name = package.Text("name")
               let version = package.Text("version")
               where package.Text("scope") == "run" && name is not null && version is not null
               && !installed.Contains((name, version))
               select new Violation($"the package '{name}' {version} is not installed", subject.Build.Place);
    }

    private static IEnumerable<Violation> NamesTheApplication(CheckSubject subject)
    {
        var component = subject.Sbom.Root.Member("metadata").Member("component");
        var metadata = subject.NuaConfig.Root.Member("metadata");
        if (component.Text("name") is { } name && metadata.Text("id") is { } id && name != id
            && name != metadata.Text("title"))
        {
            yield return new Violation(
                $"metadata.component is '{name}', the application is '{id}'", subject.Sbom.Place);
        }

        if (component is not null && metadata.Text("version") is { } version && component.Text("version") != version)
        {
            yield return new Violation(
                $"metadata.component has version '{component.Text("version")}', the application '{version}'",
                subject.Sbom.Place);
        }
    }
}
