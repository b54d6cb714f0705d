using System.Text.RegularExpressions;

namespace Nua.Build.Planning;

/// <summary>What shell commands call, read without running them: whether they fetch, and which tools must be
/// there.</summary>
/// <param name="Names">Base names of the programs called, sorted.</param>
/// <param name="Fetcher">The first call that needs the network; null when none does.</param>
internal sealed partial record CommandTools(IReadOnlyList<string> Names, string? Fetcher)
{
    private const int MostScriptText = 256 << 10;

    private static readonly HashSet<string> _prefixes =
        new(["sudo", "exec", "env", "time", "nice", "nohup", "command", "then", "do", "else", "!", "{", "if", "while",
            "xargs"], StringComparer.Ordinal);

    private static readonly HashSet<string> _fetchers = new(
        [
            "pip", "pip3", "pipx", "poetry", "pipenv", "uv", "pdm", "npx", "bunx", "deno", "curl", "wget", "go",
            "cargo", "rustup", "composer", "bundle",
            "gem", "mvn", "mvnw", "gradle", "gradlew", "dotnet", "svn", "hg", "apt", "apt-get", "mix", "rebar3", "sbt",
            "lein", "luarocks", "cpan", "cpanm",
            "stack", "cabal", "nuget", "bower", "meteor", "corepack",
        ], StringComparer.Ordinal);

    private static readonly HashSet<string> _packageManagers = new(["npm", "yarn", "yarnpkg", "pnpm", "bun"],
        StringComparer.Ordinal);

    private static readonly HashSet<string> _offline =
        new(["run", "run-script", "build", "start", "test", "exec", "prune", "pack", "version", "config", "set",
            "cache", "node", "--version", "-v"], StringComparer.Ordinal);

    private static readonly Dictionary<string, string[]> _packages = new(StringComparer.Ordinal)
    {
        ["autoconf"] = ["autoconf"], ["autoreconf"] = ["autoconf", "automake", "libtool"], ["automake"] = ["automake"],
        ["bash"] = ["bash"],
        ["brotli"] = ["brotli"], ["bundle"] = ["build-essential", "ruby", "ruby-bundler", "ruby-dev"],
        ["bzip2"] = ["bzip2"],
        ["c++"] = ["g++"], ["cargo"] = ["ca-certificates", "cargo"], ["cc"] = ["gcc", "libc6-dev"],
        ["clang"] = ["clang"], ["cmake"] = ["cmake"],
        ["composer"] = ["ca-certificates", "composer"], ["curl"] = ["ca-certificates", "curl"], ["file"] = ["file"],
        ["g++"] = ["g++"],
        ["gcc"] = ["gcc", "libc6-dev"], ["gem"] = ["build-essential", "ruby", "ruby-dev"],
        ["git"] = ["ca-certificates", "git"],
        ["go"] = ["ca-certificates", "golang-go"], ["gradle"] = ["gradle"], ["hg"] = ["mercurial"], ["hugo"] = ["hugo"],
        ["java"] = ["default-jre-headless"],
        ["javac"] = ["default-jdk-headless"], ["jq"] = ["jq"], ["make"] = ["make"], ["mdbook"] = ["mdbook"],
        ["meson"] = ["meson"], ["mvn"] = ["maven"],
        ["ninja"] = ["ninja-build"], ["patch"] = ["patch"], ["perl"] = ["perl"], ["php"] = ["php-cli"],
        ["pkg-config"] = ["pkg-config"],
        ["python"] = ["python3"], ["python3"] = ["python3"], ["rake"] = ["rake", "ruby"], ["rsync"] = ["rsync"],
        ["ruby"] = ["ruby"],
        ["rustc"] = ["rustc"], ["svn"] = ["subversion"], ["unzip"] = ["unzip"], ["wget"] = ["ca-certificates", "wget"],
        ["xz"] = ["xz-utils"],
        ["zip"] = ["zip"], ["zstd"] = ["zstd"], ["gunzip"] = ["gzip"], ["node"] = [], ["pip"] = [], ["pip3"] = [],
    };

    /// <summary>Python's installer is called, so there must be a virtual environment for what it installs.</summary>
    public bool CallsPip => Names.Contains("pip") || Names.Contains("pip3");

    /// <summary>Debian packages that bring the tools.</summary>
    public IEnumerable<string> Packages => Names.SelectMany(name => _packages.GetValueOrDefault(name, []));

    /// <summary>Debian packages for one program.</summary>
    public static IReadOnlyList<string> PackagesOf(string program) =>
        _packages.GetValueOrDefault(program[(program.LastIndexOf('/') + 1)..], []);

    /// <param name="tree">The source, where scripts and makefiles that the commands call are read too; null when it is
    /// not there yet.</param>
    public static CommandTools Read(IEnumerable<string> lines, AppFolder? tree)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        string? fetcher = null;
        foreach (var line in lines)
        {
            if (AuthorCommand.NeedsBash(line))
            {
                names.Add("bash");
            }

            foreach (var call in Calls(line))
            {
                Look(call, names, ref fetcher);
                foreach (var inner in tree is null ? [] : Scripted(call, tree).SelectMany(Calls))
                {
                    Look(inner, names, ref fetcher);
                }
            }
        }

