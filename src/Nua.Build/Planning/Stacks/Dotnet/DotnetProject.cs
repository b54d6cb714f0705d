using System.Xml.Linq;
using Nua.Build.Planning.Reading;

namespace Nua.Build.Planning.Stacks.Dotnet;

/// <summary>What a project file says, with the <c>Directory.Build.props</c> above it. Read, not evaluated: conditions
/// other than "when not set yet" are skipped.</summary>
internal sealed record DotnetProject
{
    private const int MostExpansions = 10;
    private const int MostReferences = 100;
    private const string BrowserSdk = "Microsoft.NET.Sdk.BlazorWebAssembly";

    private Dictionary<string, string> Properties { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Relative to the source.</summary>
    public required string Path { get; init; }

    public string Sdk { get; init; } = "";

    public IReadOnlyList<string> Packages { get; init; } = [];

    public bool IsWeb => Sdk is "Microsoft.NET.Sdk.Web" || FrameworkReferences.Contains("Microsoft.AspNetCore.App");

    /// <summary>Runs in the browser: publishing leaves files to serve.</summary>
    public bool IsBrowser => Sdk == BrowserSdk;

    /// <summary>Some project it refers to, however far, runs in the browser and is published with it.</summary>
    public bool HasBrowserPart { get; private init; }

    public IReadOnlyList<string> FrameworkReferences { get; init; } = [];

    public bool IsExecutable => IsWeb || IsBrowser || Sdk == "Microsoft.NET.Sdk.Worker"
        || OutputType is "Exe" or "WinExe";

    public bool IsTest => Is("IsTestProject")
        || Packages.Contains("Microsoft.NET.Test.Sdk", StringComparer.OrdinalIgnoreCase)
        || Packages.Any(name => name.StartsWith("xunit", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("MSTest", StringComparison.OrdinalIgnoreCase));

    public string? OutputType => Get("OutputType");

    /// <summary>File name of the program that publishing makes.</summary>
    public string AssemblyName => Get("AssemblyName") ?? System.IO.Path.GetFileNameWithoutExtension(Path);

    public string? Version => Get("Version") ?? Get("VersionPrefix");

    public bool IsInvariant => Is("InvariantGlobalization");

    public bool IsNative => Is("PublishAot");

    public bool HasSeveralFrameworks => Get("TargetFramework") is null && Frameworks.Count > 1;

    public IReadOnlyList<string> Frameworks =>
        (Get("TargetFramework") ?? Get("TargetFrameworks") ?? "")
            .Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The newest <c>netX.Y</c> of the list; null when there is none.</summary>
    public string? Framework => Frameworks
        .Where(name => Major(name) > 0 && !name.Contains('-', StringComparison.Ordinal))
        .OrderByDescending(Major).FirstOrDefault();

    /// <summary>8 of <c>net8.0</c>; 0 for other kinds (<c>net48</c>, <c>netstandard2.0</c>).</summary>
    public static int Major(string framework)
    {
        var dot = framework.IndexOf('.');
        return framework.StartsWith("net", StringComparison.Ordinal) && dot > 3
            && int.TryParse(framework[3..dot], out var major) ? major : 0;
    }

    public static DotnetProject Read(AppFolder folder, string path)
    {
        var root = XmlManifest.Read(folder, path) ?? new XElement("Project");
        var project = new DotnetProject
        {
            Path = path,
            Sdk = SdkOf(root),
            Packages = Includes(root, "PackageReference"),
            FrameworkReferences = Includes(root, "FrameworkReference"),
            HasBrowserPart = ReachesBrowser(folder, path, root),
        };
        project.Properties["MSBuildProjectName"] = System.IO.Path.GetFileNameWithoutExtension(path);
        foreach (var props in PropsAbove(folder, path))
        {
            project.AddProperties(props);
        }

        project.AddProperties(root);
        return project;
    }

    /// <summary>A program in one file: <c>#:sdk</c>, <c>#:package</c> and <c>#:property</c> lines at its top.</summary>
    public static DotnetProject ReadFile(AppFolder folder, string path)
    {
        var text = folder.ReadHead(path) ?? "";
        var project = new DotnetProject
        {
            Path = path,
            Sdk = Directives(text, "sdk").Select(value => value.Split('@')[0]).FirstOrDefault() ?? "Microsoft.NET.Sdk",
            Packages = [.. Directives(text, "package").Select(value => value.Split('@')[0].Trim())],
        };
        project.Properties["OutputType"] = "Exe";
        project.Properties["TargetFramework"] = "net10.0";
        foreach (var property in Directives(text, "property").Select(value => value.Split('=', 2))
            .Where(pair => pair.Length == 2))
        {
            project.Properties[property[0].Trim()] = property[1].Trim();
        }

        return project;
    }

    public static IEnumerable<string> Directives(string text, string name)
    {
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith($"#:{name} ", StringComparison.Ordinal))
            {
                yield return line[(name.Length + 3)..].Trim();
            }
        }
    }

