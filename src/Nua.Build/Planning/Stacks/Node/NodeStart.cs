namespace Nua.Build.Planning.Stacks.Node;

/// <summary>
/// Finds what <c>npm start</c> would run in the end, so that the image starts that program itself: npm as the first
/// process swallows SIGTERM and costs memory.
/// </summary>
internal sealed class NodeStart(StackContext context, PackageJson package, PackageManager manager)
{
    private const int MostHops = 8;

    /// <summary>Commands that offer a program under another name than their package's.</summary>
    private static readonly Dictionary<string, string[]> _providers = new(StringComparer.Ordinal)
    {
        ["nest"] = ["@nestjs/cli"], ["remix-serve"] = ["@remix-run/serve"],
        ["react-router-serve"] = ["@react-router/serve"],
        ["strapi"] = ["@strapi/strapi", "strapi"], ["fastify"] = ["fastify-cli"], ["moleculer-runner"] = ["moleculer"],
        ["pm2-runtime"] = ["pm2"], ["medusa"] = ["@medusajs/cli", "@medusajs/medusa"],
        ["keystone"] = ["@keystone-6/core"],
        ["nuxi"] = ["nuxt", "nuxi"], ["ng"] = ["@angular/cli"], ["vue-cli-service"] = ["@vue/cli-service"],
        ["tsc"] = ["typescript"],
        ["docusaurus"] = ["@docusaurus/core"], ["eleventy"] = ["@11ty/eleventy"], ["ts-node-dev"] = ["ts-node-dev"],
    };

    private static readonly string[] _developmentServers =
    [
        "react-scripts start", "ng serve", "ng dev", "vue-cli-service serve", "astro dev", "astro preview",
        "astro start", "gatsby develop",
        "gatsby serve", "webpack serve", "webpack-dev-server", "docusaurus start", "docusaurus serve", "vuepress dev",
        "vitepress dev",
        "vitepress preview", "eleventy --serve", "nuxt dev", "nuxt preview", "nuxi dev", "nuxi preview", "snowpack dev",
        "next dev", "expo start",
        "preact watch", "hexo server", "live-server", "http-server", "browser-sync", "parcel index.html",
        "parcel serve", "serve",
    ];

    private static readonly string[] _watchers = ["nodemon", "ts-node-dev", "tsnd", "supervisor", "node-dev"];

    private static readonly string[] _compilers = ["ts-node", "tsx", "babel-node", "ts-node-esm", "sucrase-node",
        "coffee"];

    /// <summary>A development package is needed at run time: the packages cannot be pruned.</summary>
    public bool KeepsDevelopment { get; private set; }

    /// <summary>The command starts a server that is meant for development, or one that only serves built
    /// files.</summary>
    public bool IsDevelopmentServer(string line)
    {
        if (Follow(line, 0) is not { } followed)
        {
            return false;
        }

        var text = ShellWords.SplitAnd(followed)[^1];
        var words = ShellWords.Parse(text)?.Argv ?? text.Split(' ');
        var command = string.Join(' ', words.SkipWhile(word => word is "npx" or "cross-env" or "env" or "bunx"
            || word.Contains('=', StringComparison.Ordinal)));
        return command == "vite" || command.StartsWith("vite ", StringComparison.Ordinal)
            || Array.Exists(_developmentServers, server => command == server
                || command.StartsWith(server + " ", StringComparison.Ordinal))
            || command.StartsWith("next start", StringComparison.Ordinal);
    }

    /// <summary>A script by name, with the <c>pre</c> script that runs before it.</summary>
    public StartSpec? Script(string name) => Resolve(name, [], 0);

    /// <summary>A command line; null when it is nothing of Node's.</summary>
    public StartSpec? Line(string line) => Line(line, $"`{line}`", 0);

    /// <summary>An argv that runs a file with the right runtime.</summary>
    public IReadOnlyList<string> Run(IReadOnlyList<string> argv)
    {
        if (argv[0] == "node" && manager.IsPlugAndPlay)
        {
            return ["node", "-r", $"{NuaPaths.App}/.pnp.cjs", .. argv.Skip(1)];
        }

        return argv[0].StartsWith("node_modules/", StringComparison.Ordinal)
            ? [$"{NuaPaths.App}/{argv[0]}", .. argv.Skip(1)] : argv;
    }

    /// <summary>The script's text behind any chain of <c>npm run</c>; null when it goes in circles.</summary>
    private string? Follow(string line, int hops)
    {
        var last = ShellWords.SplitAnd(line)[^1];
        return ShellWords.Parse(last) is { } words && ScriptOf(words.Argv) is { } name
            && package.Script(name) is { } next
            ? hops < MostHops ? Follow(next, hops + 1) : null
            : line;
    }

