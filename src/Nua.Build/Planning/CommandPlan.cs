using Nua.Build.Planning.Stacks.Node;
using Nua.Build.Planning.Stacks.Python;
using Nua.Config;

namespace Nua.Build.Planning;

/// <summary>The author's own way to build: <c>build.build</c>, or <c>nua/build.py</c> and <c>nua/build.sh</c>, or a
/// root <c>build.py</c>.</summary>
/// <param name="Steps">Null when nothing is given and the stack decides; empty when nothing is to be done.</param>
/// <param name="Tools">What the steps call.</param>
internal sealed record CommandPlan(IReadOnlyList<BuildStep>? Steps, CommandTools Tools, IReadOnlyList<string> Packages,
    string Because)
{
    public bool IsGiven => Steps is not null;

    public bool BuildsNothing => Steps is { Count: 0 };

    public static CommandPlan Find(AppFolder folder, AppFolder? tree, AppConfig config, PackagerFolder packager, PlanNotes notes)
    {
        var before = config.Build.BeforeBuild.Select(line => AuthorCommand.WithoutSudo(line, "build.before-build", notes)).ToList();
        var none = new CommandTools([], null);
        if (config.Build.Commands is { } asked)
        {
            var lines = asked.Select(line => AuthorCommand.WithoutSudo(line.Trim(), "build.build", notes)).Where(line => line.Length > 0).ToList();
            if (lines is [] or ["true"])
            {
                return new CommandPlan([.. before.Select(Shell)], CommandTools.Read(before, tree), [], "build.build");
            }

            var all = before.Concat(lines).ToList();
            return new CommandPlan([.. all.Select(Shell)], CommandTools.Read(all, tree), [], "build.build");
        }

        if (packager.BuildScript is { } script)
        {
            return Script(script, "nua" + script[NuaPaths.BuildMetadata.Length..], folder, before, tree);
        }

        // A root build.py is the build script when the folder is packaged for Nua and no stack is asked for.
        return config is { Metadata.Id: not null, Build.Stack: null } && folder.IsFile("build.py")
            && ReferenceEquals(folder, tree)
            ? Script($"{NuaPaths.Source}/build.py", "build.py", folder, before, tree)
            : new CommandPlan(null, none, [], "");
    }

    /// <summary>One line of shell as a step.</summary>
    public static BuildStep Shell(string line) => new(line, [AuthorCommand.NeedsBash(line) ? "/bin/bash" : "/bin/sh", "-e", "-c", line]);

    private static CommandPlan Script(string path, string source, AppFolder folder, IReadOnlyList<string> before, AppFolder? tree)
    {
        var isPython = path.EndsWith(".py", StringComparison.Ordinal);
        var step = new BuildStep(source, isPython ? ["python3", path] : ["/bin/sh", "-e", path]);
        var lines = isPython ? [] : (folder.ReadHead(source) ?? "").Split('\n');
        var tools = CommandTools.Read(before.Concat(lines), tree);
        return new CommandPlan(
            [.. before.Select(Shell), step],
            isPython && tools.Fetcher is null && CommandTools.FetchesInPython(folder.ReadHead(source) ?? "") ? tools with { Fetcher = source } : tools,
            isPython ? ["python3"] : [], source);
    }

    /// <summary>The phase, and the one that makes a virtual environment first when commands call <c>pip</c>.</summary>
    public IEnumerable<BuildPhase> Phases(AppConfig config, bool hasVenv, PlanNotes notes)
    {
        if (Steps is not { Count: > 0 } steps)
        {
            yield break;
        }

        if (Tools.CallsPip && !hasVenv)
        {
            yield return new BuildPhase("virtual environment")
            {
                Steps = [PythonSteps
                    .MakeVenv(config.Run.Packages.Any(name => name.StartsWith("python3-", StringComparison.Ordinal)))],
                Inputs = [],
            };
        }

        var usesVenv = Tools.CallsPip || hasVenv;
        var network = config.Build.Network ?? Tools.Fetcher is not null;
        notes.Decide(
            "network of build commands", network ? "on" : "off",
            config.Build.Network is not null ? "build.network" : Tools.Fetcher is { } fetcher ? $"{fetcher} fetches"
                : "no command is known to fetch",
            network ? "build.network = false" : "build.network = true");
        yield return new BuildPhase("build")
        {
            Steps = [.. steps.Select(step => usesVenv ? PythonSteps.ForCommand(step) : step)],
            Network = network,
            Caches = [.. Caches()],
        };
    }

    /// <summary>Language tools that the commands call and no stack has brought.</summary>
    public IEnumerable<Toolchain> Toolchains(Stacks.StackContext context, IReadOnlyList<string> startWords)
    {
        string[] managers = ["npm", "yarn", "pnpm", "bun", "deno"];
        var called = Tools.Names.Select(name => name == "npx" ? "npm" : name == "bunx" ? "bun" : name)
            .ToHashSet(StringComparer.Ordinal);
        var isAsked = context.Build.Builder is { Name: "node" or "nodejs" };
        var starts = startWords.Select(word => word[(word.LastIndexOf('/') + 1)..]).ToHashSet(StringComparer.Ordinal);
        var newest = NodeVersion.DefaultMajor;
        if (isAsked || called.Contains("node") || called.Overlaps(["npm", "yarn", "pnpm"])
            || starts.Overlaps(["node", "npm", "npx", "yarn", "pnpm"]))
        {
            var (nodeRange, nodeBecause) = NodeVersion.Find(context, null);
            newest = NodeVersion.Newest(nodeRange);
            yield return new Toolchain("node", nodeRange, isAsked
                || starts.Overlaps(["node", "npm", "npx", "yarn", "pnpm"]), nodeBecause);
        }

        foreach (var name in managers.Where(name => called.Contains(name) || starts.Contains(name)
            || (name == "npm" && (isAsked || starts.Contains("npx")))))
        {
            var version = name switch { "yarn" or "bun" => "1.x", "deno" => "2.x",
                "pnpm" => PackageManager.PnpmOf(newest), _ => PackageManager.NpmOf(newest) };
            yield return new Toolchain(name, version, starts.Contains(name)
                || (name == "npm" && starts.Contains("npx")),
                called.Contains(name) ? "a build command calls it" : starts.Contains(name)
                    ? "the start command calls it" : "build.builder");
        }

        if (called.Contains("dotnet"))
        {
            yield return new Toolchain("dotnet-sdk", ">=8.0.100", InImage: false, "a build command calls it");
        }
    }

    private IEnumerable<string> Caches()
    {
        (string Tool, string Cache)[] table =
        [
            ("bun", "bun"), ("deno", "deno"), ("dotnet", "nuget"), ("npm", "npm"), ("npx", "npm"), ("pip", "pip"),
            ("pip3", "pip"), ("pnpm", "pnpm"), ("yarn", "yarn"),
        ];
        return table.Where(row => Tools.Names.Contains(row.Tool)).Select(row => row.Cache).Distinct();
    }
}