    private string? Get(string name)
    {
        if (!Properties.TryGetValue(name, out var value))
        {
            return null;
        }

        for (var i = 0; i < MostExpansions && value.IndexOf("$(", StringComparison.Ordinal) is >= 0 and var start; i++)
        {
            var end = value.IndexOf(')', start);
            if (end < 0)
            {
                break;
            }

            value = value[..start] + Properties.GetValueOrDefault(value[(start + 2)..end], "") + value[(end + 1)..];
        }

        return value.Length == 0 ? null : value;
    }

    private bool Is(string name) => string.Equals(Get(name), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Nearest only, as MSBuild finds it.</summary>
    private static IEnumerable<XElement> PropsAbove(AppFolder folder, string path)
    {
        for (var at = path; at.Length > 0;)
        {
            at = at.Contains('/', StringComparison.Ordinal) ? at[..at.LastIndexOf('/')] : "";
            if (XmlManifest.Read(folder, (at.Length == 0 ? "" : at + "/") + "Directory.Build.props") is { } props)
            {
                return [props];
            }
        }

        return [];
    }

    private static string SdkOf(XElement root) =>
        ((string?)root.Attribute("Sdk") ?? (string?)Named(root, "Sdk").FirstOrDefault()?.Attribute("Name") ?? "").Split('/')[0].Trim();

    private static bool ReachesBrowser(AppFolder folder, string path, XElement project)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { path };
        var waiting = new Queue<(string Path, XElement Root)>([(path, project)]);
        while (waiting.TryDequeue(out var next))
        {
            var place = next.Path[..(next.Path.LastIndexOf('/') + 1)];
            foreach (var reference in Includes(next.Root, "ProjectReference"))
            {
                if (AppFolder.Clean(place + reference.Replace('\\', '/')) is { } other && folder.IsFile(other)
                    && seen.Count <= MostReferences && seen.Add(other) && XmlManifest.Read(folder, other) is { } root)
                {
                    if (SdkOf(root) == BrowserSdk)
                    {
                        return true;
                    }

                    waiting.Enqueue((other, root));
                }
            }
        }

        return false;
    }

    private static IEnumerable<XElement> Named(XElement root, string name) => root.Elements()
        .Where(element => element.Name.LocalName == name);

    private static List<string> Includes(XElement root, string name) =>
        [.. Named(root, "ItemGroup").SelectMany(group => Named(group, name))
            .Select(item => (string?)item.Attribute("Include")).OfType<string>()];

    private void AddProperties(XElement root)
    {
        foreach (var group in Named(root, "PropertyGroup").Where(group => group.Attribute("Condition") is null))
        {
            foreach (var element in group.Elements())
            {
                var condition = (string?)element.Attribute("Condition");
                var name = element.Name.LocalName;
                var isDefault = condition is not null
                    && condition.Replace(" ", "", StringComparison.Ordinal) == $"'$({name})'==''"
                    && !Properties.ContainsKey(name);
                if (condition is null || isDefault)
                {
                    Properties[name] = element.Value.Trim();
                }
            }
        }
    }
}
