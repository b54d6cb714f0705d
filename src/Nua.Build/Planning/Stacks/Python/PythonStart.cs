using Nua.Build.Planning.Reading;

namespace Nua.Build.Planning.Stacks.Python;

/// <summary>Finds how a Python application is started, and with which server.</summary>
/// <param name="declared">Normal names of the packages that it asks for.</param>
/// <param name="isDeclared">Something says which packages it needs, even if that is none.</param>
internal sealed class PythonStart(
    StackContext context, PythonProject project, PythonEntry? entry, string? script, IReadOnlySet<string> declared, bool isDeclared)
{
    /// <summary>Packages that the application needs and does not declare: a server.</summary>
    public List<string> Added { get; } = [];

    /// <summary>Debian packages that it needs and does not name.</summary>
    public List<string> AddedPackages { get; } = [];

    public bool UsesSystemPackages => context.Config.Run.Packages
        .Any(name => name.StartsWith("python3-", StringComparison.Ordinal));

    public StartSpec? Find()
    {
        var isBareScript = !isDeclared && !UsesSystemPackages && script is not null && HasMain(script);
        if (entry is not null && !isBareScript)
        {
            return Serve(entry);
        }

        if (declared.Contains("streamlit") && Streamlit() is { } page)
        {
            return page;
        }

        if (project.IsPackage && ConsoleScript() is { } command)
        {
            return new StartSpec { Argv = [$"{NuaPaths.Venv}/bin/{command}"],
                Because = $"console script {command} of {project.Files[0]}" };
        }

        if (script is null)
        {
            return null;
        }

        CheckImports(script);
        // It has variables for what its code seldom says.
        IReadOnlyList<string> address = declared.Contains("gradio")
            ? ["env", "GRADIO_SERVER_NAME=0.0.0.0", "GRADIO_SERVER_PORT=$PORT"] : [];
        return new StartSpec { Argv = [.. address, "python3", $"{NuaPaths.App}/{script}"], Because = script };
    }

    private bool HasMain(string script) =>
        (context.Folder.ReadHead(script) ?? "").Contains("__main__", StringComparison.Ordinal);

    private string? ConsoleScript()
    {
        var scripts = project.Scripts;
        return scripts.Count == 1 ? scripts[0]
            : scripts.FirstOrDefault(name => name == project.Name || name is "web" or "server" or "serve" or "start");
    }

    private StartSpec? Streamlit()
    {
        var page = ((string[])["streamlit_app.py", "app.py", "main.py", "Home.py"])
            .FirstOrDefault(context.Folder.IsFile) ?? OnlyPage();
        return page is null ? null : new StartSpec
        {
            Argv =
            [
                $"{NuaPaths.Venv}/bin/streamlit", "run", $"{NuaPaths.App}/{page}", "--server.port=$PORT",
                    "--server.address=0.0.0.0",
                "--server.headless=true", "--browser.gatherUsageStats=false",
            ],
            Because = $"streamlit is declared; page {page}",
        };
    }

    /// <summary>The one file at the top that imports streamlit.</summary>
    private string? OnlyPage()
    {
        var pages = context.Folder.List().Where(entry => entry.Kind == EntryKind.File && entry.Name.EndsWith(".py", StringComparison.Ordinal)
            && PythonSource.Read(context.Folder.ReadHead(entry.Path) ?? "").TopModules().Contains("streamlit")).Take(2).ToList();
        return pages.Count == 1 ? pages[0].Path : null;
    }

    private StartSpec Serve(PythonEntry entry)
    {
        if (!isDeclared && UsesSystemPackages)
        {
            return ServeFromDebian(entry);
        }

        var (server, isAdded) = PythonServer.Choose(entry.Protocol, declared);
        if (UsesSystemPackages && PythonServer.NamedOfDebian(entry.Protocol, context.Config.Run.Packages) is { } debian && (isAdded || debian == server))
        {
            // pip sees it and installs no second one, so there is no command of it in the virtual environment.
            context.Notes.Decide("web server", $"Debian's {debian.Debian}", "run.packages", $"build.pip-install = [\"{debian.Package}==…\"]");
            return Started(entry, debian.ArgvOfModule(entry));
        }

        if (isAdded)
        {
            Added.Add(server.Package);
            context.Notes.Decide(
                "web server", server.Package,
                $"no server for {entry.Protocol.ToString().ToUpperInvariant()} is declared: the newest is added to {NuaPaths.Venv}",
                $"build.pip-install = [\"{server.Package}==…\"]");
        }

        if (entry.Framework == "Django" && context.Config.Lifecycle.Upgrade is null)
        {
            context.Notes.Decide(
                "migrations", "not at start", "a schema changes in the upgrade verb, on a copy of the data",
                "lifecycle.upgrade = \"python3 manage.py migrate --noinput\"");
        }

        if (!isDeclared && !UsesSystemPackages)
        {
            CheckImports(entry.File);
        }

        return Started(entry, server.Argv(entry));
    }

    /// <summary>Everything comes from Debian, so the server does too: no virtual environment is needed.</summary>
    private StartSpec ServeFromDebian(PythonEntry entry)
    {
        var packages = context.Config.Run.Packages;
        var server = PythonServer.OfDebian(entry.Protocol, packages);
        if (!packages.Contains(server.Debian!) && !packages.Contains("python3-" + server.Debian))
        {
            context.Notes.Decide("web server", $"Debian's {server.Debian}", "run.packages names Debian's Python packages, and no server",
                $"run.packages = [\"{server.Debian}\"]");
        }

        AddedPackages.Add(server.Debian!);
        return Started(entry, server.ArgvOfDebian(entry));
    }

    private static StartSpec Started(PythonEntry entry, IReadOnlyList<string> argv) => new()
    {
        Argv = argv,
        WorkDir = entry.Folder.Length == 0 || entry.Folder == "src" ? NuaPaths.App : $"{NuaPaths.App}/{entry.Folder}",
        Because = $"{entry.File} has the {entry.Framework} application {entry.Target}",
    };

    /// <summary>A server that the author's own start command calls must be there.</summary>
    public void AddServerOfCommand()
    {
        foreach (var line in context.StartCommands)
        {
            if (ShellWords.Parse(line) is { } words && PythonServer.Of(words.Argv[0]) is { } server
                && !declared.Contains(server.Package)
                && (isDeclared || !context.HasCommands) && !Added.Contains(server.Package))
            {
                Added.Add(server.Package);
                context.Notes.Decide(
                    "web server", server.Package, $"the start command calls {words.Argv[0]}, which nothing declares",
                    $"build.pip-install = [\"{server.Package}==…\"]");
            }
        }
    }

    /// <summary>Only when nothing at all is declared: else a module's package may simply have another name.</summary>
    private void CheckImports(string file)
    {
        if (isDeclared || UsesSystemPackages || context.Folder.ReadHead(file) is not { } text)
        {
            return;
        }

        foreach (var module in PythonSource.Read(text).TopModules().Distinct().Where(module => module.Length > 0))
        {
            if (!PythonNames.IsStandard(module) && !context.Folder.IsFile(module + ".py")
                && !context.Folder.IsFolder(module))
            {
                context.Notes.Add(StackProblems.Undeclared(file, module));
            }
        }
    }
}
