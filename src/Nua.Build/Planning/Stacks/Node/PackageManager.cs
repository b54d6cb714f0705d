using System.Text.Json;
using Nua.Build.Planning.Reading;
using Nua.Foundation;

namespace Nua.Build.Planning.Stacks.Node;

/// <summary>The package manager of an application: exactly the one that <c>packageManager</c> or the lock file
/// names.</summary>
/// <param name="Name"><c>npm</c>, <c>pnpm</c>, <c>yarn</c> or <c>bun</c>.</param>
/// <param name="Version">An exact version or a range.</param>
/// <param name="LockFile">Null when there is none.</param>
internal sealed record PackageManager(string Name, string Version, string? LockFile, string Because)
{
    private const int LastNodeOfNpm10 = 22;
    private const string OlderNpm = "10.x";
    private const string Key = "packageManager";

    private static readonly (string File, string Name)[] _lockFiles =
    [
        ("pnpm-lock.yaml", "pnpm"), ("bun.lock", "bun"), ("bun.lockb", "bun"), ("yarn.lock", "yarn"),
        ("npm-shrinkwrap.json", "npm"), ("package-lock.json", "npm"),
    ];

    /// <summary>Yarn 2 and later.</summary>
    public bool IsBerry => Name == "yarn" && NodeVersion.Major(Version) >= 2;

    /// <summary>Yarn without <c>node_modules</c>: packages stay in archives, found through <c>.pnp.cjs</c>.</summary>
    public bool IsPlugAndPlay { get; init; }

    /// <summary>Yarn's own release in the source, run by node instead of a toolchain.</summary>
    public string? YarnPath { get; init; }

    /// <summary>What is put in front of the arguments.</summary>
    public IReadOnlyList<string> Command => YarnPath is null ? [Name] : ["node", YarnPath];

    /// <summary>Installs from the lock file, or from the manifest alone when there is none.</summary>
    public IReadOnlyList<string> Install(bool withDevelopment) => (Name, IsBerry, LockFile) switch
    {
        ("npm", _, not null) => [.. Command, "ci", withDevelopment ? "--include=dev" : "--omit=dev", "--no-audit",
            "--no-fund"],
        ("npm", _, null) => [.. Command, "install", withDevelopment ? "--include=dev" : "--omit=dev", "--no-audit",
            "--no-fund"],
        ("pnpm", _, not null) => [.. Command, "install", "--frozen-lockfile", .. withDevelopment ? Only("--prod=false")
            : Only("--prod")],
        ("pnpm", _, null) => [.. Command, "install", "--no-frozen-lockfile", .. withDevelopment ? Only("--prod=false")
            : Only("--prod")],
        ("yarn", true, not null) => [.. Command, "install", "--immutable"],
        ("yarn", true, null) => [.. Command, "install", "--no-immutable"],
        ("yarn", false, _) =>
        [
            .. Command, "install", "--non-interactive", .. LockFile is null ? Only() : Only("--frozen-lockfile"),
            "--production=" + (withDevelopment ? "false" : "true"),
        ],
        (_, _, not null) => [.. Command, "install", "--frozen-lockfile", .. withDevelopment ? Only()
            : Only("--production")],
        _ => [.. Command, "install", .. withDevelopment ? Only() : Only("--production")],
    };

    /// <summary>Whether the first installation can leave the development packages out.</summary>
    public bool CanOmitDevelopment => !IsBerry;

    /// <summary>Pruning looks at the installed packages alone. The others install again from their cache, which may
    /// have been emptied meanwhile, so they need the network.</summary>
    public bool PrunesOffline(bool hasWorkspaces) => Name is "npm" || (Name is "pnpm" && !hasWorkspaces);

