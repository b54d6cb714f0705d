using Nua.Build.Planning.Reading;

namespace Nua.Build.Planning.Stacks.Node;

/// <summary>Node and Bun applications: <c>package.json</c>, or a lone <c>server.js</c>.</summary>
internal sealed class NodeStack : IStack
{
    private static readonly string[] _entries = ["server", "app", "main", "index"];
    private static readonly string[] _extensions = [".js", ".mjs", ".cjs"];
    private static readonly string[] _servers =
        ["express", "fastify", "koa", "@hapi/hapi", "hono", "@nestjs/core", "polka", "restify", "h3",
            "@hono/node-server", "socket.io", "ws"];

    public string Name => "node";

    public string LooksFor => "node: package.json, server.js";

    public Candidate? Detect(StackContext context)
    {
        if (PackageJson.Read(context) is not { } package)
        {
            return Lone(context);
        }

        var framework = Framework.Detect(context.Folder, package);
        var evidence = new List<string> { PackageJson.FileName };
        if (framework is not null)
        {
            evidence.Add(framework.Name);
        }

        if (package.Script("start") is not null)
        {
            evidence.Add("scripts.start");
        }

        evidence.AddRange(_servers.Where(package.Dependencies.ContainsKey));
        var entry = Entry(context.Folder, package);
        if (evidence.Count == 1 && entry is not null)
        {
            evidence.Add(entry);
        }

        // A manifest with nothing to run is often the asset build of an application in another language.
        var runs = package.Script("start") is not null || entry is not null || _servers.Any(package.Dependencies.ContainsKey);
        return new Candidate(Name, runs ? 80 : evidence.Count > 1 ? 75 : 40, evidence, () =>
            new NodeDraft(context, package, framework, entry).Make());
    }

    /// <summary>The file that node would be given: <c>main</c>, or one of the usual names.</summary>
    internal static string? Entry(AppFolder folder, PackageJson package)
    {
        if (package.Main is { } main && AppFolder.Clean(main) is { Length: > 0 } clean)
        {
            foreach (var name in (string[])[clean, clean + ".js", clean + "/index.js"])
            {
                if (folder.IsFile(name))
                {
                    return name;
                }
            }

            // Made by the build: "dist/index.js".
            if (package.Script("build") is not null && clean.Contains('/', StringComparison.Ordinal)
                && clean.EndsWith("js", StringComparison.Ordinal))
            {
                return clean;
            }
        }

        return _entries.SelectMany(name => _extensions.Select(extension => name + extension))
            .SelectMany(name => (string[])[name, "src/" + name])
            .FirstOrDefault(folder.IsFile) ?? Compiled(folder, package) ?? OfBun(folder);
    }

    /// <summary>What the TypeScript compiler makes of the usual names.</summary>
    private static string? Compiled(AppFolder folder, PackageJson package)
    {
        if (!new NodeScripts(package).Reached("build").Any(text => text.Split(' ').Contains("tsc"))
            || JsonManifest.Read(folder, "tsconfig.json", [])?.Member("compilerOptions")?.Text("outDir") is not { } asked
            || AppFolder.Clean(asked) is not { Length: > 0 } output)
        {
            return null;
        }

        return Array.Find(_entries, name => folder.IsFile($"src/{name}.ts") || folder.IsFile(name + ".ts")) is { } entry
            ? $"{output}/{entry}.js" : null;
    }

    /// <summary>Bun runs TypeScript itself.</summary>
    private static string? OfBun(AppFolder folder) => !folder.IsFile("bun.lock") && !folder.IsFile("bun.lockb") ? null
        : _entries.SelectMany(name => (string[])[name + ".ts", $"src/{name}.ts", name + ".tsx", $"src/{name}.tsx"]).FirstOrDefault(folder.IsFile);

    private static Candidate? Lone(StackContext context)
    {
        var file = _extensions.Select(extension => "server" + extension).FirstOrDefault(context.Folder.IsFile);
        if (file is null)
        {
            return null;
        }

        return new Candidate("node", 60, [file], () =>
        {
            var (range, because) = NodeVersion.Find(context, null);
            context.Notes.Decide("node", range, because, "build.builder = \"node-22\"");
            return new StackDraft
            {
                RunPackages = NodeDraft.RuntimePackages,
                Toolchains = [new Toolchain("node", range, true, because)],
                Collects = [SourceTree.Whole()],
                Env = NodeEnv.Production(),
                SourceIgnore = ["**/node_modules"],
                Start = new StartSpec { Argv = ["node", file], Because = file },
            };
        });
    }
}
