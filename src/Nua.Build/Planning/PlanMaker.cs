using Nua.Build.Planning.Stacks;
using Nua.Config;
using Nua.Foundation;

namespace Nua.Build.Planning;

/// <summary>Makes one plan: source, stack, commands of the author, start, ports, identity; then puts them
/// together.</summary>
internal sealed class PlanMaker
{
    private readonly AppFolder _folder;
    private readonly AppConfig _config;
    private readonly PlanOptions _options;
    private readonly PlanNotes _notes;
    private readonly SourceSelection _source;
    private readonly PackagerFolder _packager;
    private readonly CommandPlan _commands;
    private readonly StartPlan _startPlan;
    private readonly BuildPaths _paths;

    public PlanMaker(AppFolder folder, AppConfig config, PlanOptions options, PlanNotes notes)
    {
        config = SqliteProvider.Resolve(config, notes);
        (_folder, _config, _options, _notes) = (folder, config, options, notes);
        CheckMethod();
        _source = SourceSelection.Select(folder, config.Build, options, notes);
        _packager = PackagerFolder.Read(folder, notes);
        _paths = new BuildPaths(SourceNames(), notes);
        _config = config = _paths.Rewrite(config);
        _commands = CommandPlan.Find(folder, _source.Tree, config, _packager, notes);
        _startPlan = StartPlan.Find(folder, _source.Tree, config, _packager, _paths, notes);
    }

    private BuildConfig Build => _config.Build;

    /// <summary>The application is inside the image already: nothing else is said about how to make it.</summary>
    private bool IsWrap => _options.BaseReference is null && Build.BaseImage is not null
        && (Build.Method == "wrap" || (Build.Method is null && Build.Commands is null && Build.Stack is null
            && Build.SrcUrl is null
            && Build.GitUrl is null && Build.PipInstall.Count == 0));

    public BuildPlan Make()
    {
        if (IsWrap)
        {
            return Wrapped();
        }

        var context = new StackContext(_source.Tree ?? _folder, _config, _notes)
        {
            ProjectFile = _source.ProjectFile,
            HasCommands = _commands.IsGiven,
            StartCommands = _startPlan.Commands,
            IsDebian = Base() is null,
        };
        CheckBuilder();
        var (choice, draft) = Choose(context);
        if (draft is { Start: null } && !_startPlan.IsGiven && Build.DocumentRoot is null && context.Folder.IsFile(ShellStack.Script))
        {
            draft = ShellStack.Started(context, draft);
        }

        var (start, listening) = Start(context, choice, draft);
        return Compose(context, choice, draft, start, listening);
    }

    private string? Base() => _options.BaseReference ?? Build.BaseImage;

    private void CheckMethod()
    {
        if (Build.Method is not (null or "build" or "wrap"))
        {
            throw new ProblemException(PlanProblems.UnknownMethod(Build.Method));
        }
    }

    private void CheckBuilder()
    {
        switch (Build.Builder?.Name)
        {
            case null or "node" or "nodejs" or "bun" or "deno" or "dotnet":
                break;
            case "python":
                if (Build.Builder.Version is { } asked && Base() is null && !Stacks.Python.PythonVersion.Fits(asked))
                {
                    _notes.Add(StackProblems.OtherPython("build.builder", asked, Stacks.Python.PythonVersion.Debian));
                }

                break;
            case "ruby":
                _notes.Add(StackProblems.BuilderNotExact($"ruby-{Build.Builder.Version}", "Debian's ruby"));
                break;
            default:
                throw new ProblemException(PlanProblems.UnknownBuilder(Build.Builder.Name));
        }
    }

    /// <summary>Names that the original gave the source's folder.</summary>
    private IEnumerable<string> SourceNames()
    {
        yield return "app";
        foreach (var name in (string?[])[_config.Metadata.Id, Build.Project, Build.GitUrl?.TrimEnd('/').Split('/')[^1]])
        {
            if (name is { Length: > 0 })
            {
                yield return name.EndsWith(".git", StringComparison.Ordinal) ? name[..^4] : name;
            }
        }
    }

