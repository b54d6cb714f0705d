using Nua.Build.Planning.Reading;

namespace Nua.Build.Planning.Stacks.Python;

/// <summary>Works out one Python application: packages, virtual environment, server, start.</summary>
internal sealed class PythonDraft
{
    private readonly StackContext _context;
    private readonly PythonProject _project;
    private readonly PythonEntry? _entry;
    private readonly string? _script;
    private readonly IReadOnlyList<string> _wheels;
    private readonly PipArguments _pip;
    private readonly HashSet<string> _declared;
    private readonly PythonBackends _backends;
    private readonly PythonStart _start;

    public PythonDraft(StackContext context, PythonProject project, PythonEntry? entry, string? script,
        IReadOnlyList<string> wheels)
    {
        _context = context;
        _project = project;
        _entry = entry;
        _script = script;
        _wheels = wheels;
        _pip = PipArguments.Read(context);
        _backends = PythonBackends.Of(project.BuildRequirements.Count > 0 ? project.BuildRequirements : ["setuptools"]);
        _declared = new HashSet<string>(project.Declared.Concat(_pip.Packages), StringComparer.Ordinal);
        _start = new PythonStart(context, project, entry, script, _declared,
            isDeclared: project.DependencyFile is not null || wheels.Count > 0 || !_pip.IsEmpty);
    }

    private bool InstallsProject => (_project.IsPackage && !_context.HasCommands) || _pip.InstallsProject;

    public StackDraft Make()
    {
        CheckVersion();
        var start = _context.HasStart ? null : _start.Find();
        _start.AddServerOfCommand();
        var phases = Phases();
        var hasVenv = phases.Count > 0;
        CollectStatic(phases, hasVenv);
        var libraries = hasVenv ? PythonLibraries.Find(AllPackages()) : ([], [], []);
        Explain(hasVenv, libraries.Names);
        return new StackDraft
        {
            AppName = _project.Name,
            AppVersion = _project.Version,
            RunPackages = [.. RunPackages(hasVenv), .. libraries.Run, .. _start.AddedPackages],
            BuildPackages = hasVenv ? ["python3-pip", .. libraries.Build, .. InstallsProject ? _backends.Packages
                : [], .. NeedsGit() ? ["git"] : (string[])[]] : [],
            Phases = phases,
            Collects =
            [
                .. hasVenv ? [new Collect(NuaPaths.Venv, NuaPaths.Venv, LayerKind.Dependencies)] : (Collect[])[],
                SourceTree.Whole(exclude:
                [
                    "**/*.pyc", "**/.pytest_cache", "**/.mypy_cache", "**/.ruff_cache",
                    // What building the package leaves beside the source.
                    .. InstallsProject ? (string[])["**/*.egg-info", .. _context.Folder.Exists("build") ? (string[])[]
                        : ["build"]] : [],
                ]),
            ],
            SourceIgnore = ["**/__pycache__", ".venv", "venv", "**/*.egg-info", .. Environments()],
            Env = Env(),
            HasVenv = hasVenv,
            Listening = FindListening(start),
            Start = start,
            NoStart = "looked for a WSGI or ASGI application in the code, console scripts of the project, and main.py, app.py, server.py, start.sh",
        };
    }

    private IEnumerable<string> AllPackages() =>
        _project.Requirements.Select(PythonNames.OfRequirement).OfType<string>()
            .Concat(_project.RequirementsFile?.Packages.Select(PythonNames.OfRequirement).OfType<string>() ?? [])
                .Concat(_declared).Concat(_start.Added);

    /// <summary>Virtual environments beside the code, whatever they are called: they are of another machine.</summary>
    private IEnumerable<string> Environments() => _context.Folder.List()
        .Where(entry => entry.Kind == EntryKind.Folder && entry.Name is not ("venv" or ".venv") && _context.Folder.IsFile(entry.Path + "/pyvenv.cfg"))
        .Select(entry => entry.Path);

    private Listening? FindListening(StartSpec? start)
    {
        var found = PythonListening.Find(_context.Folder, _entry, AllPackages(), isElsewhere: _project.IsPackage || _wheels.Count > 0);
        var isScript = _script is not null && start?.Argv is ["python3", var file] && file == $"{NuaPaths.App}/{_script}";
        return found is { IsServer: true } && isScript ? found.With(PortInCode.Find(_context.Folder, _script, ".py"), _context.Notes) : found;
    }