        return new CommandTools([.. names], fetcher);
    }

    /// <summary>Whether a script of Python names an address, or calls something that fetches.</summary>
    public static bool FetchesInPython(string text) => Fetching().IsMatch(text);

    [GeneratedRegex("""
        \bhttps?:// | \burllib\.request\b | ["'](?:yarn|curl|wget)\b | \b(?:pip3?|npm|yarn|pnpm|composer|bundle|gem)\b\W{1,8}(?:install|ci|add)\b
        | \bgit\b\W{1,8}clone\b | \bgo\W{1,8}(?:build|get|mod)\b | \bcargo\W{1,8}build\b
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Fetching();

    private static void Look(IReadOnlyList<string> call, SortedSet<string> names, ref string? fetcher)
    {
        var name = call[0][(call[0].LastIndexOf('/') + 1)..];
        var arguments = call.Skip(1).ToList();
        if (name.StartsWith("python", StringComparison.Ordinal) && arguments is ["-m", var module, ..])
        {
            names.Add("python3");
            (name, arguments) = (module, arguments[2..]);
        }

        names.Add(name);
        var first = arguments.Find(word => !word.StartsWith('-'));
        var fetches = _packageManagers.Contains(name) ? first is null ? name != "npm" && name != "bun"
            : IsInstall(name, first)
            : name == "git" ? first is "clone" or "fetch" or "pull" or "submodule" or "ls-remote"
            : name is "pip" or "pip3" ? first is "install" or "download" or "wheel" && !arguments.Contains("--no-index")
            : _fetchers.Contains(name);
        fetcher ??= fetches ? name : null;
    }

    private static bool IsInstall(string manager, string word) => !_offline.Contains(word)
        && (word is "install" or "i" or "ci" or "add" or "global" or "update" or "up" or "upgrade" or "dlx" or "create"
            or "init" or "rebuild" or "fetch" or "import" or "x"
            || (manager == "npm" && word is "clean-install" or "audit" or "link"));

    /// <summary>Lines of a makefile or script of the source that a call runs, one level deep.</summary>
    private static IEnumerable<string> Scripted(IReadOnlyList<string> call, AppFolder tree)
    {
        var file = call[0] is "make" or "gmake" ? ((string[])["GNUmakefile", "makefile", "Makefile"])
            .FirstOrDefault(tree.IsFile)
            : call[0] is "sh" or "bash" or "." or "source" && call.Count > 1
                ? call.Skip(1).FirstOrDefault(word => !word.StartsWith('-'))
            : call[0].Contains('/', StringComparison.Ordinal) ? call[0] : null;
        if (file is null || tree.ReadHead(file, MostScriptText) is not { } text
            || text.Contains('\0', StringComparison.Ordinal))
        {
            return [];
        }

        var isPython = text.StartsWith("#!", StringComparison.Ordinal) && text.Split('\n')[0]
            .Contains("python", StringComparison.Ordinal);
        return isPython ? [] : text.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
            .Select(line => line.TrimStart('\t', '@', '-', ' '));
    }

    /// <summary>The simple commands of a line. Quotes are honoured; what is inside substitutions is looked at as
    /// commands of its own.</summary>
    private static IEnumerable<IReadOnlyList<string>> Calls(string line)
    {
        var call = new List<string>();
        foreach (var word in Words(line))
        {
            if (word.Length == 0)
            {
                if (call.Count > 0)
                {
                    yield return call;
                    call = [];
                }
            }
            else if (call.Count > 0 || !IsPrefix(word))
            {
                call.Add(word);
            }
        }

        if (call.Count > 0)
        {
            yield return call;
        }
    }

    private static bool IsPrefix(string word) => _prefixes.Contains(word)
        || (word.IndexOf('=') is > 0 and var at && word[..at].All(c => char.IsAsciiLetterOrDigit(c) || c == '_'));

    /// <summary>Words; an empty one stands for an operator between commands.</summary>
    private static IEnumerable<string> Words(string line)
    {
        var word = new System.Text.StringBuilder();
        var isQuoted = false;
        char quote = '\0';
        foreach (var c in line)
        {
            if (quote != '\0')
            {
                if (c == quote)
                {
                    quote = '\0';
                }
                else
                {
                    word.Append(c);
                }
            }
            else if (c is '"' or '\'')
            {
                quote = c;
                isQuoted = true;
            }
            else if (c == '#' && word.Length == 0)
            {
                break;
            }
            else if (c is ' ' or '\t' or ';' or '&' or '|' or '(' or ')' or '`' or '\n')
            {
                if (word.Length > 0 || isQuoted)
                {
                    yield return word.Length == 0 ? "''" : word.ToString();
                    word.Clear();
                    isQuoted = false;
                }

                if (c is not (' ' or '\t'))
                {
                    yield return "";
                }
            }
            else
            {
                word.Append(c == '$' && word.Length == 0 ? ' ' : c);
            }
        }

        if (word.Length > 0)
        {
            yield return word.ToString();
        }
    }
}
