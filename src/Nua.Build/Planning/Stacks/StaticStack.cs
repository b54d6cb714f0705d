using Nua.Build.Planning.Stacks.Node;

namespace Nua.Build.Planning.Stacks;

/// <summary>Files served by the agent's own web server, no language and no shell: as they are, or as a generator makes them.</summary>
internal sealed class StaticStack : IStack
{
    /// <summary>Left out of a site that is the top of the source: hidden files and what describes the source.</summary>
    private static readonly IReadOnlyList<string> _notServed =
        [".*", "!.well-known", "nua", "nua-config.*", "Staticfile", "Procfile", "Dockerfile", "node_modules", "README*",
            "LICENSE*"];

    private static readonly string[] _folders = ["dist", "build", "out", "public", "site", "_site", "www", "htdocs",
        "docs"];

    public string Name => "static";

    public string LooksFor =>
        "static: index.html (also in dist, build, out, public, site, www, htdocs, docs), Staticfile, the settings of Hugo, Jekyll, MkDocs, Pelican, Sphinx";

    public Candidate? Detect(StackContext context)
    {
        var folder = context.Folder;
        if (context.Build.DocumentRoot is { } asked && !context.HasCommands && folder.IsFolder(asked))
        {
            return Found(context, AppFolder.Clean(asked)!, 70, $"build.document-root = \"{asked}\"");
        }

        if (folder.ReadHead("Staticfile") is { } staticfile)
        {
            return Found(context, StaticfileRoot(staticfile) ?? Best(folder) ?? "", 90, "Staticfile");
        }

        if (SiteGenerator.Find(folder) is { } generator)
        {
            var wanted = context.Build.DocumentRoot is { } made ? AppFolder.Clean(made) : null;
            return new Candidate("static", generator.Confidence, [generator.File, generator.Name],
                () => context.HasStart && wanted is null ? new StackDraft { Collects = [SourceTree.Whole()] } : generator.Draft(context, wanted));
        }

        // Who wrote a start script says that something else than the agent serves the pages below; a page beside it is more than its own folder's.
        return Best(folder) is { } root
            ? Found(context, root, root.Length > 0 && folder.IsFile(ShellStack.Script) ? 15 : 50, root.Length == 0 ? "index.html" : root + "/index.html")
            : null;
    }

    /// <summary>The agent serves <c>/nua/app</c>; used by every stack whose build leaves only files.</summary>
    /// <param name="isSpa">Unknown paths are answered with <c>index.html</c>, unless the author says otherwise.</param>
    /// <param name="spaBecause">Why, for the plan.</param>
    public static StartSpec Serve(StackContext context, string because, bool isSpa = false,
        string spaBecause = "the start script asks for it")
    {
        var fallback = context.Build.SpaFallback ?? isSpa;
        context.Notes.Decide(
            "unknown paths", fallback ? "answered with index.html" : "404",
            context.Build.SpaFallback is not null ? "build.spa-fallback" : isSpa ? spaBecause
                : "an application that routes in the browser must ask for the other",
            fallback ? "build.spa-fallback = false" : "build.spa-fallback = true");
        return new StartSpec { StaticRoot = "/nua/app", SpaFallback = fallback, Because = because };
    }

    private static string? Best(AppFolder folder)
    {
        // A top-level page wins over one in a folder: a build result next to it would be served from there anyway.
        return folder.IsFile("index.html") || folder.IsFile("index.htm")
            ? ""
            : Array.Find(_folders, name => folder.IsFile(name + "/index.html") || folder.IsFile(name + "/index.htm"));
    }

    private static string? StaticfileRoot(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            var colon = line.IndexOf(':');
            if (colon > 0 && line[..colon].Trim() == "root")
            {
                return AppFolder.Clean(line[(colon + 1)..].Trim().Trim('"', '\''));
            }
        }

        return null;
    }

    private static Candidate Found(StackContext context, string root, int confidence, string evidence) =>
        new("static", confidence, [evidence], () => Draft(context, root, evidence));

    private static StackDraft Draft(StackContext context, string root, string evidence)
    {
        if (context.HasStart && context.Build.DocumentRoot is null)
        {
            // Another server than the agent's: its command names files from the top of the source.
            return new StackDraft { Collects = [SourceTree.Whole()] };
        }

        context.Notes.Decide(
            "web root", root.Length == 0 ? "." : root, evidence, "build.document-root = \"…\"");
        if (root.Length == 0 && PackageJson.Read(context)?.Script("build") is { } script)
        {
            context.Notes.Add(StackProblems.BuildNotRun(PackageJson.FileName, script));
        }

        return new StackDraft
        {
            Collects = [From(root)],
            Start = Serve(context, "files are served by the agent"),
        };
    }

    /// <summary>A folder of the source as the whole of <c>/nua/app</c>.</summary>
    public static Collect From(string root) =>
        new(root.Length == 0 ? NuaPaths.Source : $"{NuaPaths.Source}/{root}", NuaPaths.App, LayerKind.Application)
        {
            Exclude = root.Length == 0 ? _notServed : [],
        };
}
