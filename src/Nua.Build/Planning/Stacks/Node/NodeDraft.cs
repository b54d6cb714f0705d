namespace Nua.Build.Planning.Stacks.Node;

/// <summary>Works out one Node application: runtime, packages, build, result, start.</summary>
internal sealed class NodeDraft
{
    /// <summary>What the official Node and Bun programs are linked against.</summary>
    public static readonly IReadOnlyList<string> RuntimePackages = ["libatomic1", "libstdc++6"];

    private readonly StackContext _context;
    private readonly PackageJson _package;
    private readonly Framework? _framework;
    private readonly string? _entry;
    private readonly string _nodeRange;
    private readonly string _nodeBecause;
    private readonly PackageManager _manager;
    private readonly NodeStart _start;

    public NodeDraft(StackContext context, PackageJson package, Framework? framework, string? entry)
    {
        _context = context;
        _package = package;
        _framework = framework;
        _entry = entry;
        (_nodeRange, _nodeBecause) = NodeVersion.Find(context, package);
        _manager = PackageManager.Detect(context, package, _nodeRange);
        _start = new NodeStart(context, package, _manager);
    }

    private bool HasPackages => _package.Dependencies.Count + _package.Optional.Count + _package.Development.Count > 0;

    private string? BuildScript => _package.Script("build") is not null ? "build" : null;

    public static SortedDictionary<string, string> Production() =>
        new(StringComparer.Ordinal) { ["NODE_ENV"] = "production" };

    public StackDraft Make()
    {
        var root = StaticRoot();
        var start = root is null ? FindStart()
            : StaticStack.Serve(_context, $"{_framework?.Name ?? "the build"} leaves files only, in {root}");
        var native = NativeModules.Find(_package, LockText());
        Explain(root, native.Modules);
        var isStatic = root is not null;
        return new StackDraft
        {
            AppName = _package.Name?.Split('/')[^1],
            AppVersion = _package.Version,
            RunPackages = isStatic ? [] : [.. RuntimePackages, .. native.Run],
            BuildPackages = isStatic ? [.. RuntimePackages, .. native.Build] : native.Build,
            Toolchains = Toolchains(start, isStatic),
            Phases = _context.HasCommands ? [] : Phases(isStatic),
            Collects = [root is null ? Collected() : StaticStack.From(root)],
            SourceIgnore = ["**/node_modules"],
            Env = isStatic ? new SortedDictionary<string, string>(StringComparer.Ordinal) : Env(start),
            Listening = NodeListening.Find(_context.Folder, _package, _framework),
            Start = start,
            NoStart = _framework?.Trouble
                ?? "looked for scripts.start, main, server.js, app.js, main.js, index.js (also in src) and for known frameworks in package.json",
            Resolve = _start.Line,
        };
    }

    /// <summary>The folder of files that is all the build leaves; null for a server.</summary>
    private string? StaticRoot()
    {
        if (_context.HasStart)
        {
            return null;
        }

        if (_context.Build.DocumentRoot is { } asked && AppFolder.Clean(asked) is { } root)
        {
            _context.Notes.Decide("web root", root, "build.document-root", "build.document-root = \"…\"");
            return root;
        }

        if (_framework?.StaticFolder is not { } folder
            || (_package.Script("start") is { } line && !_start.IsDevelopmentServer(line)))
        {
            return null;
        }

        _context.Notes.Decide("web root", folder, $"{_framework.Name} writes there", "build.document-root = \"…\"");
        return folder;
    }

    private StartSpec? FindStart()
    {
        if (_package.Script("start") is { } line)
        {
            // "start" of many templates watches and compiles; the script for production then has its own name.
            var production = ((string[])["start:prod", "start:production", "serve:prod"])
                .FirstOrDefault(name => _package.Script(name) is not null);
            var isTool = line.Contains("nodemon", StringComparison.Ordinal)
                || line.Contains("ts-node", StringComparison.Ordinal)
                || line.StartsWith("nest start", StringComparison.Ordinal)
                    || line.Contains("tsx ", StringComparison.Ordinal);
            return _start.Script(isTool && production is not null ? production : "start");
        }

        if (_framework?.Server is { } server)
        {
            return new StartSpec { Argv = _start.Run(server), Because = $"{_framework.Name}: its server" };
        }

        if (_entry is null)
        {
            return null;
        }

        var runtime = _manager.Name == "bun" ? "bun" : "node";
        return new StartSpec
        {
            Argv = _start.Run([runtime, _entry]),
            Because = _entry == AppFolder.Clean(_package.Main ?? "") ? $"{PackageJson.FileName} main" : _entry,
        };
    }

