namespace Nua.Build.Planning.Stacks.Node;

/// <summary>The scripts of a <c>package.json</c>, and which of them calls which.</summary>
internal sealed class NodeScripts(PackageJson package)
{
    private const int MostHops = 8;
    private static readonly string[] _runners =
        ["npm", "yarn", "pnpm", "bun", "run-s", "run-p", "npm-run-all", "npm-run-all2", "concurrently", "wireit"];

    /// <summary>The script that a package manager's command line names; null when it names none.</summary>
    public string? Called(IReadOnlyList<string> argv)
    {
        if (argv.Count == 0 || argv[0] is not ("npm" or "yarn" or "pnpm" or "bun"))
        {
            return null;
        }

        var words = argv.Skip(1).TakeWhile(word => word != "--").Where(word => !word.StartsWith('-')).ToList();
        return words switch
        {
            ["run" or "run-script", var name, ..] when package.Script(name) is not null => name,
            ["start" or "test" or "stop" or "restart", ..] when argv[0] == "npm"
                && package.Script(words[0]) is not null => words[0],
            [var name, ..] when argv[0] is "yarn" or "pnpm" && package.Script(name) is not null => name,
            _ => null,
        };
    }

    /// <summary>What the call gives to the script.</summary>
    public static IReadOnlyList<string> Arguments(IReadOnlyList<string> argv)
    {
        var all = argv.ToList();
        var separator = all.IndexOf("--");
        var name = all.FindIndex(1, word => !word.StartsWith('-') && word is not ("run" or "run-script"));
        return separator >= 0 ? all[(separator + 1)..] : argv[0] == "npm" || name < 0 ? [] : all[(name + 1)..];
    }

    /// <summary>The line behind any chain of <c>npm run</c> at its end; null when it goes in circles.</summary>
    public string? Follow(string line) => Follow(line, 0);

    /// <summary>The texts of a script and of all that it calls, the script's own first.</summary>
    public IReadOnlyList<string> Reached(string name)
    {
        var (names, texts) = (new HashSet<string>(StringComparer.Ordinal), new List<string>());
        var waiting = new Queue<string>([name]);
        while (waiting.TryDequeue(out var next))
        {
            if (package.Script(next) is not { } text || !names.Add(next))
            {
                continue;
            }

            texts.Add(text);
            var words = text.Split((char[])[' ', '"', '\'', '&', '|', ';', '(', ')'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Any(_runners.Contains))
            {
                foreach (var called in words.SelectMany(Matching))
                {
                    waiting.Enqueue(called);
                }
            }
        }

        return texts;
    }

    /// <summary>The part only makes what a build makes, or installs: an image has both done.</summary>
    public bool IsDone(string part) => IsBuild(part)
        || ShellWords.Parse(part)?.Argv is ["npm" or "yarn" or "pnpm", "install" or "ci", ..] or ["yarn"];

    public bool IsBuild(string part) => ShellWords.Parse(part) is { } words
        && (Called(words.Argv) is { } name ? IsBuildName(name) || package.Script(name) == package.Script("build")
            : part == package.Script("build") || IsBuild(words.Argv));

    /// <summary>What a start line builds before it starts, other than what the script <c>build</c> does.</summary>
    public IReadOnlyList<string> BuildsOf(string line)
    {
        var reached = Reached("build");
        return [.. ShellWords.SplitAnd(Follow(line) ?? line).SkipLast(1).TakeWhile(IsDone).Where(IsBuild)
            .Where(part => !reached.Contains(part) && !(Called(ShellWords.Parse(part)!.Argv) is { } name && reached.Contains(package.Script(name)!)))];
    }

    private static bool IsBuild(IReadOnlyList<string> argv)
    {
        var words = argv is ["npx", ..] ? argv.Skip(1).ToList() : argv;
        return words is ["tsc" or "tsup" or "rollup" or "esbuild", ..] or ["next" or "vite" or "nest" or "nuxt" or "astro" or "remix" or "react-router", "build", ..]
            or ["react-scripts", "build", ..];
    }

    private static bool IsBuildName(string name) => name is "build" or "compile" or "transpile"
        || name.StartsWith("build:", StringComparison.Ordinal) || name.StartsWith("build-", StringComparison.Ordinal)
        || name.StartsWith("compile:", StringComparison.Ordinal);

    private string? Follow(string line, int hops)
    {
        var last = ShellWords.SplitAnd(line)[^1];
        return ShellWords.Parse(last) is { } words && Called(words.Argv) is { } name && package.Script(name) is { } next
            ? hops < MostHops ? Follow(next, hops + 1) : null
            : line;
    }

    /// <summary>Also <c>npm:NAME</c> and <c>build:*</c>, as runners of several scripts write them.</summary>
    private IEnumerable<string> Matching(string word)
    {
        var name = word.StartsWith("npm:", StringComparison.Ordinal) ? word[4..] : word;
        return name.EndsWith('*') ? package.Scripts.Keys.Where(key => name.Length > 1 && key.StartsWith(name.TrimEnd('*'), StringComparison.Ordinal))
            : package.Script(name) is null ? [] : [name];
    }
}
