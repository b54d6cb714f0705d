using System.Text.Json;
using System.Text.RegularExpressions;
using Nua.Build.Planning.Reading;

namespace Nua.Build.Planning.Stacks.Node;

/// <summary>What a web framework's build leaves: a folder of files to serve, or a server to start.</summary>
/// <param name="StaticFolder">Relative to the source; null when the result is a server.</param>
/// <param name="Server">Argv of the server when the author gives no start script; null when there is none.</param>
/// <param name="Build">What builds it when there is no build script.</param>
internal sealed partial record Framework(string Name, string? StaticFolder, IReadOnlyList<string>? Server,
    IReadOnlyList<string> Build)
{
    /// <summary>Variables the server needs to be reached from outside its container.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } =
        new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The same framework where its build gathers all that the server needs; null where it does not. The author may still need the
    /// source: see <see cref="NodeBundle"/>.</summary>
    public Framework? Bundled { get; init; }

    /// <summary>What is then taken instead of the source and its packages.</summary>
    public IReadOnlyList<Collect> Bundle { get; init; } = [];

    /// <summary>The script that builds it, where that is not called <c>build</c>; null otherwise.</summary>
    public string? Script { get; init; }

    /// <summary>Variables of its build.</summary>
    public IReadOnlyDictionary<string, string> BuildEnv { get; init; } =
        new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What of it fetches something while it builds; null when nothing does.</summary>
    public string? Fetcher { get; init; }

    /// <summary>Why a build would leave nothing that runs here, and what the author can do.</summary>
    public (string Why, string Remedy)? Trouble { get; init; }

    /// <summary>The first of the table that the manifest names; null for a plain program.</summary>
    public static Framework? Detect(AppFolder folder, PackageJson package) =>
        Next(folder, package) ?? Nuxt(package) ?? SvelteKit(folder, package) ?? Astro(folder, package)
            ?? ReactRouter(folder, package)
        ?? Angular(folder, package) ?? Plain(folder, package)
        ?? Documentation(folder, package, "vitepress", "VitePress") ?? Documentation(folder, package, "vuepress", "VuePress")
        ?? Vite(folder, package);

    private static Framework? Next(AppFolder folder, PackageJson package)
    {
        if (!package.Uses("next"))
        {
            return null;
        }

        var config = Config(folder, "next.config");
        string[] build = ["node_modules/.bin/next", "build"];
        if (Value(OutputPattern(), config) == "export" || (package.Script("build") ?? "")
            .Contains("next export", StringComparison.Ordinal))
        {
            return new Framework("Next.js (export)", Value(DistDirPattern(), config) ?? "out", null, build);
        }

        var dist = Value(DistDirPattern(), config) is { } asked ? AppFolder.Clean(asked) ?? ".next" : ".next";
        return new Framework("Next.js", null, ["node_modules/.bin/next", "start"], build)
        {
            // With a root of its own the server is deeper in the folder, by a path that only the build knows.
            Bundled = Value(OutputPattern(), config) != "standalone" || config.Contains("outputFileTracingRoot", StringComparison.Ordinal) ? null
                : new Framework("Next.js (standalone)", null, ["node", "server.js"], build)
                {
                    Env = Host("HOSTNAME"),
                    Bundle =
                    [
                        SourceTree.Made($"{dist}/standalone", "", "node_modules"), SourceTree.Made($"{dist}/static", $"{dist}/static"),
                        SourceTree.Made("public", "public") with { Optional = true },
                    ],
                },
        };
    }

    private static Framework? Nuxt(PackageJson package)
    {
        if (!package.Uses("nuxt") && !package.Uses("nuxt3"))
        {
            return null;
        }

        var isTwo = package.Dependencies.TryGetValue("nuxt", out var range) && NodeVersion.Major(range) == 2;
        var isGenerated = (package.Script("build") ?? "").Contains("generate", StringComparison.Ordinal);
        string[] build = ["node_modules/.bin/nuxt", "build"];
        if (isGenerated)
        {
            return new Framework("Nuxt (generate)", isTwo ? "dist" : ".output/public", null, build);
        }

        var nuxt = new Framework("Nuxt", null, isTwo ? ["node_modules/.bin/nuxt", "start"] : ["node", ".output/server/index.mjs"], build)
        {
            Env = Host("HOST"),
        };
        return isTwo ? nuxt : nuxt with { Bundled = nuxt with { Bundle = [SourceTree.Made(".output", ".output", "server/node_modules")] } };
    }

    private static Framework? SvelteKit(AppFolder folder, PackageJson package)
    {
        if (!package.Uses("@sveltejs/kit"))
        {
            return null;
        }

        string[] build = ["node_modules/.bin/vite", "build"];
        // Newer templates name the adapter among the plugins of Vite.
        var config = Config(folder, "svelte.config") + Config(folder, "vite.config");
        var (auto, node) = ("@sveltejs/adapter-auto", "@sveltejs/adapter-node");
        var isAuto = package.Uses(auto) && (config.Contains(auto, StringComparison.Ordinal) || !package.Uses(node));
        if (package.Uses("@sveltejs/adapter-static") && !(isAuto && config.Contains(auto, StringComparison.Ordinal)))
        {
            return new Framework("SvelteKit (static)", Value(PagesPattern(), config) ?? "build", null, build);
        }

        var server = new Framework("SvelteKit", null, ["node", $"{Value(OutPattern(), config) ?? "build"}/index.js"], build);
        return isAuto
            ? server with
            {
                // It takes the adapter of the provider it sees; this is the one whose adapter makes a plain server for Node.
                BuildEnv = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["GCP_BUILDPACKS"] = "1" },
                Fetcher = package.Uses(node) ? null : $"{auto}, for {node} (depend on that yourself to fix its version),",
            }
            : package.Uses(node) ? server
            : server with
            {
                Server = null,
                Trouble = ($"what SvelteKit makes runs outside a provider with {node} or @sveltejs/adapter-static alone",
                    $"run `npm install -D {node}` and name it as the adapter in the configuration of SvelteKit"),
            };
    }

    private static Framework? Astro(AppFolder folder, PackageJson package)
    {
        if (!package.Uses("astro"))
        {
            return null;
        }

        var config = Config(folder, "astro.config");
        string[] build = ["node_modules/.bin/astro", "build"];
        var output = Value(OutDirPattern(), config) is { } asked ? AppFolder.Clean(asked) ?? "dist" : "dist";
        return Value(OutputPattern(), config) is "server" or "hybrid" || package.Uses("@astrojs/node")
            ? new Framework("Astro", null, package.Uses("@astrojs/node") ? ["node", $"{output}/server/entry.mjs"]
                : null, build)
            {
                Env = Host("HOST"),
                Trouble = package.Uses("@astrojs/node") ? null
                    : ("Astro needs @astrojs/node to run as a server outside a provider", "run `npx astro add node`"),
            }
            : new Framework("Astro", output, null, build);
    }

    private static Framework? ReactRouter(AppFolder folder, PackageJson package)
    {
        if (package.Uses("@react-router/dev"))
        {
            string[] build = ["node_modules/.bin/react-router", "build"];
            return IsSsrOff().IsMatch(Config(folder, "react-router.config"))
                ? new Framework("React Router (SPA)", "build/client", null, build)
                : new Framework("React Router", null,
                    ["node_modules/.bin/react-router-serve", "./build/server/index.js"], build);
        }

        return package.Uses("@remix-run/dev")
            ? new Framework("Remix", null, ["node_modules/.bin/remix-serve", "./build/server/index.js"],
                ["node_modules/.bin/remix", "vite:build"])
            : null;
    }

    private static Framework? Angular(AppFolder folder, PackageJson package)
    {
        if (!package.Uses("@angular/core") || JsonManifest.Read(folder, "angular.json", []) is not { } workspace)
        {
            return null;
        }

        var projects = workspace.Member("projects").Members()
            .Where(item => item.Value.Text("projectType") is null or "application").ToList();
        var chosen = projects.Find(item => item.Name == workspace.Text("defaultProject"));
        chosen = chosen.Value.ValueKind == JsonValueKind.Undefined && projects.Count > 0 ? projects[0] : chosen;
        if (chosen.Value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var target = (chosen.Value.Member("architect") ?? chosen.Value.Member("targets"))?.Member("build");
        var options = target?.Member("options");
        var isApplication = (target?.Text("builder") ?? "").EndsWith(":application", StringComparison.Ordinal);
        var path = options?.Member("outputPath");
        var top = path switch
        {
            { ValueKind: JsonValueKind.String } => path.Value.GetString()!,
            { ValueKind: JsonValueKind.Object } => path.Value.Text("base"),
            _ => null,
        };
        top = AppFolder.Clean(top ?? $"dist/{chosen.Name}") ?? "dist";
        var browser = path?.Text("browser") ?? (isApplication ? "browser" : "");
        string[] build = ["node_modules/.bin/ng", "build"];
        return options?.Member("ssr") is { ValueKind: JsonValueKind.Object or JsonValueKind.True }
            && options?.Text("outputMode") != "static"
            ? new Framework("Angular (SSR)", null, ["node", $"{top}/server/server.mjs"], build)
            : new Framework("Angular", browser.Length == 0 ? top : $"{top}/{browser}", null, build);
    }

    /// <summary>Generators whose output has one well-known place.</summary>
    private static Framework? Plain(AppFolder folder, PackageJson package)
    {
        (string Package, string Name, string Output, string[] Build)[] table =
        [
            ("react-scripts", "Create React App", "build", ["node_modules/.bin/react-scripts", "build"]),
            ("@vue/cli-service", "Vue CLI", Value(OutputDirPattern(), Config(folder, "vue.config")) ?? "dist",
                ["node_modules/.bin/vue-cli-service", "build"]),
            ("gatsby", "Gatsby", "public", ["node_modules/.bin/gatsby", "build"]),
            ("@docusaurus/core", "Docusaurus", "build", ["node_modules/.bin/docusaurus", "build"]),
            ("@11ty/eleventy", "Eleventy", Value(EleventyPattern(), Config(folder, ".eleventy")
                + Config(folder, "eleventy.config")) ?? "_site",
                ["node_modules/.bin/eleventy"]),
            ("hexo", "Hexo", "public", ["node_modules/.bin/hexo", "generate"]),
            ("preact-cli", "Preact CLI", "build", ["node_modules/.bin/preact", "build"]),
            ("parcel", "Parcel", "dist", ["node_modules/.bin/parcel", "build"]),
            // Without this plugin it packs code that a server uses.
            ("html-webpack-plugin", "webpack", Value(WebpackPattern(), Config(folder, "webpack.config") + Config(folder, "webpack.prod")
                + Config(folder, "webpack.config.prod")) ?? "dist", ["node_modules/.bin/webpack", "--mode=production"]),
        ];
        foreach (var row in table)
        {
            if (package.Uses(row.Package))
            {
                return new Framework(row.Name, AppFolder.Clean(row.Output) ?? row.Output, null, row.Build);
            }
        }

        return null;
    }

    /// <summary>Generators that are told the folder of the pages, most often by a script of another name than <c>build</c>: an application may
    /// have its documentation beside it.</summary>
    private static Framework? Documentation(AppFolder folder, PackageJson package, string command, string name)
    {
        if (!package.Uses(command))
        {
            return null;
        }

        var call = $"{command} build";
        bool Builds(string text) => text.Contains(call, StringComparison.Ordinal);
        var reached = new NodeScripts(package).Reached("build").FirstOrDefault(Builds);
        var script = reached is not null ? null
            : package.Scripts.Where(pair => Builds(pair.Value)).Select(pair => pair.Key).Order(StringComparer.Ordinal).FirstOrDefault();
        var text = reached ?? package.Script(script ?? "") ?? "";
        var asked = Builds(text) ? ShellWords.SplitAnd(text[text.IndexOf(call, StringComparison.Ordinal)..])[0].Split(' ').Skip(2)
            .FirstOrDefault(word => word.Length > 0 && !word.StartsWith('-')) : null;
        asked ??= folder.IsFolder($"docs/.{command}") ? "docs" : "";
        var place = AppFolder.Clean(asked) is { Length: > 0 } clean ? clean + "/" : "";
        var output = Value(OutDirPattern(), Config(folder, $"{place}.{command}/config")) is { } own ? AppFolder.Clean(place + own) : null;
        return new Framework(name, output ?? $"{place}.{command}/dist", null,
            [$"node_modules/.bin/{command}", "build", .. place.Length > 0 ? (string[])[place.TrimEnd('/')] : []])
        {
            Script = script,
        };
    }

    private static Framework? Vite(AppFolder folder, PackageJson package)
    {
        string[] servers =
        [
            "vike", "vite-plugin-ssr", "@tanstack/react-start", "@tanstack/solid-start", "@solidjs/start",
            "@builder.io/qwik-city",
            "@analogjs/platform", "vinxi",
        ];
        if (!package.Uses("vite") || Array.Exists(servers, package.Uses))
        {
            return null;
        }

        var script = string.Join('\n', new NodeScripts(package).Reached("build"));
        if (script.Length > 0 && !script.Contains("vite", StringComparison.Ordinal))
        {
            return null;
        }

        var config = Config(folder, "vite.config");
        var asked = OutDirOption().Match(script) is { Success: true } option ? option.Groups[1].Value
            : Value(OutDirPattern(), config) ?? "dist";
        var root = Value(RootPattern(), config) ?? "";
        return AppFolder.Clean(root.Length == 0 ? asked : $"{root}/{asked}") is { } output
            ? new Framework("Vite", output, null, ["node_modules/.bin/vite", "build"])
            : null;
    }

    private static SortedDictionary<string, string> Host(string name) =>
        new(StringComparer.Ordinal) { [name] = "0.0.0.0" };

    private static string Config(AppFolder folder, string name)
    {
        string[] extensions = [".js", ".ts", ".mjs", ".mts", ".cjs", ".cts"];
        var found = Array.Find(extensions, extension => folder.IsFile(name + extension));
        return found is null ? "" : folder.ReadHead(name + found) ?? "";
    }

    private static string? Value(Regex pattern, string text) =>
        pattern.Match(text) is { Success: true } match ? match.Groups[1].Value : null;

    // The configuration files are programs. A literal value is read where it stands; what a program computes cannot be known
    // without running it, and the default is then taken and shown.
    [GeneratedRegex("""\boutDir\s*[:=]\s*["'`]([^"'`$]+)["'`]""")]
    private static partial Regex OutDirPattern();

    [GeneratedRegex("""\boutputDir\s*[:=]\s*["'`]([^"'`$]+)["'`]""")]
    private static partial Regex OutputDirPattern();

    [GeneratedRegex("""\bdistDir\s*[:=]\s*["'`]([^"'`$]+)["'`]""")]
    private static partial Regex DistDirPattern();

    [GeneratedRegex("""\boutput\s*[:=]\s*["'`]([^"'`$]+)["'`]""")]
    private static partial Regex OutputPattern();

    [GeneratedRegex("""\bdir\s*:\s*\{[^}]*\boutput\s*:\s*["'`]([^"'`$]+)["'`]""")]
    private static partial Regex EleventyPattern();

    [GeneratedRegex("""\bpath\s*:\s*(?:[\w.]|require\(["']path["']\))*\(\s*__dirname\s*,\s*["'`]([^"'`$]+)["'`]\s*\)""")]
    private static partial Regex WebpackPattern();

    [GeneratedRegex("""\bout\s*:\s*["'`]([^"'`$]+)["'`]""")]
    private static partial Regex OutPattern();

    [GeneratedRegex("""\bpages\s*[:=]\s*["'`]([^"'`$]+)["'`]""")]
    private static partial Regex PagesPattern();

    [GeneratedRegex("""(?<![\w.])root\s*:\s*["'`]([^"'`$]+)["'`]""")]
    private static partial Regex RootPattern();

    [GeneratedRegex("""\bssr\s*[:=]\s*false\b""")]
    private static partial Regex IsSsrOff();

    [GeneratedRegex("""--outDir[= ]["']?([^"'\s]+)""")]
    private static partial Regex OutDirOption();
}
