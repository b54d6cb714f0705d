namespace Nua.Build.Planning.Stacks.Node;

/// <summary>
/// Finds what <c>npm start</c> would run in the end, so that the image starts that program itself: npm as the first
/// process swallows SIGTERM and costs memory.
/// </summary>
/// <param name="place">The package's folder, relative to the source; empty for the source itself.</param>
internal sealed class NodeStart(StackContext context, PackageJson package, PackageManager manager, string place = "")
{
    private const int MostHops = 8;
    private readonly NodeScripts _scripts = new(package);

    /// <summary>A development package is needed at run time: the packages cannot be pruned.</summary>
    public bool KeepsDevelopment { get; private set; }

    /// <summary>The command is found in <c>PATH</c> alone.</summary>
    public bool NeedsPath { get; private set; }

    /// <summary>A folder that is started, is no workspace, and has packages of its own.</summary>
    public string? OwnFolder { get; private set; }

    private string Folder => place.Length == 0 ? NuaPaths.App : $"{NuaPaths.App}/{place}";

    private string Manifest => place.Length == 0 ? PackageJson.FileName : $"{place}/{PackageJson.FileName}";

    /// <summary>The command starts a server that is meant for development, or one that only serves built
    /// files.</summary>
    public bool IsDevelopmentServer(string line) => Last(line) is { } argv && NodeCommands.IsDevelopmentServer(argv);

    /// <summary>The words of the last command that a line runs, through scripts; null when it goes in circles.</summary>
    public IReadOnlyList<string>? Last(string line)
    {
        if (_scripts.Follow(line) is not { } followed)
        {
            return null;
        }

        var text = ShellWords.SplitAnd(followed)[^1];
        return ShellWords.Parse(text)?.Argv ?? text.Split(' ');
    }

    /// <summary>A script by name, with the <c>pre</c> script that runs before it.</summary>
    public StartSpec? Script(string name) => Resolve(name, [], 0);

    /// <summary>A command line; null when it is nothing of Node's.</summary>
    public StartSpec? Line(string line) => Line(line, $"`{line}`", 0);

    /// <summary>An argv that runs a file with the right runtime.</summary>
    public IReadOnlyList<string> Run(IReadOnlyList<string> argv)
    {
        if (argv[0] == "node")
        {
            argv = new NodeOptions(context).WithoutMissingFiles(argv);
            return manager.IsPlugAndPlay ? ["node", "-r", $"{NuaPaths.App}/.pnp.cjs", .. argv.Skip(1)] : argv;
        }

        // npm and yarn put the commands of workspaces at the top; a folder of its own, and pnpm, have them beside the package.
        var isAtTop = place.Length == 0 || (manager.Name != "pnpm" && OwnFolder is null);
        return argv[0].StartsWith("node_modules/", StringComparison.Ordinal)
            ? [$"{(isAtTop ? NuaPaths.App : Folder)}/{argv[0]}", .. argv.Skip(1)] : argv;
    }

    private StartSpec? Resolve(string name, IReadOnlyList<string> arguments, int hops)
    {
        if (hops > MostHops || package.Script(name) is not { } text)
        {
            return null;
        }

        var because = $"{Manifest} scripts.{name} is `{text}`";
        var line = arguments.Count == 0 ? text : $"{text} {ShellWords.Join(arguments)}";
        var start = Line(line, because, hops + 1) ?? Shell([line], because, hops + 1);
        return package.Script("pre" + name) is { } before && !_scripts.IsDone(before)
            ? Shell([before, start.Argv.Count > 0 ? ShellWords.Join(start.Argv) : line], because
                + $", scripts.pre{name} is `{before}`", hops + 1) with { WorkDir = start.WorkDir }
            : start;
    }

    private StartSpec? Line(string line, string because, int hops)
    {
        // What only builds has been done already.
        var parts = ShellWords.SplitAnd(line).SkipWhile(_scripts.IsDone).ToList();
        if (parts.Count == 0)
        {
            return null;
        }

        if (parts is [var change, var command] && change.StartsWith("cd ", StringComparison.Ordinal)
            && AppFolder.Clean(change[3..].Trim(' ', '"', '\'')) is { Length: > 0 } folder && context.Folder.IsFolder(folder))
        {
            var start = In(folder, isWorkspace: false)?.Line(command, because, hops)
                ?? (ShellWords.Parse(command) is { } there ? Words(there, because, hops) : null);
            return start is null ? Shell(parts, because, hops) : start with { WorkDir = $"{NuaPaths.App}/{folder}" };
        }

        if (parts.Count > 1)
        {
            return Shell(parts, because, hops);
        }

        return ShellWords.Parse(parts[0]) is { } words ? Words(words, because, hops) : Shell([parts[0]], because, hops);
    }

    private StartSpec? Words(ShellWords words, string because, int hops)
    {
        var argv = words.Argv;
        var assignments = words.Assignments.ToList();
        if (argv[0] is "cross-env" or "cross-env-shell" or "env" && argv.Count > 1)
        {
            var rest = argv.Skip(1).ToList();
            while (rest.Count > 0 && rest[0].IndexOf('=') is > 0 and var equals)
            {
                assignments.Add((rest[0][..equals], rest[0][(equals + 1)..]));
                rest.RemoveAt(0);
            }

            argv = rest;
        }

        if (PackageCall.Read(argv) is { } call && place.Length == 0 && Called(call) is { } other)
        {
            return With(other.Words(new ShellWords([], call.Argv), because, hops), assignments) is { } start
                ? Taken(other, start) : null;
        }

        if (argv is ["npx" or "bunx", ..])
        {
            var called = argv.Skip(1).SkipWhile(word => word.StartsWith('-')).ToList();
            argv = called.Count == 0 ? called : [NodeCommands.OfPackage(called[0]), .. called.Skip(1)];
        }
        else if (argv is ["npm" or "yarn" or "pnpm", "exec", ..] or ["yarn", "node", ..])
        {
            argv = [.. argv.Skip(argv[1] == "node" ? 1 : 2).SkipWhile(word => word == "--")];
        }
        else if (argv is ["yarn" or "pnpm", var name, ..] && NodeCommands.Providers(name).Any(package.Uses)
            && package.Script(name) is null)
        {
            argv = [.. argv.Skip(1)];
        }

        if (argv.Count == 0)
        {
            return null;
        }

        if (_scripts.Called(argv) is { } script)
        {
            return With(Resolve(script, NodeScripts.Arguments(argv), hops), assignments);
        }

        return Program(argv) is { } program
            ? With(new StartSpec { Argv = Run(program), Because = because, WorkDir = Folder }, assignments) : null;
    }