    private (StackChoice Choice, StackDraft? Draft) Choose(StackContext context)
    {
        if (_commands.IsGiven)
        {
            var suggested = _source.Tree is null || (_commands.BuildsNothing && Build.Stack is null) ? null
                : StackChoosing.Suggest(context);
            _notes.Decide("build", _commands.BuildsNothing ? "nothing" : _commands.Steps!.Count == 1 ? "one command"
                : $"{_commands.Steps.Count} commands", _commands.Because, "build.build = [\"…\"]");
            return (new StackChoice("commands", [_commands.Because, .. suggested?.Evidence ?? []]), suggested?.Draft());
        }

        if (_source.Tree is null)
        {
            _notes.Decide("stack", "decided when the source is there", "the source is fetched by the build",
                "build.stack = \"…\"");
            return (new StackChoice(Build.Stack ?? StackChoice.Pending, ["the source is not fetched yet"]), null);
        }

        var chosen = StackChoosing.Choose(context);
        return (new StackChoice(chosen.Stack, chosen.Evidence), chosen.Draft());
    }

    private (StartSpec Start, Listening Listening) Start(StackContext context, StackChoice choice, StackDraft? draft)
    {
        var start = FindStart(context, choice, draft);
        var listening = Listening.Find(_config, _startPlan, start, draft?.Listening);
        (start, listening) = listening.IsServer ? ListeningOptions.Apply(start, listening, _config, _notes) : (start, listening);
        var shown = start.StaticRoot is not null ? "the agent's web server" : start.Argv.Count > 0
            ? ShellWords.Join(start.Argv)
            : start.Shell.Count > 0 ? string.Join(" && ", start.Shell) : "not known yet";
        _notes.Decide("start", shown, start.Because, start.StaticRoot is null ? "run.start = \"…\""
            : "build.document-root = \"…\"");
        if (_startPlan.IsGiven && start.WorkDir == NuaPaths.App && start.StaticRoot is null)
        {
            _notes.Decide("working folder", NuaPaths.App,
                "the first Nua started local sources in /; here it is always the application's folder");
        }

        return (start, listening);
    }

    private StartSpec FindStart(StackContext context, StackChoice choice, StackDraft? draft)
    {
        if (_startPlan.IsGiven)
        {
            return _startPlan.Make(_config, draft, _paths, _notes);
        }

        var before = StartPlan.Before(_config, _paths, _notes);
        if (_commands.IsGiven && Build.DocumentRoot is { } root && AppFolder.Clean(root) is not null)
        {
            return StaticStack.Serve(context, "build.document-root");
        }

        if (draft?.Start is { } found)
        {
            return StartPlan.WithBefore(found, before);
        }

        if (_source.Tree is null)
        {
            return new StartSpec { Because = "decided when the source is there" };
        }

        if (_commands.IsGiven && _source.Tree.IsFile(ShellStack.Script))
        {
            var (argv, _) = ShellStack.Run(_source.Tree, ShellStack.Script, $"{NuaPaths.App}/{ShellStack.Script}");
            return StartPlan.WithBefore(new StartSpec { Argv = argv, Because = ShellStack.Script }, before);
        }

        throw new ProblemException(StackProblems.NoStart(
            choice.Name, draft?.NoStart is { Length: > 0 } looked ? looked
                : "neither run.start, nua/start.py, Procfile nor start.sh says how", draft?.NoStartRemedy));
    }

    private BuildPlan Compose(StackContext context, StackChoice choice, StackDraft? draft, StartSpec start, Listening listening)
    {
        var isStatic = start.StaticRoot is not null;
        var startWords = start.Argv.Concat(start.Shell.SelectMany(line => line.Split(' '))).ToList();
        var explicitPhases = _commands.Phases(_config, draft?.HasVenv ?? false, _notes).ToList();
        var hasVenv = (draft?.HasVenv ?? false) || explicitPhases.Exists(phase => phase.Name == "virtual environment");
        var extra = ExtraPackages.Find(_config, _notes);
        CheckDocumentRoot(isStatic, draft, explicitPhases);
        WarnOfSecrets(isStatic);
        var collects = Collects(draft, isStatic, hasVenv);
        WarnOfData(collects);
        OperatorNotes.Tell(_config, _packager.Files, _notes);
        var runPackages = Sorted([
            .. draft?.RunPackages ?? [], .. _config.Run.Packages, .. extra.Run, .. _startPlan.Packages,
            .. isStatic ? [] : startWords.Take(1).SelectMany(CommandTools.PackagesOf),
            .. hasVenv && !isStatic ? (string[])["ca-certificates", "python3"] : [],
            .. Build.Builder?.Name == "ruby" ? (string[])["ruby"] : [],
        ]);
        return new BuildPlan
        {
            App = IdentityPlan.Make(_config, draft, _folder.Name, _notes),
            Stack = choice,
            Source = _source.Source,
            SourceIgnore = draft?.SourceIgnore ?? [],
            BaseReference = Base(),
            RunPackages = runPackages,
            BuildPackages = [.. Sorted([
                .. draft?.BuildPackages ?? [], .. Build.Packages, .. extra.Build, .. _commands.Packages,
                .. _commands.Tools.Packages,
                .. _commands.Tools.CallsPip ? (string[])["python3", "python3-pip"] : [],
                .. Build.Builder?.Name == "ruby" ? (string[])["build-essential", "ruby-bundler", "ruby-dev"] : [],
            ]).Except(runPackages)],
            Toolchains = Toolchains(context, draft, startWords, isStatic),
            Phases = [.. Ordered(draft, explicitPhases).Select(Finished)],
            Collects = collects,
            Start = start,
            Ports = PortPlan.Make(_config, listening, _notes),
            StackEnv = draft is null || isStatic ? new SortedDictionary<string, string>(StringComparer.Ordinal)
                : draft.Env,
            Test = [.. Build.Test.Select(line => _paths.Rewrite(AuthorCommand.WithoutSudo(line, "build.test", _notes), "build.test"))],
            Keep = Build.Keep,
            Compression = Build.Compression ?? "gzip",
            Config = WithRelease(),
            PackagerFiles = _packager.Files,
            Decisions = _notes.Decisions,
        };
    }

