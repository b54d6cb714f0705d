using Nua.Build.Planning.Reading;

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
        _entry = entry;
        (_nodeRange, _nodeBecause) = NodeVersion.Find(context, package);
        _manager = PackageManager.Detect(context, package, _nodeRange);
        _start = new NodeStart(context, package, _manager);
        _framework = NodeBundle.Of(context, framework, _manager, LoneStart()) ?? framework;
    }

    private bool IsBundled => _framework?.Bundle.Count > 0;

    /// <summary>The words of the start script when that is one command; none when it does more (migrations, say); null when there is no script.</summary>
    private IReadOnlyList<string>? LoneStart() =>
        StartScript is not { } script ? null
        : _package.Script("pre" + script) is not null || new NodeScripts(_package).Reached(script).Any(line => line.AsSpan().ContainsAny("&;|\n")) ? []
        : _start.Last(_package.Script(script)!) ?? [];

    public StackDraft Make()
    {
        var root = StaticRoot();
        var isStatic = root is not null;
        var start = root is { } served ? Serve(served) : FindStart();
        var native = NativeModules.Find(_package, LockText());
        Explain(isStatic, native.Modules);
        var phases = new NodePhases(_context, _package, _manager, _framework, _start, isStatic || IsBundled);
        var made = _context.HasCommands ? [] : phases.Make(_context.HasStart ? _context.StartCommands[^1] : _package.Script(StartScript ?? ""));
        return new StackDraft
        {
            AppName = _package.Name?.Split('/')[^1],
            AppVersion = _package.Version,
            RunPackages = isStatic ? [] : [.. RuntimePackages, .. native.Run],
            BuildPackages = isStatic ? [.. RuntimePackages, .. native.Build] : native.Build,
            Phases = made,
            Toolchains = Toolchains(start, isStatic, made.Count > 0),
            Collects = root is not null ? [StaticStack.From(root.Folder)] : IsBundled ? _framework!.Bundle : [Collected(start, phases.HasPackages)],
            SourceIgnore = ["**/node_modules"],
            Env = isStatic ? new SortedDictionary<string, string>(StringComparer.Ordinal) : Env(start, phases.HasPackages),
            Listening = NodeListening.Find(_context, _package, _framework, start),
            Start = start,
            NoStart = _framework?.Trouble?.Why
                ?? "looked for scripts.start, main, server.js, app.js, main.js, index.js (also in src), start.sh, and for known frameworks in package.json"
                    + StartableWorkspaces() + Commands(),
            NoStartRemedy = _framework?.Trouble?.Remedy,
            Resolve = _start.Line,
        };
    }

    /// <summary>The script that starts the application in production; null when the author says another way or none is there.</summary>
    private string? StartScript
    {
        get
        {
            if (_context.HasStart || _package.Script("start") is not { } line)
            {
                return null;
            }

            // "start" of many templates watches and compiles; the script for production then has its own name.
            var production = ((string[])["start:prod", "start:production", "serve:prod"])
                .FirstOrDefault(name => _package.Script(name) is not null);
            var isTool = line.Contains("nodemon", StringComparison.Ordinal)
                || line.Contains("ts-node", StringComparison.Ordinal)
                || line.StartsWith("nest start", StringComparison.Ordinal)
                || line.Contains("tsx ", StringComparison.Ordinal) || _start.IsDevelopmentServer(line);
            return isTool && production is not null ? production : "start";
        }
    }

    /// <summary>The folder of files that is all the build leaves; null for a server.</summary>
    private FileServer? StaticRoot()
    {
        if (_context.HasStart)
        {
            return null;
        }

        if (_context.Build.DocumentRoot is { } asked && AppFolder.Clean(asked) is { } root)
        {
            _context.Notes.Decide("web root", root, "build.document-root", "build.document-root = \"…\"");
            return new FileServer(root, IsSpa: false);
        }

        var line = _package.Script(StartScript ?? "");
        var server = line is null || _start.Last(line) is not { } argv ? null : FileServer.Read(_context.Folder, argv);
        var isServer = line is not null && server is null && !_start.IsDevelopmentServer(line)
            && _start.Last(line) is not ["next", "start", ..];
        if (isServer || (_framework?.StaticFolder is null && server is null))
        {
            return null;
        }

        var folder = _framework?.StaticFolder ?? server!.Folder;
        _context.Notes.Decide("web root", folder.Length == 0 ? "." : folder, _framework?.StaticFolder is null ? $"`{line}` serves it"
            : $"{_framework.Name} writes there", "build.document-root = \"…\"");
        return new FileServer(folder, server?.IsSpa ?? false);
    }

    private StartSpec Serve(FileServer served) => StaticStack.Serve(_context,
        $"{_framework?.Name ?? "the build"} leaves files only, in {(served.Folder.Length == 0 ? "." : served.Folder)}", served.IsSpa);

    private StartSpec? FindStart()
    {
        if (StartScript is { } script && !IsBundled)
        {
            var isDevelopment = _start.IsDevelopmentServer(_package.Script(script)!);
            if (!isDevelopment || _framework?.Server is null)
            {
                if (isDevelopment)
                {
                    _context.Notes.Add(StackProblems.ServesForDevelopment(PackageJson.FileName, _package.Script(script)!));
                }

                return _start.Script(script);
            }

            _context.Notes.Add(StackProblems.DevelopmentServer(
                PackageJson.FileName, _package.Script(script)!, ShellWords.Join(_framework.Server)));
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

    private string StartableWorkspaces()
    {
        var found = NodeWorkspaces.Folders(_context.Folder, _package)
            .Where(folder => NodeWorkspaces.Read(_context, folder)?.Script("start") is not null).Take(5).ToList();
        return found.Count == 0 ? ""
            : $"; these workspaces can be started: {string.Join(", ", found)}, as in `run.start = \"npm -w {found[0]} start\"`";
    }

    /// <summary>A program that is installed for its commands alone; which of its options serve something is not known.</summary>
    private string Commands()
    {
        var bin = _package.Root.Member("bin");
        var file = bin?.ValueKind == System.Text.Json.JsonValueKind.String ? bin.Value.GetString()
            : bin.Members().Select(member => _package.Root.Text("bin", member.Name)).OfType<string>().FirstOrDefault();
        return file is not null && AppFolder.Clean(file) is { Length: > 0 } clean
            ? $"; its command is {clean}, as in `run.start = \"node {clean}\"` with the arguments that make it serve" : "";
    }

    private List<Toolchain> Toolchains(StartSpec? start, bool isStatic, bool hasPhases)
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

        // A start through a shell, or a program that starts others, may call the package manager by name.
        var isCalled = runsBun || (start?.Shell ?? []).Concat(start?.Argv ?? []).Any(line => line.Split(' ').Contains(_manager.Name));
        if (_manager.YarnPath is null && (hasPhases || isCalled || _context.HasCommands))
        {
            tools.Add(new Toolchain(_manager.Name, _manager.Version, !isStatic && isCalled, _manager.Because));
        }

        return tools;
    }

    private SortedDictionary<string, string> Env(StartSpec? start, bool hasPackages)
    {
        var isByName = start is null or { Shell.Count: > 0 } || _start.NeedsPath;
        string[] folders = start is { WorkDir: not NuaPaths.App } ? [start.WorkDir, NuaPaths.App] : [NuaPaths.App];
        return NodeEnv.OfStart(_package, _framework, isByName && hasPackages && !_manager.IsPlugAndPlay ? folders : []);
    }

    private Collect Collected(StartSpec? start, bool hasPackages)
    {
        var startsYarn = _manager.YarnPath is { } path && start?.Argv.Contains(path) == true;
        // Each workspace may have packages of its own beside its manifest.
        string[] dependencies = _manager.IsPlugAndPlay
            ? [".yarn/cache", ".yarn/unplugged", ".pnp.cjs", ".pnp.loader.mjs"]
            : [.. hasPackages ? (string[])["node_modules"] : [],
                .. NodeWorkspaces.Folders(_context.Folder, _package).Select(folder => folder + "/node_modules"),
                .. _start.OwnFolder is { } own ? (string[])[own + "/node_modules"] : []];
        return SourceTree.Whole(dependencies, _manager.IsPlugAndPlay ? startsYarn ? [] : [".yarn/releases"]
            : [".yarn", "node_modules/.cache", ".next/cache"]);
    }

    private string LockText()
    {
        const int most = 8 << 20;
        return _manager.LockFile is null or "bun.lockb" ? "" : _context.Folder.ReadHead(_manager.LockFile, most) ?? "";
    }

    private void Explain(bool isStatic, IReadOnlyList<string> native)
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
            notes.Decide("framework", _framework.Name, isStatic ? "its result is served without Node"
                : IsBundled ? "it runs as a server, from what its build gathers for that: no source, no other packages" : "it runs as a server");
        }

        if (native.Count > 0)
        {
            notes.Decide("native modules", string.Join(", ", native),
                "they compile or load libraries: Debian packages are added", "build.packages = [\"…\"]");
        }
    }
}