    private StartSpec? Resolve(string name, IReadOnlyList<string> arguments, int hops)
    {
        if (hops > MostHops || package.Script(name) is not { } text)
        {
            return null;
        }

        var because = $"{PackageJson.FileName} scripts.{name} is `{text}`";
        var line = arguments.Count == 0 ? text : $"{text} {ShellWords.Join(arguments)}";
        var start = Line(line, because, hops + 1) ?? Shell([line], because);
        return package.Script("pre" + name) is { } before && !IsBuild(before)
            ? Shell([before, start.Argv.Count > 0 ? ShellWords.Join(start.Argv) : line], because
                + $", scripts.pre{name} is `{before}`")
            : start;
    }

    private StartSpec? Line(string line, string because, int hops)
    {
        // What only builds has been done already.
        var parts = ShellWords.SplitAnd(line).SkipWhile(IsBuild).ToList();
        if (parts.Count == 0)
        {
            return null;
        }

        if (parts.Count > 1)
        {
            return Shell(parts, because);
        }

        return ShellWords.Parse(parts[0]) is { } words ? Words(words, because, hops) : Shell([parts[0]], because);
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

        if (argv is ["npx" or "bunx", ..])
        {
            argv = [.. argv.Skip(1).SkipWhile(word => word.StartsWith('-'))];
        }
        else if (argv is ["yarn" or "pnpm", "exec" or "node", ..])
        {
            argv = [.. argv.Skip(argv[1] == "node" ? 1 : 2)];
        }

        if (argv.Count == 0)
        {
            return null;
        }

        if (ScriptOf(argv) is { } script)
        {
            return With(Resolve(script, Arguments(argv), hops), assignments);
        }

        return Program(argv) is { } program
            ? With(new StartSpec { Argv = Run(program), Because = because }, assignments) : null;
    }

    private IReadOnlyList<string>? Program(IReadOnlyList<string> argv)
    {
        var command = argv[0];
        if (Array.IndexOf(_watchers, command) >= 0)
        {
            return Watched(argv);
        }

        var isCompiler = Array.IndexOf(_compilers, command) >= 0;
        var provider = _providers.GetValueOrDefault(command, [command]).FirstOrDefault(package.Uses);
        if (provider is null)
        {
            return argv;
        }

        if (!package.Dependencies.ContainsKey(provider) && !package.Optional.ContainsKey(provider))
        {
            KeepsDevelopment = true;
            context.Notes.Add(PlanProblems.DevelopmentTool(
                PackageJson.FileName, command, $"{provider} is in devDependencies, so these stay in the image"));
        }
        else if (isCompiler)
        {
            context.Notes
                .Add(PlanProblems
                .DevelopmentTool(PackageJson.FileName, command, "it compiles the application again at every start"));
        }

        return manager.IsPlugAndPlay ? argv : [$"node_modules/.bin/{command}", .. argv.Skip(1)];
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

        context.Notes.Add(PlanProblems.DevelopmentServer(PackageJson.FileName, string.Join(' ', argv), $"node {file}"));
        return ["node", file];
    }

    /// <summary>The script that a package manager's command line names.</summary>
    private string? ScriptOf(IReadOnlyList<string> argv)
    {
        if (argv.Count == 0 || argv[0] is not ("npm" or "yarn" or "pnpm" or "bun"))
        {
            return null;
        }

        var words = argv.Skip(1).Where(word => !word.StartsWith('-')).ToList();
        return words switch
        {
            ["run" or "run-script", var name, ..] when package.Script(name) is not null => name,
            ["start" or "test" or "stop" or "restart", ..] when argv[0] == "npm"
                && package.Script(words[0]) is not null => words[0],
            [var name, ..] when argv[0] is "yarn" or "pnpm" && package.Script(name) is not null => name,
            _ => null,
        };
    }

    private static IReadOnlyList<string> Arguments(IReadOnlyList<string> argv)
    {
        var all = argv.ToList();
        var separator = all.IndexOf("--");
        var name = all.FindIndex(1, word => !word.StartsWith('-') && word is not ("run" or "run-script"));
        return separator >= 0 ? all[(separator + 1)..] : argv[0] == "npm" || name < 0 ? [] : all[(name + 1)..];
    }

    private bool IsBuild(string part)
    {
        if (ShellWords.Parse(part) is not { } words)
        {
            return false;
        }

        return ScriptOf(words.Argv) is { } name
            ? name is "build" or "compile" || (package.Script(name) is { } text && text == package.Script("build"))
            : part == package.Script("build") || words.Argv is ["tsc", ..] or ["npx", "tsc", ..] or ["next", "build"]
                or ["vite", "build"]
                or ["nest", "build"] or ["npm" or "yarn" or "pnpm", "install" or "ci"];
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

    private static StartSpec Shell(IReadOnlyList<string> lines, string because) =>
        new() { Shell = lines, Because = because };
}
