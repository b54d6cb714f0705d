using System.Text.RegularExpressions;
using Nua.Build.Planning.Reading;

namespace Nua.Build.Planning.Stacks.Node;

/// <summary>The phases of a Node application: its packages, its build, and the removal of what only the build needed.</summary>
internal sealed partial class NodePhases(
    StackContext context, PackageJson package, PackageManager manager, Framework? framework, NodeStart start, bool isStatic)
{
    private static readonly string[] _installScripts = ["preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare"];

    private readonly NodeScripts _scripts = new(package);
    private readonly IReadOnlyList<PackageJson> _workspaces =
        [.. NodeWorkspaces.Folders(context.Folder, package).Select(folder => NodeWorkspaces.Read(context, folder)).OfType<PackageJson>()];

    /// <summary>Packages are installed: for the application, or for a workspace of it.</summary>
    public bool HasPackages => _workspaces.Append(package).Any(HasAny);

    private bool HasDevelopment => _workspaces.Append(package).Any(one => one.Development.Count > 0);

    /// <param name="startLine">How it is started, which may build first; null when that is not a line of scripts.</param>
    public IReadOnlyList<BuildPhase> Make(string? startLine)
    {
        var phases = new List<BuildPhase>();
        var steps = BuildSteps(startLine);
        var keepsDevelopment = start.KeepsDevelopment || context.HasStart;
        var withDevelopment = steps.Count > 0 || keepsDevelopment || !manager.CanOmitDevelopment;
        if (HasPackages || manager.LockFile is not null || InstallScript is not null)
        {
            phases.Add(Dependencies(withDevelopment));
        }

        if (start.OwnFolder is { } folder && !_scripts.Reached(InstallScript ?? "").Concat(_scripts.Reached("build"))
            .Any(text => text.Contains(folder, StringComparison.Ordinal)))
        {
            phases.Add(OwnDependencies(folder));
        }

        var network = Fetcher();
        var prunes = withDevelopment && !isStatic && !keepsDevelopment && HasDevelopment;
        var prune = (prunes ? manager.Prune(_workspaces.Count > 0) : [])
            .Select(argv => new BuildStep(ShellWords.Join(argv), argv) { Env = NodeEnv.OfInstall(package, manager) }).ToList();
        var prunesOffline = manager.PrunesOffline(_workspaces.Count > 0);
        if (steps.Count > 0)
        {
            phases.Add(new BuildPhase("build")
            {
                Steps = [.. steps, .. prunesOffline ? prune : []],
                Network = network is not null,
                Caches = Caches(),
            });
        }
        else if (prunesOffline && prune.Count > 0)
        {
            phases.Add(new BuildPhase("build") { Steps = prune, Caches = Caches() });
        }

        if (prune.Count > 0 && !prunesOffline)
        {
            phases.Add(new BuildPhase("production dependencies") { Steps = prune, Network = true, Caches = Caches() });
        }

        Explain(steps, network);
        ExplainDevelopment(withDevelopment, prune.Count > 0);
        return phases;
    }

    private string? InstallScript => Array.Find(_installScripts, name => package.Script(name) is not null);

    private static bool HasAny(PackageJson package) =>
        package.Dependencies.Count + package.Optional.Count + package.Development.Count > 0;

    private BuildPhase Dependencies(bool withDevelopment)
    {
        var command = manager.Install(withDevelopment);
        if (manager.LockFile is null)
        {
            context.Notes.Add(StackProblems.NoLockFile(
                PackageJson.FileName, ShellWords.Join(command),
                    $"run `{manager.Name} install` once and keep the lock file it writes"));
        }

        return new BuildPhase("dependencies")
        {
            Steps = [new BuildStep(ShellWords.Join(command), command) { Env = NodeEnv.OfInstall(package, manager) }],
            Network = true,
            Inputs = Inputs(),
            Caches = Caches(),
        };
    }

    /// <summary>A folder with a manifest of its own, which nothing else installs.</summary>
    private BuildPhase OwnDependencies(string folder)
    {
        var inner = context with { Folder = context.Folder.Subfolder(folder) };
        var own = NodeWorkspaces.Read(context, folder)!;
        var lockFile = PackageManager.Detect(inner, own, "").LockFile;
        var command = (manager with { LockFile = lockFile }).Install(withDevelopment: false);
        if (lockFile is null)
        {
            context.Notes.Add(StackProblems.NoLockFile($"{folder}/{PackageJson.FileName}", ShellWords.Join(command),
                $"run `{manager.Name} install` there once and keep the lock file it writes"));
        }

        return new BuildPhase($"dependencies of {folder}")
        {
            Steps = [new BuildStep($"{ShellWords.Join(command)} in {folder}", command)
            {
                Env = NodeEnv.OfInstall(own, manager),
                WorkDir = $"{NuaPaths.Source}/{folder}",
            }],
            Network = true,
            Caches = Caches(),
        };
    }

    /// <summary>Plug'n'Play needs the archives in the application itself, so no shared folder may take their
    /// place.</summary>
    private IReadOnlyList<string> Caches() => manager.IsPlugAndPlay ? [] : [manager.Name];

    /// <summary>What decides the installed packages. Null, the whole source, when the application's own install scripts
    /// run too.</summary>
    private List<string>? Inputs()
    {
        if (InstallScript is { } script)
        {
            context.Notes.Decide(
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
        var inputs = files.Where(context.Folder.Exists)
            .Concat(package.LocalDependencies().Where(context.Folder.Exists)).Concat(LocalFiles()).ToList();
        if (manager.LockFile is { } lockFile)
        {
            inputs.Add(lockFile);
        }

        foreach (var glob in package.Workspaces(context.Folder))
        {
            var isNegated = glob.StartsWith('!');
            if (AppFolder.Clean(isNegated ? glob[1..] : glob) is { Length: > 0 } clean)
            {
                inputs.Add($"{(isNegated ? "!" : "")}{clean}/{PackageJson.FileName}");
            }
        }

        return [.. inputs.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Archives of the source that stand in for packages deep in the tree: only the lock file names them all.</summary>
    private IEnumerable<string> LocalFiles()
    {
        const int most = 8 << 20;
        const int mostFiles = 1000;
        var text = manager.LockFile is null or "bun.lockb" ? "" : context.Folder.ReadHead(manager.LockFile, most) ?? "";
        return LocalFile().Matches(text).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal).Take(mostFiles)
            .Select(AppFolder.Clean).OfType<string>().Where(context.Folder.IsFile);
    }

    [GeneratedRegex("""\bfile:([^\s"'(){},#?]{1,500})""")]
    private static partial Regex LocalFile();

    /// <summary>The script <c>build</c>, then what the start script would build; else the framework's own command.</summary>
    private List<BuildStep> BuildSteps(string? startLine)
    {
        var steps = new List<BuildStep>();
        if (package.Script("build") is not null)
        {
            steps.Add(Step(manager.Run("build")));
        }

        if (framework?.Script is { } script)
        {
            steps.Add(Step(manager.Run(script)));
        }

        foreach (var part in isStatic || startLine is null ? [] : _scripts.BuildsOf(startLine))
        {
            steps.Add(ShellWords.Parse(part) is { } words && _scripts.Called(words.Argv) is { } name
                ? Step(manager.Run(name)) : NodeEnv.WithCommands(CommandPlan.Shell(part)));
        }

        // A framework without a build script still has to be built, unless its result is in the source.
        var result = framework?.StaticFolder;
        if (steps.Count == 0 && framework is { Build.Count: > 0 } && (isStatic || framework.Server is not null)
            && (result is null || !context.Folder.IsFolder(result)))
        {
            steps.Add(Step(manager.IsPlugAndPlay
                ? [.. manager.Command, "exec", framework.Build[0]["node_modules/.bin/".Length..], .. framework.Build.Skip(1)]
                : framework.Build));
        }

        return steps;
    }

    private BuildStep Step(IReadOnlyList<string> argv) => new(ShellWords.Join(argv), argv) { Env = NodeEnv.OfBuild(framework) };

    /// <summary>What the build script fetches with; null when it fetches nothing.</summary>
    private string? Fetcher()
    {
        // npx runs what is installed already, whenever it can.
        var lines = _scripts.Reached("build").Select(text => text.Replace("npx ", "", StringComparison.Ordinal)).ToList();
        var (next, fonts) = ("next", "next/font/google");
        return CommandTools.Read(lines, null).Fetcher ?? framework?.Fetcher
            ?? (package.Uses(next) && CodeFiles.Mentioning(context.Folder, [fonts], ".tsx", ".jsx", ".ts", ".js") is { } file
                ? $"{fonts} in {file}" : null);
    }

    private void Explain(List<BuildStep> steps, string? fetcher)
    {
        if (steps.Count > 0 && package.Script("build") is not null)
        {
            context.Notes.Decide("build", string.Join(" && ", steps.Select(step => step.Title)),
                steps.Count == 1 ? $"{PackageJson.FileName} scripts.build" : $"{PackageJson.FileName} scripts.build and scripts.start",
                "build.build = [\"…\"]");
        }

        if (fetcher is not null)
        {
            context.Notes.Decide("network of the build", "on", $"{fetcher} fetches", "build.network = false");
        }
    }

    private void ExplainDevelopment(bool installed, bool pruned)
    {
        if (!HasDevelopment || isStatic)
        {
            return;
        }

        var (value, because) = !installed ? ("never installed", "nothing is built")
            : pruned ? ("removed after the build", "only the build needs them")
            : context.HasStart ? ("kept", "the start command of the author may need them")
            : start.KeepsDevelopment ? ("kept", "the start command needs one of them")
            : ("kept", $"{manager.Name} {manager.Version} has no command that removes them");
        context.Notes.Decide("devDependencies", value, because);
    }
}