    private IReadOnlyList<string>? Program(IReadOnlyList<string> argv)
    {
        if (argv is ["pm2", "start", ..])
        {
            // It goes into the background, and the container would end.
            argv = ["pm2-runtime", .. argv.Skip(1)];
        }

        var command = argv[0];
        if (NodeCommands.IsWatcher(command))
        {
            return Watched(argv);
        }

        var provider = NodeCommands.Providers(command).FirstOrDefault(package.Uses);
        if (provider is null)
        {
            Unknown(command);
            return argv;
        }

        if (!package.Dependencies.ContainsKey(provider) && !package.Optional.ContainsKey(provider))
        {
            KeepsDevelopment = true;
            context.Notes.Add(StackProblems.DevelopmentTool(
                Manifest, command, $"{provider} is in devDependencies, so these stay in the image"));
        }
        else if (NodeCommands.IsCompiler(command))
        {
            context.Notes
                .Add(StackProblems
                .DevelopmentTool(Manifest, command, "it compiles the application again at every start"));
        }

        // With Plug'n'Play only yarn knows where a command is.
        return manager.IsPlugAndPlay ? [.. manager.Command, "run", .. argv] : [$"node_modules/.bin/{command}", .. argv.Skip(1)];
    }

    /// <summary>Packages may name their commands as they like: which one brings this is not known before they are there.</summary>
    private void Unknown(string command)
    {
        if (!NodeCommands.IsOfPackage(command))
        {
            return;
        }

        NeedsPath = true;
        if (package.Development.Count > 0 && !KeepsDevelopment)
        {
            KeepsDevelopment = true;
            context.Notes.Add(StackProblems.DevelopmentTool(
                Manifest, command, "one of the devDependencies may bring it, so these stay in the image"));
        }
    }

    /// <summary>The program that a watcher would restart.</summary>
    private IReadOnlyList<string>? Watched(IReadOnlyList<string> argv)
    {
        var file = argv.Skip(1).FirstOrDefault(word => !word.StartsWith('-') && context.Folder.IsFile(word));
        file ??= package.Main is { } main && context.Folder.IsFile(main) ? main : null;
        if (file is null || file.EndsWith(".ts", StringComparison.Ordinal) || argv.Contains("--exec")
            || argv.Contains("-x"))
        {
            return null;
        }

        context.Notes.Add(StackProblems.DevelopmentServer(Manifest, string.Join(' ', argv), $"node {file}"));
        return ["node", file];
    }

    private NodeStart? Called(PackageCall call) => call.IsFolder
        ? AppFolder.Clean(call.Where) is { Length: > 0 } folder && context.Folder.IsFolder(folder) ? In(folder, isWorkspace: false) : null
        : NodeWorkspaces.Find(context, package, call.Where) is { } workspace ? In(workspace, isWorkspace: true) : null;

    private NodeStart? In(string folder, bool isWorkspace)
    {
        if (place.Length > 0 || NodeWorkspaces.Read(context, folder) is not { } other)
        {
            return null;
        }

        var isOwn = !isWorkspace && !NodeWorkspaces.Folders(context.Folder, package).Contains(folder)
            && other.Dependencies.Count + other.Optional.Count > 0;
        var start = new NodeStart(context with { Folder = context.Folder.Subfolder(folder) }, other, manager, folder)
        {
            OwnFolder = isOwn ? folder : null,
        };
        OwnFolder = start.OwnFolder ?? OwnFolder;
        return start;
    }

    private StartSpec Taken(NodeStart other, StartSpec start)
    {
        KeepsDevelopment |= other.KeepsDevelopment;
        NeedsPath |= other.NeedsPath;
        return start;
    }

    private static StartSpec? With(StartSpec? start, List<(string Name, string Value)> assignments)
    {
        if (start is null || assignments.Count == 0)
        {
            return start;
        }

        var prefix = string.Concat(assignments.Select(pair => $"{pair.Name}={ShellWords.Quote(pair.Value)} "));
        return start.Argv.Count > 0
            ? start with { Argv = ["env", .. assignments.Select(pair => $"{pair.Name}={pair.Value}"), .. start.Argv] }
            : start with { Shell = [.. start.Shell.SkipLast(1), prefix + start.Shell[^1]] };
    }

    /// <summary>Several commands, or one that a shell must read: each that is plain is resolved for itself.</summary>
    private StartSpec Shell(IReadOnlyList<string> lines, string because, int hops) => new()
    {
        Shell = [.. lines.SelectMany(line => Resolved(line, hops))],
        Because = because,
        WorkDir = Folder,
    };

    private IReadOnlyList<string> Resolved(string line, int hops) =>
        hops <= MostHops && ShellWords.Parse(line) is { } words && Words(words, "", hops + 1) is { } start && start.WorkDir == Folder
            ? start.Argv.Count > 0 ? [ShellWords.Join(start.Argv)] : start.Shell : [line];
}