    private List<Toolchain> Toolchains(StartSpec? start, bool isStatic)
    {
        var words = (start?.Argv ?? []).Concat(start?.Shell ?? []).ToList();
        var runsBun = _manager.Name == "bun"
            && words.Exists(word => word == "bun" || word.StartsWith("bun ", StringComparison.Ordinal)
            || word.StartsWith("bunx ", StringComparison.Ordinal));
        var asksForNode = _nodeBecause.Contains("says", StringComparison.Ordinal);
        var needsNode = _manager.Name != "bun" || asksForNode || (!isStatic && !runsBun);
        var tools = new List<Toolchain>();
        if (needsNode)
        {
            tools.Add(new Toolchain("node", _nodeRange, !isStatic && !runsBun, _nodeBecause));
        }

        if (_manager.YarnPath is null && (HasPackages || BuildScript is not null || _context.HasCommands || runsBun))
        {
            // A start through a shell may call the package manager by name.
            var isCalled = runsBun || (start?.Shell ?? []).Any(line => line.Split(' ').Contains(_manager.Name));
            tools.Add(new Toolchain(_manager.Name, _manager.Version, !isStatic && isCalled, _manager.Because));
        }

        return tools;
    }

    private List<BuildPhase> Phases(bool isStatic)
    {
        var phases = new List<BuildPhase>();
        var build = BuildCommand(isStatic);
        var keepsDevelopment = _start.KeepsDevelopment || _context.HasStart;
        var withDevelopment = build is not null || keepsDevelopment || !_manager.CanOmitDevelopment;
        if (HasPackages || _manager.LockFile is not null)
        {
            phases.Add(Dependencies(withDevelopment));
        }

        var steps = new List<BuildStep>();
        if (build is not null)
        {
            steps.Add(new BuildStep(ShellWords.Join(build), build) { Env = BuildEnv() });
        }

        var prunes = withDevelopment && !isStatic && !keepsDevelopment && _package.Development.Count > 0;
        var prune = (prunes ? _manager.Prune() : [])
            .Select(argv => new BuildStep(ShellWords.Join(argv), argv) { Env = InstallEnv() }).ToList();
        if (_manager.PrunesOffline)
        {
            steps.AddRange(prune);
        }

        if (steps.Count > 0)
        {
            phases.Add(new BuildPhase("build") { Steps = steps, Caches = Caches() });
        }

        if (prune.Count > 0 && !_manager.PrunesOffline)
        {
            phases.Add(new BuildPhase("production dependencies") { Steps = prune, Network = true, Caches = Caches() });
        }

        ExplainDevelopment(withDevelopment, isStatic, prune.Count > 0);
        return phases;
    }

    private BuildPhase Dependencies(bool withDevelopment)
    {
        var command = _manager.Install(withDevelopment);
        if (_manager.LockFile is null)
        {
            _context.Notes.Add(PlanProblems.NoLockFile(
                PackageJson.FileName, ShellWords.Join(command),
                    $"run `{_manager.Name} install` once and keep the lock file it writes"));
        }

        return new BuildPhase("dependencies")
        {
            Steps = [new BuildStep(ShellWords.Join(command), command) { Env = InstallEnv() }],
            Network = true,
            Inputs = Inputs(),
            Caches = Caches(),
        };
    }

    /// <summary>Plug'n'Play needs the archives in the application itself, so no shared folder may take their
    /// place.</summary>
    private IReadOnlyList<string> Caches() => _manager.IsPlugAndPlay ? [] : [_manager.Name];

    /// <summary>What decides the installed packages. Null, the whole source, when the application's own install scripts
    /// run too.</summary>
    private List<string>? Inputs()
    {
        string[] scripts = ["preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare"];
        if (Array.Find(scripts, name => _package.Script(name) is not null) is { } script)
        {
            _context.Notes.Decide(
                "dependency cache", "made again at every change",
                $"{PackageJson.FileName} scripts.{script} may read any file of the source",
                null);
            return null;
        }

        string[] files =
        [
            PackageJson.FileName, ".npmrc", ".yarnrc", ".yarnrc.yml", ".yarn/releases", ".yarn/plugins",
                ".yarn/patches", ".yarn/cache",
            "pnpm-workspace.yaml", ".pnpmfile.cjs", "patches", "bunfig.toml", "prisma", ".pnp.cjs", ".pnp.loader.mjs",
        ];
        var inputs = files.Where(_context.Folder.Exists)
            .Concat(_package.LocalDependencies().Where(_context.Folder.Exists)).ToList();
        if (_manager.LockFile is { } lockFile)
        {
            inputs.Add(lockFile);
        }

        foreach (var glob in _package.Workspaces(_context.Folder))
        {
            var isNegated = glob.StartsWith('!');
            if (AppFolder.Clean(isNegated ? glob[1..] : glob) is { Length: > 0 } clean)
            {
                inputs.Add($"{(isNegated ? "!" : "")}{clean}/{PackageJson.FileName}");
            }
        }

        return [.. inputs.Distinct(StringComparer.Ordinal)];
    }

    private IReadOnlyList<string>? BuildCommand(bool isStatic)
    {
        if (BuildScript is not null)
        {
            return _manager.Run("build");
        }

        // A framework without a build script still has to be built, unless its result is in the source.
        var result = _framework?.StaticFolder;
        return _framework is { Build.Count: > 0 } && (isStatic || _framework.Server is not null)
            && (result is null || !_context.Folder.IsFolder(result))
            ? _manager.IsPlugAndPlay ? [.. _manager.Command, "exec", _framework.Build[0]["node_modules/.bin/".Length..],
                .. _framework.Build.Skip(1)]
                : _framework.Build
            : null;
    }