    /// <summary>The Procfile's <c>release:</c> as the upgrade: an image's start changes no data.</summary>
    private AppConfig WithRelease()
    {
        if (_config.Lifecycle.Upgrade is not null || Procfile.Read(_source.Tree).Release is not { } release
            || _packager.Files.Any(file => file.Target == NuaPaths.Scripts + "/upgrade"))
        {
            return _config;
        }

        _notes.Decide("upgrade", release, $"{Procfile.FileName}, line `release:`; it runs at the installation and when lifecycle.data-version has risen",
            $"lifecycle.upgrade = {TomlText.Quote(release)}");
        return _config with { Lifecycle = _config.Lifecycle with { Upgrade = _paths.Rewrite(release, "Procfile release") } };
    }

    private static List<string> Sorted(IEnumerable<string> packages) =>
        [.. packages.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The stack's phases, with the author's <c>before-build</c> once the dependencies are there, or the
    /// author's phase.</summary>
    private IEnumerable<BuildPhase> Ordered(StackDraft? draft, List<BuildPhase> explicitPhases)
    {
        var phases = (draft?.Phases ?? []).Concat(explicitPhases).ToList();
        if (_commands.IsGiven || Build.BeforeBuild.Count == 0)
        {
            return phases;
        }

        var tools = CommandTools.Read(Build.BeforeBuild, _source.Tree);
        var steps = Build.BeforeBuild.Select(line => CommandPlan.Shell(AuthorCommand.WithoutSudo(line, "build.before-build", _notes)));
        var before = new BuildPhase("before build")
        {
            Steps = [.. draft?.HasVenv ?? false
                ? steps.Select(Stacks.Python.PythonSteps.ForCommand) : steps],
            Network = Build.Network ?? tools.Fetcher is not null,
        };
        var at = phases.FindIndex(phase => phase.Inputs is null && phase.Name != "dependencies");
        phases.Insert(at < 0 ? phases.Count : at, before);
        return phases;
    }

    private BuildPhase Finished(BuildPhase phase) => phase with
    {
        Network = _options.Network ?? phase.Network,
        Secrets = Build.Secrets,
        TimeoutSeconds = Build.Timeout ?? phase.TimeoutSeconds,
    };

    private List<Toolchain> Toolchains(StackContext context, StackDraft? draft, IReadOnlyList<string> startWords,
        bool isStatic)
    {
        var all = (draft?.Toolchains ?? []).Concat(_commands.Toolchains(context, isStatic ? [] : startWords));
        return [.. all.GroupBy(tool => tool.Name, StringComparer.Ordinal)
            .Select(group => group.First() with { InImage = !isStatic && group.Any(tool => tool.InImage) })];
    }

    private List<Collect> Collects(StackDraft? draft, bool isStatic, bool hasVenv)
    {
        if (isStatic && _commands.IsGiven && Build.DocumentRoot is { } root)
        {
            return [StaticStack.From(AppFolder.Clean(root)!)];
        }

        var collects = (draft?.Collects ?? (IReadOnlyList<Collect>)[SourceTree.Whole()]).ToList();
        if (isStatic)
        {
            return collects;
        }

        if (hasVenv && !collects.Exists(collect => collect.From == NuaPaths.Venv))
        {
            collects.Insert(0, new Collect(NuaPaths.Venv, NuaPaths.Venv, LayerKind.Dependencies));
        }

        if (_commands is { IsGiven: true, BuildsNothing: false })
        {
            // Commands may also put results where the image specification has a place for them.
            collects.Add(new Collect(NuaPaths.App, NuaPaths.App, LayerKind.Application) { Optional = true });
            collects.Add(new Collect(NuaPaths.Bin, NuaPaths.Bin, LayerKind.Application) { Optional = true });
            collects.Add(new Collect(NuaPaths.Etc, NuaPaths.Etc, LayerKind.Application) { Optional = true });
            if (!hasVenv)
            {
                collects.Add(new Collect(NuaPaths.Venv, NuaPaths.Venv, LayerKind.Dependencies) { Optional = true });
            }
        }

        return collects;
    }

    private void CheckDocumentRoot(bool isStatic, StackDraft? draft, List<BuildPhase> explicitPhases)
    {
        if (Build.DocumentRoot is not { } asked)
        {
            return;
        }

        var makesIt = (draft?.Phases.Count ?? 0) + explicitPhases.Count > 0;
        if (AppFolder.Clean(asked) is not { } clean || (isStatic && !makesIt && _source.Tree is { } tree
            && !tree.IsFolder(clean)))
        {
            throw new ProblemException(SourceProblems.DocumentRootMissing(asked));
        }
    }

    private void WarnOfSecrets(bool isStatic)
    {
        if (isStatic || _source.Tree is not { } tree)
        {
            return;
        }

        foreach (var file in tree.ListForSearch("").Where(entry => entry.Kind == EntryKind.File && entry.Name.StartsWith(".env", StringComparison.Ordinal)))
        {
            if (SourceTree.IsSecret(file.Name))
            {
                _notes.Add(SourceProblems.SecretsLeftOut(file.Name));
            }
            else if (SourceTree.MayBeSecret(file.Name))
            {
                _notes.Add(SourceProblems.SecretsTaken(file.Name));
            }
        }
    }

    /// <summary>Only where the source itself becomes the application.</summary>
    private void WarnOfData(List<Collect> collects)
    {
        if (_source.Tree is { } tree && collects.Exists(collect => collect.From == NuaPaths.Source) && DataFiles.Find(tree) is { Count: > 0 } files)
        {
            _notes.Add(SourceProblems.DataTaken(files));
        }
    }

    /// <summary>The rest (start, user, ports, volumes) is the image's own, known when it has been read.</summary>
    private BuildPlan Wrapped()
    {
        if (Build.Packages.Count + Build.MetaPackages.Count + _config.Run.Packages.Count > 0)
        {
            throw new ProblemException(PlanProblems.PackagesInWrap(Build.BaseImage!));
        }

        _notes.Decide("stack", "wrap", $"build.base-image = \"{Build.BaseImage}\" and nothing that builds",
            "build.method = \"build\"");
        var own = new StartSpec { Because = "the image's own Entrypoint and Cmd" };
        var start = _startPlan.IsGiven ? _startPlan.Make(_config, null, _paths, _notes) : own;
        _notes.Decide("start", start.Argv.Count > 0 ? ShellWords.Join(start.Argv) : start.Shell.Count > 0
            ? string.Join(" && ", start.Shell) : "as the image does", start.Because, "run.start = \"…\"");
        if (_config.Ports.Count == 0)
        {
            _notes.Decide("port", "what the image exposes", "no [port] is given", "port.web.container = 8080");
        }

        OperatorNotes.Tell(_config, _packager.Files, _notes);

        return new BuildPlan
        {
            App = IdentityPlan.Make(_config, null, _folder.Name, _notes),
            Stack = new StackChoice("wrap", ["build.base-image"]),
            Source = new SourceSpec.Folder(null),
            SourceIgnore = ["*"],
            BaseReference = Build.BaseImage,
            Start = start,
            Ports = _config.Ports.Count == 0 ? [] : PortPlan.Make(_config, new Listening(true, "the image exposes it"), _notes),
            Test = [.. Build.Test.Select(line => _paths.Rewrite(AuthorCommand.WithoutSudo(line, "build.test", _notes), "build.test"))],
            Compression = Build.Compression ?? "gzip",
            Config = _config,
            PackagerFiles = _packager.Files,
            Decisions = _notes.Decisions,
        };
    }
}
