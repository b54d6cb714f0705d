using System.Text.Json;
using Nua.Build.Planning.Reading;
using Nua.Foundation;

namespace Nua.Build.Planning.Stacks.Python;

/// <summary>What the manifests of a Python application say, whichever tool they are written for.</summary>
internal sealed record PythonProject
{
    private const string PyProject = "pyproject.toml";

    public string? Name { get; init; }

    public string? Version { get; init; }

    /// <summary>Manifests and lock files that were read, most telling first.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The file that decides which packages are installed; null when nothing is.</summary>
    public string? DependencyFile { get; init; }

    /// <summary>Requirements as pip takes them; empty when <see cref="RequirementsFile"/> holds them.</summary>
    public IReadOnlyList<string> Requirements { get; init; } = [];

    /// <summary>For each of <see cref="Requirements"/> the hashes that its file may have; null when the lock file does not have all.</summary>
    public IReadOnlyList<PythonPin>? Hashed { get; init; }

    /// <summary>Given to pip with <c>-r</c>.</summary>
    public Requirements? RequirementsFile { get; init; }

    /// <summary>Versions are fixed and complete: dependencies of dependencies are listed too.</summary>
    public bool IsLocked { get; init; }

    /// <summary>The application is a package itself and is installed from its source.</summary>
    public bool IsPackage { get; init; }

    /// <summary>A program says which packages are needed, so only the package's own build can tell.</summary>
    public bool HasComputedRequirements { get; init; }

    /// <summary>What the package's own build needs.</summary>
    public IReadOnlyList<string> BuildRequirements { get; init; } = [];

    /// <summary>Commands that an installation of the package makes.</summary>
    public IReadOnlyList<string> Scripts { get; init; } = [];

    /// <summary>Normal names of everything that is asked for directly.</summary>
    public IReadOnlyCollection<string> Declared { get; init; } = [];

    public static PythonProject Read(AppFolder folder, ICollection<Problem> warnings)
    {
        var manifest = TomlManifest.Read(folder, PyProject);
        var project = FromPyProject(manifest) with { RequirementsFile = Python.Requirements.Find(folder) };
        if (manifest?.Member("project") is null && manifest?.Member("tool")?.Member("poetry") is null)
        {
            // A pyproject.toml that only names the backend leaves the rest to setuptools' own files.
            project = FromSetup(folder, project);
        }

        if (project.RequirementsFile is { } file)
        {
            var paths = file.Paths.Where(path => path.Length == 0).Any();
            project = project with
            {
                Files = [.. file.Files, .. project.Files],
                DependencyFile = file.File,
                Requirements = [],
                IsLocked = file.Packages.Count > 0 && file.Packages.All(PythonNames.IsPinned),
                IsPackage = project.IsPackage || paths,
                HasComputedRequirements = false,
                Declared = [.. Names(file.Packages).Concat(project.Declared).Distinct()],
            };
            return project;
        }

        project = project.Files.Count == 0 || project.Requirements.Count == 0 ? WithPipfile(folder, project, warnings)
            : project;
        return WithLock(folder, project, warnings);
    }

    /// <summary>setuptools reads another file: <c>install_requires = file: requirements.in</c>.</summary>
    private static bool IsReference(string line) => line.StartsWith("file:", StringComparison.Ordinal)
        || line.StartsWith("attr:", StringComparison.Ordinal);

    private static IEnumerable<string> Names(IEnumerable<string> requirements) =>
        requirements.Select(PythonNames.OfRequirement).OfType<string>();

    private static PythonProject FromPyProject(JsonElement? manifest)
    {
        var project = manifest?.Member("project");
        var poetry = manifest?.Member("tool")?.Member("poetry");
        var backend = manifest?.Member("build-system");
        if (project is null && poetry is null && backend is null)
        {
            return new PythonProject();
        }

        var requirements = project?.Member("dependencies").Texts() ?? [];
        var isDynamic = project?.Member("dynamic").Texts().Contains("dependencies") == true;
        var poetryNames = Poetry(poetry).ToList();
        var scripts = project?.Member("scripts").Members().Concat(poetry?.Member("scripts").Members() ?? [])
            .Select(item => item.Name)
            ?? poetry?.Member("scripts").Members().Select(item => item.Name) ?? [];
        var isPackage = backend is not null && !IsFalse(poetry?.Member("package-mode"))
            && !IsFalse(manifest?.Member("tool")?.Member("uv")?.Member("package"));
        return new PythonProject
        {
            Name = project?.Text("name") ?? poetry?.Text("name"),
            Version = project?.Text("version") ?? poetry?.Text("version"),
            Files = [PyProject],
            DependencyFile = requirements.Count + poetryNames.Count > 0 || isPackage ? PyProject : null,
            Requirements = requirements.Count > 0 ? requirements : [.. poetryNames.Select(pair => pair.Requirement)],
            Declared = [.. Names(requirements).Concat(poetryNames.Select(pair => pair.Name)).Distinct()],
            IsPackage = isPackage,
            HasComputedRequirements = isPackage && isDynamic,
            BuildRequirements = backend?.Member("requires").Texts() is { Count: > 0 } asked ? asked : ["setuptools"],
            Scripts = [.. scripts.Distinct().Order(StringComparer.Ordinal)],
        };
    }

    private static bool IsFalse(JsonElement? element) => element is { ValueKind: JsonValueKind.False };