    /// <summary>Commands that remove the development packages after a build. Empty when there are none.</summary>
    /// <param name="hasWorkspaces">pnpm prunes the top package alone.</param>
    public IReadOnlyList<IReadOnlyList<string>> Prune(bool hasWorkspaces) => Name switch
    {
        "npm" => [[.. Command, "prune", "--omit=dev", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"]],
        "pnpm" => [hasWorkspaces ? [.. Install(withDevelopment: false), "--ignore-scripts"] : [.. Command, "prune", "--prod"]],
        "yarn" when IsBerry => NodeVersion.Major(Version) >= 4
            ? [[.. Command, "workspaces", "focus", "--all", "--production"]] : [],
        "yarn" => [[.. Install(withDevelopment: false), "--ignore-scripts"]],
        _ => [["rm", "-rf", "node_modules"], Install(withDevelopment: false)],
    };

    public IReadOnlyList<string> Run(string script) => [.. Command, "run", script];

    public static PackageManager Detect(StackContext context, PackageJson package, string nodeRange)
    {
        var folder = context.Folder;
        var present = _lockFiles.Where(pair => folder.IsFile(pair.File)).ToList();
        var (name, version, because) = Named(package);
        if (name is null)
        {
            name = present.Count > 0 ? present[0].Name : "npm";
            because = present.Count > 0 ? present[0].File : "no lock file";
            if (present.Select(pair => pair.Name).Distinct().Count() > 1)
            {
                context.Notes.Add(StackProblems.SeveralLockFiles(present.Select(pair => pair.File), present[0].File));
            }
        }

        var lockFile = present.Find(pair => pair.Name == name).File;
        if (version is null)
        {
            (version, var more) = Guess(name, lockFile, package, folder, nodeRange);
            because += "; " + more;
        }
        else if (name == "npm" && package.Root.Text(Key) is not null && IsRefusing(version)
            && LeftOut(lockFile, folder) is { } optional)
        {
            (version, because) = (OlderNpm, $"{because}, but {lockFile} {optional}");
        }

        var manager = new PackageManager(name, version, lockFile, because);
        return name == "yarn" ? WithYarnSettings(manager, folder) : manager;
    }

    private static (string? Name, string? Version, string Because) Named(PackageJson package)
    {
        if (package.Root.Text(Key) is { } text)
        {
            var at = text.IndexOf('@');
            var name = at > 0 ? text[..at] : text;
            if (name is "npm" or "pnpm" or "yarn" or "bun")
            {
                // What follows the plus is a hash of an archive that corepack knows; the registry's own integrity is
                // checked instead.
                var version = at > 0 ? text[(at + 1)..].Split('+')[0] : null;
                return (name, IsExact(version) ? version
                    : null, $"package.json packageManager says {text.Split('+')[0]}");
            }
        }

        var wanted = package.Root.Member("devEngines")?.Member(Key);
        if (wanted?.Text("name") is "npm" or "pnpm" or "yarn" or "bun")
        {
            return (wanted.Value.Text("name"), wanted.Value.Text("version"), "package.json devEngines.packageManager");
        }

        return (null, null, "");
    }

    private static bool IsExact(string? version) =>
        version is { Length: > 0 and < 64 } && char.IsAsciiDigit(version[0])
            && version.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');

    private static (string Version, string Because) Guess(
        string name, string? lockFile, PackageJson package, AppFolder folder, string nodeRange)
    {
        if (package.Root.Text("volta", name) is { } volta && IsExact(volta))
        {
            return (volta, $"package.json volta.{name}");
        }

        if (package.Root.Text("engines", name) is { Length: > 0 } asked && asked.Any(char.IsAsciiDigit))
        {
            return (asked, $"package.json engines.{name}");
        }

        var head = lockFile is null || lockFile == "bun.lockb" ? "" : folder.ReadHead(lockFile, 4096) ?? "";
        return name switch
        {
            "pnpm" => Pnpm(head, package, folder),
            "yarn" => Yarn(head),
            "bun" => ("1.x", "any bun 1"),
            _ => Npm(lockFile, folder, NodeVersion.Newest(nodeRange)),
        };
    }

    private static (string, string) Npm(string? lockFile, AppFolder folder, int nodeMajor)
    {
        return nodeMajor > LastNodeOfNpm10 && LeftOut(lockFile, folder) is { } optional
            ? (OlderNpm, $"it {optional}") : (NpmOf(nodeMajor), $"the npm of Node {nodeMajor}");
    }

    private static string? LeftOut(string? lockFile, AppFolder folder)
    {
        const int most = 8 << 20;
        return lockFile is not null && NpmLock.FirstLeftOut(folder.ReadHead(lockFile, most) ?? "") is { } package
            ? $"leaves out {Printable.Escape(package, 80)}, which is optional; newer npm refuses such a file" : null;
    }

    /// <summary>npm since 11.6 refuses lock files that leave out an optional package, even those that it wrote itself.</summary>
    private static bool IsRefusing(string version) => System.Version.TryParse(version.Split('-')[0], out var number) && number >= new Version(11, 6);

    /// <summary>The newest pnpm up to 9 that runs with a Node.</summary>
    public static string PnpmOf(int nodeMajor) => nodeMajor switch
    {
        <= 15 => "7.x",
        <= 17 => "8.x",
        _ => "9.x",
    };

    /// <summary>The npm that came with a Node.</summary>
    public static string NpmOf(int nodeMajor) => nodeMajor switch
    {
        <= 14 => "6.x",
        <= 16 => "8.x",
        <= LastNodeOfNpm10 => OlderNpm,
        _ => "11.x",
    };

    private static (string, string) Pnpm(string head, PackageJson package, AppFolder folder)
    {
        var format = Value(head, "lockfileVersion:")?.Trim('\'', '"') ?? "9.0";
        // pnpm 10 is the first that asks which packages may run scripts, and writes the same lock file format as pnpm
        // 9.
        var asksForScripts = package.Root.Member("pnpm")?.Member("onlyBuiltDependencies") is not null
            || (folder.ReadText("pnpm-workspace.yaml") ?? "")
                .Contains("onlyBuiltDependencies", StringComparison.Ordinal);
        var version = format switch
        {
            _ when asksForScripts => "10.x",
            "5.3" => "6.x",
            _ when format.StartsWith("5.", StringComparison.Ordinal) => "7.x",
            _ when format.StartsWith("6.", StringComparison.Ordinal) => "8.x",
            _ => "9.x",
        };
        return (version, $"lock file format {format}");
    }

    private static (string, string) Yarn(string head)
    {
        var berry = head.IndexOf("__metadata:", StringComparison.Ordinal);
        if (berry < 0)
        {
            return ("1.x", "lock file of yarn 1");
        }

        var format = Value(head[berry..], "version:") ?? "8";
        return (int.TryParse(format, out var number) ? number switch { <= 4 => "2.x", <= 6 => "3.x", _ => "4.x" }
            : "4.x",
            $"lock file format {format}");
    }

    private static string? Value(string head, string key)
    {
        var at = head.IndexOf(key, StringComparison.Ordinal);
        return at < 0 ? null : head[(at + key.Length)..].Split('\n')[0].Trim();
    }

    private static PackageManager WithYarnSettings(PackageManager manager, AppFolder folder)
    {
        var settings = folder.ReadText(".yarnrc.yml") ?? "";
        var path = Line(settings, "yarnPath:");
        if (path is not null && folder.IsFile(path))
        {
            manager = manager with { YarnPath = AppFolder.Clean(path), Because = manager.Because
                + $"; .yarnrc.yml yarnPath {path}" };
            if (path.Contains("yarn-", StringComparison.Ordinal) && NodeVersion.Major(path[path.LastIndexOf('-')..])
                is >= 2 and < 20 and var major)
            {
                manager = manager with { Version = $"{major}.x" };
            }
        }

        var linker = Line(settings, "nodeLinker:") ?? "pnp";
        return manager with { IsPlugAndPlay = manager.IsBerry && linker == "pnp" };
    }

    private static string? Line(string yaml, string key) =>
        yaml.Split('\n').FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal)) is { } line
            ? line[key.Length..].Trim().Trim('"', '\'')
            : null;

    private static IReadOnlyList<string> Only(params IReadOnlyList<string> words) => words;
}