    private SortedDictionary<string, string> InstallEnv()
    {
        var env = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["CI"] = "true" };
        if (_package.Uses("puppeteer"))
        {
            env["PUPPETEER_SKIP_DOWNLOAD"] = "true";
        }

        if (_package.Uses("playwright"))
        {
            env["PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD"] = "1";
        }

        if (_manager.IsBerry)
        {
            env["YARN_ENABLE_TELEMETRY"] = "0";
            // With the global cache the archives would stay outside the application.
            env["YARN_ENABLE_GLOBAL_CACHE"] = _manager.IsPlugAndPlay ? "false" : "true";
        }

        return env;
    }

    private static SortedDictionary<string, string> BuildEnv()
    {
        var env = Production();
        // The sandbox says CI=true, and Create React App then makes every lint warning an error.
        env["CI"] = "false";
        foreach (var quiet in (string[])["NEXT_TELEMETRY_DISABLED", "ASTRO_TELEMETRY_DISABLED",
            "NUXT_TELEMETRY_DISABLED", "DO_NOT_TRACK"])
        {
            env[quiet] = "1";
        }

        env["NG_CLI_ANALYTICS"] = "false";
        env["GATSBY_TELEMETRY_DISABLED"] = "1";
        return env;
    }

    private SortedDictionary<string, string> Env(StartSpec? start)
    {
        var env = Production();
        foreach (var (name, value) in _framework?.Env ?? new Dictionary<string, string>())
        {
            env[name] = value;
        }

        if (_package.Uses("puppeteer") || _package.Uses("playwright"))
        {
            env["PUPPETEER_EXECUTABLE_PATH"] = "/usr/bin/chromium";
        }

        if (start is null or { Shell.Count: > 0 } && HasPackages && !_manager.IsPlugAndPlay)
        {
            env["PATH"] = $"{NuaPaths.App}/node_modules/.bin:{NuaPaths.Path}";
        }

        return env;
    }

    private Collect Collected()
    {
        string[] dependencies = _manager.IsPlugAndPlay
            ? [".yarn/cache", ".yarn/unplugged", ".pnp.cjs", ".pnp.loader.mjs"]
            : [.. HasPackages ? (string[])["node_modules"] : [], .. Workspaces()];
        return SourceTree.Whole(dependencies, _manager.IsPlugAndPlay ? [".yarn/releases"]
            : [".yarn", "node_modules/.cache", ".next/cache"]);
    }

    /// <summary>Each workspace may have packages of its own beside its manifest.</summary>
    private IEnumerable<string> Workspaces()
    {
        const int deepest = 4;
        const int most = 20_000;
        var patterns = _package.Workspaces(_context.Folder).Where(glob => !glob.StartsWith('!'))
            .Select(glob => IgnorePattern.Parse($"{glob.Trim('/')}/{PackageJson.FileName}")).OfType<IgnorePattern>()
                .ToList();
        return patterns.Count == 0 ? []
            : _context.Folder.Walk("", deepest, most).Where(path => patterns.Exists(pattern => pattern.Matches(path)))
                .Select(path => path[..path.LastIndexOf('/')] + "/node_modules");
    }

    private string LockText()
    {
        const int most = 8 << 20;
        return _manager.LockFile is null or "bun.lockb" ? "" : _context.Folder.ReadHead(_manager.LockFile, most) ?? "";
    }

    private void Explain(string? root, IReadOnlyList<string> native)
    {
        var notes = _context.Notes;
        var major = NodeVersion.Major(_nodeRange);
        if (_manager.Name != "bun" || _nodeBecause.Contains("says", StringComparison.Ordinal))
        {
            notes.Decide("node", _nodeRange, _nodeBecause, $"build.builder = \"node-{major}\"");
        }

        notes.Decide("package manager", $"{_manager.Name} {_manager.Version}", _manager.Because
            + "; \"packageManager\" in package.json names another");
        if (_framework is not null)
        {
            notes.Decide("framework", _framework.Name, root is null ? "it runs as a server"
                : "its result is served without Node");
        }

        if (BuildScript is not null && !_context.HasCommands)
        {
            notes.Decide("build", ShellWords.Join(_manager.Run("build")), $"{PackageJson.FileName} scripts.build",
                "build.build = [\"…\"]");
        }

        if (native.Count > 0)
        {
            notes.Decide("native modules", string.Join(", ", native),
                "they compile or load libraries: Debian packages are added", "build.packages = [\"…\"]");
        }
    }

    private void ExplainDevelopment(bool installed, bool isStatic, bool pruned)
    {
        if (_package.Development.Count == 0 || isStatic)
        {
            return;
        }

        var (value, because) = !installed ? ("never installed", "nothing is built")
            : pruned ? ("removed after the build", "only the build needs them")
            : _context.HasStart ? ("kept", "the start command of the author may need them")
            : _start.KeepsDevelopment ? ("kept", "the start command needs one of them")
            : ("kept", $"{_manager.Name} {_manager.Version} has no command that removes them");
        _context.Notes.Decide("devDependencies", value, because);
    }
}