    /// <summary>Poetry's own list: <c>flask = "^3.0"</c>. The caret and the tilde are written out as pip's
    /// comparisons.</summary>
    private static IEnumerable<(string Name, string Requirement)> Poetry(JsonElement? poetry)
    {
        foreach (var item in poetry?.Member("dependencies").Members() ?? [])
        {
            if (item.Name == "python" || item.Value.Member("optional").IsTrue())
            {
                continue;
            }

            var extras = item.Value.Member("extras").Texts() is { Count: > 0 } list ? $"[{string.Join(',', list)}]"
                : "";
            var range = item.Value.ValueKind == JsonValueKind.String ? item.Value.GetString()!
                : item.Value.Text("version") ?? "";
            var marker = item.Value.Text("markers") is { } text ? $" ; {text}" : "";
            var requirement = item.Value.Text("git") is { } git
                ? $"{item.Name}{extras} @ git+{git}"
                    + ((item.Value.Text("rev") ?? item.Value.Text("tag") ?? item.Value.Text("branch")) is { } at ? "@"
                    + at : "")
                : item.Name + extras + PoetryRange.ToPip(range) + marker;
            if (item.Value.Text("path") is null)
            {
                yield return (PythonNames.Normal(item.Name), requirement);
            }
        }
    }

    private static PythonProject FromSetup(AppFolder folder, PythonProject project)
    {
        var script = folder.ReadText("setup.py");
        var settings = folder.ReadText("setup.cfg");
        if (script is null && (settings is null || !settings.Contains("[metadata]", StringComparison.Ordinal)))
        {
            return project;
        }

        var ini = IniSections.Read(settings ?? "");
        var argument = script is null ? null : PythonList.Argument(PythonSource.Read(script), "install_requires");
        IReadOnlyList<string> requirements = argument?.Items ?? [.. ini.Lines("options", "install_requires")];
        return project with
        {
            Name = ini.Value("metadata", "name") ?? (script is null ? null : PythonSource.Argument(script, "name")),
            Version = ini.Value("metadata", "version") is { } version
                && !version.StartsWith("attr:", StringComparison.Ordinal)
                && !version.StartsWith("file:", StringComparison.Ordinal) ? version
                    : PythonSource.Argument(script ?? "", "version"),
            Files = [.. (script is null ? (string[])[] : ["setup.py"]), .. (settings is null ? (string[])[]
                : ["setup.cfg"]), .. project.Files],
            DependencyFile = script is null ? "setup.cfg" : "setup.py",
            IsPackage = true,
            BuildRequirements = project.BuildRequirements.Count > 0 ? project.BuildRequirements : ["setuptools"],
            Requirements = [.. requirements.Where(line => !IsReference(line))],
            HasComputedRequirements = argument is { Items: null } || requirements.Any(IsReference),
            Declared = [.. Names(requirements)],
            Scripts = [.. ini.Lines("options.entry_points", "console_scripts").Concat(ConsoleScripts(script ?? ""))
                .Select(line => line.Split('=')[0].Trim())],
        };
    }

    /// <summary>The texts of <c>console_scripts</c>' list in <c>setup.py</c>, when they are written out.</summary>
    private static IEnumerable<string> ConsoleScripts(string script)
    {
        var at = script.IndexOf("console_scripts", StringComparison.Ordinal);
        var open = at < 0 ? -1 : script.IndexOf('[', at);
        var close = open < 0 ? -1 : script.IndexOf(']', open);
        return close < 0 ? []
            : script[(open + 1)..close].Split(',').Select(item => item.Trim().Trim('"', '\''))
                .Where(item => item.Contains('=', StringComparison.Ordinal));
    }

    private static PythonProject WithPipfile(AppFolder folder, PythonProject project, ICollection<Problem> warnings)
    {
        if (TomlManifest.Read(folder, "Pipfile") is not { } pipfile)
        {
            return folder.IsFile("Pipfile.lock") ? WithLock(folder, project, warnings) : project;
        }

        var requirements = new List<string>();
        foreach (var item in pipfile.Member("packages").Members())
        {
            var range = item.Value.ValueKind == JsonValueKind.String ? item.Value.GetString()!
                : item.Value.Text("version") ?? "*";
            requirements.Add(item.Name + (range == "*" ? "" : range));
        }

        return project with
        {
            Files = ["Pipfile", .. project.Files],
            DependencyFile = "Pipfile",
            Requirements = requirements,
            Declared = [.. Names(requirements)],
        };
    }

    private static PythonProject WithLock(AppFolder folder, PythonProject project, ICollection<Problem> warnings)
    {
        if (PythonLock.Find(folder, Own(project), warnings) is not { Pins.Count: > 0 } locked)
        {
            return project with { IsLocked = project.Requirements.Count > 0 && project.Requirements
                .All(PythonNames.IsPinned) };
        }

        return project with
        {
            Files = [locked.File, .. project.Files],
            DependencyFile = locked.File,
            Requirements = [.. locked.Pins.Select(pin => pin.Requirement)],
            Hashed = locked.Pins.All(pin => pin.Hashes.Count > 0) ? locked.Pins : null,
            IsLocked = true,
            HasComputedRequirements = false,
            Declared = project.Declared.Count > 0 ? project.Declared : [.. Names(locked.Pins.Select(pin => pin.Requirement))],
        };
    }

    /// <summary>With their extras where the manifest says them.</summary>
    private static List<string> Own(PythonProject project) =>
        [.. project.Requirements.Where(text => PythonNames.OfRequirement(text) is not null).Concat(project.Declared)];
}