    private bool NeedsGit() =>
        _project.Requirements.Concat(_project.RequirementsFile?.Packages ?? []).Concat(_pip.Words)
            .Any(text => text.Contains("git+", StringComparison.Ordinal));

    private void CheckVersion()
    {
        if (!_context.IsDebian)
        {
            return;
        }

        foreach (var (file, text) in Wishes())
        {
            if (text is { Length: > 0 } && !PythonVersion.Fits(text))
            {
                _context.Notes.Add(StackProblems.OtherPython(PlanPlace.At(file), text, PythonVersion.Debian));
            }
        }
    }

    private IEnumerable<(string File, string? Text)> Wishes()
    {
        var folder = _context.Folder;
        var manifest = TomlManifest.Read(folder, "pyproject.toml");
        yield return ("pyproject.toml", manifest?.Member("project")?.Text("requires-python"));
        yield return ("pyproject.toml",
            manifest?.Member("tool")?.Member("poetry")?.Member("dependencies")?.Text("python"));
        yield return (".python-version", folder.ReadText(".python-version", 4096)?.Split('\n')[0].Trim());
        yield return ("runtime.txt", folder.ReadText("runtime.txt", 4096)?.Split('\n')[0].Trim());
        yield return ("Pipfile", TomlManifest.Read(folder, "Pipfile")?.Member("requires")?.Text("python_version"));
    }

    private List<BuildPhase> Phases()
    {
        var phases = new List<BuildPhase>();
        var installs = Installs().Select(install => PythonSteps.Pip("pip install " + Summary(install), install)).ToList();
        if (_project.Hashed is { } pins && HasOwnRequirements)
        {
            installs.Insert(0, PythonSteps.WriteRequirements(_project.DependencyFile!, pins));
        }

        if (installs.Count == 0 && !InstallsProject)
        {
            return phases;
        }

        var fetches = InstallsProject && _backends.Fetched.Count > 0;
        phases.Add(new BuildPhase("dependencies")
        {
            Steps =
            [
                PythonSteps.MakeVenv(_start.UsesSystemPackages),
                .. installs,
                .. fetches ? [PythonSteps.Backend(_backends.Fetched)] : (BuildStep[])[],
                PythonSteps.Compile,
            ],
            Network = installs.Count > 0 || fetches,
            Inputs = _pip.Folders.Count > 0 ? null : Inputs(),
            Caches = ["pip"],
        });
        if (InstallsProject)
        {
            phases.Add(new BuildPhase("application")
            {
                Steps = [PythonSteps.InstallProject(!fetches, _project.HasComputedRequirements), PythonSteps.Compile],
                Network = _project.HasComputedRequirements,
                Caches = _project.HasComputedRequirements ? ["pip"] : [],
            });
        }

        return phases;
    }

    private void CollectStatic(List<BuildPhase> phases, bool hasVenv)
    {
        if (_context.HasCommands || _entry?.Framework.StartsWith("Django", StringComparison.Ordinal) != true
            || DjangoStatic.Find(_context.Folder, _entry) is not { } found)
        {
            return;
        }

        const string command = "python3 manage.py collectstatic --noinput";
        if (found.Needs is { } variable)
        {
            _context.Notes.Decide("static files", "not collected", $"STATIC_ROOT is set, but the settings need {variable}, which the build does not have",
                $"build.before-build = [\"{variable}=x {command}\"]");
            return;
        }

        _context.Notes.Decide("static files", "collected by the build", "STATIC_ROOT is set", "build.build = [\"…\"]");
        phases.Add(new BuildPhase("static files") { Steps = [PythonSteps.CollectStatic(command, found.Folder, hasVenv)] });
    }

    private bool HasOwnRequirements => !_context.HasCommands && _project.Requirements.Count + (_project.RequirementsFile is null ? 0 : 1) > 0;

    /// <summary>The arguments of each call of pip. Where hashes are given, pip wants one for everything in the call: what has none is
    /// installed by another.</summary>
    private IEnumerable<IReadOnlyList<string>> Installs()
    {
        IReadOnlyList<string> own = !HasOwnRequirements ? [] : _project.RequirementsFile is { } file ? ["-r", file.File]
            : _project.Hashed is not null ? ["--require-hashes", "--no-deps", "-r", PythonSteps.LockedRequirements] : _project.Requirements;
        var hasHashes = _project.Hashed is not null || _project.RequirementsFile is { HasHashes: true };
        IReadOnlyList<string> more = [.. _context.HasCommands ? [] : _wheels.Select(wheel => "./" + wheel), .. _pip.Words, .. _start.Added];
        if (hasHashes && own.Count > 0 && more.Count > 0)
        {
            yield return own;
            yield return more;
        }
        else if (own.Count + more.Count > 0)
        {
            yield return [.. own, .. more];
        }
    }

