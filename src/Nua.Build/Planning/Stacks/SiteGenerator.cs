using System.Text.RegularExpressions;
using Nua.Build.Planning.Stacks.Python;

namespace Nua.Build.Planning.Stacks;

/// <summary>A generator of sites that Debian has: the source is pages and settings, the result a folder of files.</summary>
/// <param name="File">The settings: their presence tells.</param>
/// <param name="Output">What the generator fills, relative to the source.</param>
/// <param name="Packages">Debian packages of the generator and of what the settings name.</param>
internal sealed partial record SiteGenerator(
    string Name, string File, string Output, IReadOnlyList<string> Packages, IReadOnlyList<string> Command)
{
    /// <summary>A library with its documentation beside it is as likely.</summary>
    private const int BesideLibrary = 45;

    /// <summary>More than the pages themselves would be.</summary>
    private const int Usual = 65;

    /// <summary>More than what a list of packages alone says of its language.</summary>
    private const int WithManifest = 85;

    private static readonly string[] _libraries = ["pyproject.toml", "setup.py", "setup.cfg"];

    private static readonly string[] _requirements = ["requirements.txt", "docs/requirements.txt", "requirements-docs.txt", "docs-requirements.txt"];

    private static readonly string[] _plugins =
    [
        "jekyll-archives", "jekyll-avatar", "jekyll-commonmark", "jekyll-data", "jekyll-default-layout", "jekyll-feed", "jekyll-gist",
        "jekyll-github-metadata", "jekyll-include-cache", "jekyll-last-modified-at", "jekyll-mentions", "jekyll-optional-front-matter",
        "jekyll-paginate", "jekyll-paginate-v2", "jekyll-polyglot", "jekyll-readme-index", "jekyll-redirect-from", "jekyll-relative-links",
        "jekyll-seo-tag", "jekyll-sitemap", "jekyll-titles-from-headings", "jekyll-toc",
    ];

    private static readonly (string Module, string Package)[] _extensions =
    [
        ("sphinx_rtd_theme", "python3-sphinx-rtd-theme"), ("furo", "furo"), ("myst_parser", "python3-myst-parser"),
        ("sphinx_copybutton", "python3-sphinx-copybutton"), ("sphinx_design", "python3-sphinx-design"), ("sphinx_tabs", "python3-sphinx-tabs"),
        ("pydata_sphinx_theme", "python3-pydata-sphinx-theme"), ("sphinx_book_theme", "python3-sphinx-book-theme"),
    ];

    /// <summary>0–100, as of a <see cref="Candidate"/>.</summary>
    public int Confidence { get; private init; } = Usual;

    /// <summary>A list of Python packages that names the generator: that one is installed, and no Debian package.</summary>
    private string? Requirements { get; init; }

    /// <summary>The first whose settings are in the folder; null when none are.</summary>
    public static SiteGenerator? Find(AppFolder folder) => Hugo(folder) ?? Jekyll(folder) ?? MkDocs(folder) ?? Pelican(folder) ?? Sphinx(folder);

    /// <param name="root">The folder to serve, when the author names one; null for that of the generator.</param>
    public StackDraft Draft(StackContext context, string? root)
    {
        var output = root ?? Output;
        context.Notes.Decide("site generator", Name, Requirements is null ? $"{File}; it is Debian's" : $"{File}; {Requirements} names its version",
            "build.build = [\"…\"]");
        context.Notes.Decide("web root", output, root is null ? $"{Name} writes there" : "build.document-root", "build.document-root = \"…\"");
        return new StackDraft
        {
            BuildPackages = Requirements is null ? Packages : ["python3", "python3-pip", "python3-venv"],
            Phases = context.HasCommands ? [] : [.. Requirements is null ? [] : Dependencies(Requirements), new BuildPhase("build") { Steps = [Step()] }],
            Collects = [StaticStack.From(output)],
            Start = StaticStack.Serve(context, $"{Name} leaves files only, in {output}"),
        };
    }

    private BuildStep Step() => new(ShellWords.Join(Command),
        Requirements is null ? Command : [$"{NuaPaths.Venv}/bin/{Command[0]}", .. Command.Skip(1)])
    {
        Env = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["HUGO_ENVIRONMENT"] = "production",
            ["JEKYLL_ENV"] = "production",
            // Debian's plugins are found without Bundler, which would want exactly the versions of the Gemfile.
            ["JEKYLL_NO_BUNDLER_REQUIRE"] = "true",
        },
    };

    private static IReadOnlyList<BuildPhase> Dependencies(string requirements) =>
    [
        new BuildPhase("dependencies")
        {
            Steps = [PythonSteps.MakeVenv(withSystemPackages: false), PythonSteps.Pip($"pip install -r {requirements}", ["-r", requirements])],
            Network = true,
            Inputs = [requirements],
            Caches = ["pip"],
        },
    ];

    private static SiteGenerator? Hugo(AppFolder folder)
    {
        string[] extensions = [".toml", ".yaml", ".yml", ".json"];
        var file = extensions.Select(extension => "hugo" + extension).FirstOrDefault(folder.IsFile)
            ?? (!folder.IsFolder("content") && !folder.IsFolder("layouts") ? null
                : extensions.Select(extension => "config" + extension).FirstOrDefault(name => HugoAddress().IsMatch(folder.ReadHead(name) ?? "")));
        return file is null ? null
            : new SiteGenerator("Hugo", file, Set(HugoOutput(), folder, file) ?? "public", ["ca-certificates", "hugo"], ["hugo"]);
    }

    private static SiteGenerator? Jekyll(AppFolder folder)
    {
        var file = Array.Find((string[])["_config.yml", "_config.yaml"], folder.IsFile);
        string[] pages = ["_posts", "_layouts", "index.md", "index.markdown", "index.html"];
        var gems = folder.ReadHead("Gemfile") ?? "";
        var isNamed = JekyllGem().IsMatch(gems);
        if (file is null || (!isNamed && !Array.Exists(pages, folder.Exists)))
        {
            return null;
        }

        var settings = Uncommented(folder.ReadHead(file) ?? "");
        var words = settings + Uncommented(gems);
        return new SiteGenerator("Jekyll", file, Set(JekyllOutput(), folder, file) ?? "_site",
            [
                "jekyll", .. Theme().IsMatch(settings) ? (string[])["jekyll-theme-minima"] : [],
                .. _plugins.Where(plugin => Mentions(words, plugin)).Select(plugin => "ruby-" + plugin),
            ],
            ["jekyll", "build", "--disable-disk-cache"])
        {
            Confidence = isNamed ? WithManifest : Usual,
        };
    }

    private static SiteGenerator? MkDocs(AppFolder folder) =>
        Array.Find((string[])["mkdocs.yml", "mkdocs.yaml"], folder.IsFile) is not { } file ? null
        : Python(folder, new SiteGenerator("MkDocs", file, Set(MkDocsOutput(), folder, file) ?? "site",
            ["mkdocs", .. (folder.ReadHead(file) ?? "").Contains("material", StringComparison.Ordinal) ? (string[])["mkdocs-material"] : []],
            ["mkdocs", "build"]), "mkdocs");

    private static SiteGenerator? Pelican(AppFolder folder)
    {
        const string file = "pelicanconf.py";
        const string published = "publishconf.py";
        var output = Set(PelicanOutput(), folder, file) ?? "output";
        return !folder.IsFile(file) ? null
            : Python(folder, new SiteGenerator("Pelican", file, output, ["pelican", "python3-markdown"],
                ["pelican", "-s", folder.IsFile(published) ? published : file, "-o", output]), "pelican");
    }

    private static SiteGenerator? Sphinx(AppFolder folder)
    {
        var place = Array.Find((string[])["", "source/"], place => folder.IsFile(place + "conf.py")
            && (folder.IsFile(place + "index.rst") || folder.IsFile(place + "index.md")));
        if (place is null)
        {
            return null;
        }

        const string output = "_build/html";
        var settings = folder.ReadHead(place + "conf.py") ?? "";
        return Python(folder, new SiteGenerator("Sphinx", place + "conf.py", output,
            ["python3-sphinx", .. _extensions.Where(pair => Mentions(settings, pair.Module)).Select(pair => pair.Package)],
            ["sphinx-build", "-b", "html", place.Length == 0 ? "." : place.TrimEnd('/'), output]), "sphinx");
    }

    private static SiteGenerator Python(AppFolder folder, SiteGenerator generator, string package) => generator with
    {
        Confidence = Array.Exists(_libraries, folder.IsFile) ? BesideLibrary : Usual,
        Requirements = Array.Find(_requirements, name => Mentions(Uncommented(folder.ReadHead(name) ?? ""), package)),
    };

    /// <summary>The name as a word of its own: <c>jekyll-paginate</c> is not in <c>jekyll-paginate-v2</c>.</summary>
    private static bool Mentions(string text, string name)
    {
        static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
        for (var at = text.IndexOf(name, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(name, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            if ((at == 0 || !IsOfName(text[at - 1])) && (at + name.Length == text.Length || !IsOfName(text[at + name.Length])))
            {
                return true;
            }
        }

        return false;
    }

    private static string Uncommented(string text) => string.Join('\n', text.Split('\n').Select(line => line.Split('#')[0])) + "\n";

    private static string? Set(Regex pattern, AppFolder folder, string file) =>
        pattern.Match(folder.ReadHead(file) ?? "") is { Success: true } match && AppFolder.Clean(match.Groups[1].Value) is { Length: > 0 } clean ? clean : null;

    // Zola's configuration has the same name, and says base_url.
    [GeneratedRegex("""^\s*"?baseURL"?\s*[:=]""", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex HugoAddress();

    [GeneratedRegex("""^\s*"?publishDir"?\s*[:=]\s*["']?([\w./-]+)""", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex HugoOutput();

    [GeneratedRegex("""^destination:\s*["']?([\w./-]+)""", RegexOptions.Multiline)]
    private static partial Regex JekyllOutput();

    [GeneratedRegex("""^\s*gem\s+["'](?:jekyll|github-pages)["']""", RegexOptions.Multiline)]
    private static partial Regex JekyllGem();

    [GeneratedRegex("""^theme:\s*["']?minima\b""", RegexOptions.Multiline)]
    private static partial Regex Theme();

    [GeneratedRegex("""^site_dir:\s*["']?([\w./-]+)""", RegexOptions.Multiline)]
    private static partial Regex MkDocsOutput();

    [GeneratedRegex("""^OUTPUT_PATH\s*=\s*["']([\w./-]+)""", RegexOptions.Multiline)]
    private static partial Regex PelicanOutput();
}