    private string Summary(IReadOnlyList<string> words) => words.Contains(PythonSteps.LockedRequirements)
        ? $"{_project.Requirements.Count} packages from {_project.DependencyFile}, hashes checked"
        : words.Count <= 8 ? ShellWords.Join(words)
        : $"{words.Count} packages from {_project.DependencyFile ?? "build.pip-install"}";

    /// <summary>Requirements given as words are in the command itself, so only files that pip opens are
    /// inputs.</summary>
    private List<string>? Inputs()
    {
        var inputs = new List<string>();
        if (!_context.HasCommands)
        {
            inputs.AddRange(_project.RequirementsFile?.Files ?? []);
            inputs.AddRange(_wheels);
            var paths = _project.RequirementsFile?.Paths ?? [];
            if (paths.Contains(""))
            {
                return null;
            }

            inputs.AddRange(paths);
        }

        inputs.AddRange(_pip.Files);
        return inputs;
    }

    private IEnumerable<string> RunPackages(bool hasVenv)
    {
        yield return "python3";
        var imports = _script is null || _context.Folder.ReadHead(_script) is not { } text ? []
            : PythonSource.Read(text).Imports.Values.Select(name => name.TrimStart('*').Split('.')[0])
                .ToHashSet(StringComparer.Ordinal);
        if (hasVenv || imports.Overlaps((string[])["ssl", "urllib", "smtplib", "imaplib", "ftplib"]))
        {
            yield return "ca-certificates";
        }

        if (hasVenv || imports.Contains("zoneinfo"))
        {
            yield return "tzdata";
        }

        // The admin's pages are links into this one, which Debian's Django only recommends; collecting static files follows them.
        if (_context.Config.Run.Packages.Contains("python3-django"))
        {
            yield return "libjs-jquery";
        }
    }

    private SortedDictionary<string, string> Env()
    {
        var env = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            // The application's folder is read-only, so writing byte code would only fail.
            ["PYTHONDONTWRITEBYTECODE"] = "1",
            ["PYTHONUNBUFFERED"] = "1",
        };
        if (_entry?.Folder == "src" && !InstallsProject)
        {
            env["PYTHONPATH"] = $"{NuaPaths.App}/src";
        }

        return env;
    }

    private void Explain(bool hasVenv, IReadOnlyList<string> libraries)
    {
        var notes = _context.Notes;
        notes.Decide("python", "Debian's python3", $"Python {PythonVersion.Debian} in Debian stable",
            "build.base-image = \"…\"");
        if (!hasVenv)
        {
            notes.Decide("packages", "none", "nothing is declared: no virtual environment, no build",
                "build.pip-install = [\"…\"]");
            return;
        }

        if (_project.HasComputedRequirements && InstallsProject)
        {
            notes.Decide("dependency cache", "made again at every change",
                $"{_project.DependencyFile} computes which packages are needed: they are installed with the application", null);
        }

        var from = _project.DependencyFile ?? (_wheels.Count > 0 ? _wheels[0] : "build.pip-install");
        notes.Decide("packages", $"{NuaPaths.Venv} from {from}", _project.Hashed is not null ? "every version is fixed, every file is checked by its hash"
                : _project.IsLocked ? "every version is fixed"
            : "the newest versions that fit", "build.pip-install = [\"…\"]");
        if (!_project.IsLocked && _project.DependencyFile is { } file && _project.Declared.Count > 0
            && !_context.HasCommands)
        {
            notes.Add(StackProblems
                .NoLockFile(file, "pip install",
                "fix versions with `==` (`pip freeze` prints them), or add uv.lock or poetry.lock"));
        }

        if (_start.UsesSystemPackages)
        {
            notes.Decide("Debian's Python packages", "visible in the virtual environment",
                "run.packages names python3-*");
        }

        if (libraries.Count > 0)
        {
            notes.Decide("native packages", string.Join(", ", libraries),
                "they compile or load libraries: Debian packages are added", "build.packages = [\"…\"]");
        }
    }
}
