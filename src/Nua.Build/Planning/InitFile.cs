using System.Text;
using Nua.Config;
using Nua.Foundation;

namespace Nua.Build.Planning;

/// <summary>
/// The commented <c>nua-config.toml</c> that <c>nua init</c> writes. What identifies the application is written out;
/// every decision is a comment that shows its line. Read back with the same folder it gives the same plan, but for the
/// reasons. Where only the author can decide, it is a form to fill in.
/// </summary>
public static class InitFile
{
    private const int Longest = 200;
    private const string Rest = """

        # [env]
        # NAME = "value"

        # [healthcheck]
        # http = "/"
        # interval = 10

        # What operators may rely on. Commands are shell lines run in /nua/app.
        # [lifecycle]
        # data-version = 1              # form of the data; raise it when that changes, not with every release
        # upgrade-from = 1              # oldest form that upgrade accepts
        # upgrade = "./migrate"         # brings data up to data-version, and empty data into being: the migrations of your framework
        # rollback = "./migrate --down" # and back, keeping what users wrote
        # rollback-to = 1
        # backup = "./dump"             # fills $NUA_BACKUP_DIR; without it the data is copied while the application is stopped
        # backup-mode = "hot"           # the command works beside the live application
        # restore = "./load"            # rebuilds data from $NUA_BACKUP_DIR
        # secrets = [{ name = "SECRET_KEY", generate = "hex:64" }]

        # How to see that data survived an upgrade or a restore.
        # [verify]
        # seed = [{ method = "POST", path = "/notes", body = "seed {seed}", capture = { id = "json:/id" } }]
        # check = [{ path = "/notes/{id}", contains = "seed {seed}" }]

        """;

    /// <summary>Problems of a plan that a filled-in form answers; anything else has to be mended first.</summary>
    public static bool CanAsk(IReadOnlyList<Problem> problems) =>
        problems.Any(problem => problem.Severity == Severity.Error)
        && problems.All(problem => problem.Severity != Severity.Error || PlanProblems.IsForAuthor(problem));

    /// <summary>The form for a folder that has no plan yet: what is not known, and the lines that say it.</summary>
    public static string ToFillIn(AppFolder folder, AppConfig config, IReadOnlyList<Problem> problems)
    {
        var app = IdentityPlan.Make(config, null, folder.Name, new PlanNotes());
        var text = new StringBuilder("# Nua cannot tell by itself how to package this application:\n");
        foreach (var problem in problems.Where(problem => problem.Severity == Severity.Error))
        {
            Comment(text, $"{problem.Code} {problem.What}{(problem.Why is { } why ? $": {why}" : "")}");
        }

        text.Append("# Fill in the lines after FILL IN: remove their # and write what is true. `nua plan` shows the result.\n\n");
        Metadata(text, app, config);
        Questions(text, OtherLanguage.Find(folder));
        text.Append("\n# [port.web]\n# container = 8080\n");
        text.Append(Rest);
        return text.ToString();
    }

    private static void Questions(StringBuilder text, OtherLanguage? language)
    {
        text.Append("\n[build]\n");
        text.Append("# FILL IN when it is one of these: dotnet, node, python, shell (start.sh), static (web pages)\n# stack = \"static\"\n");
        text.Append("# FILL IN otherwise: Debian packages to build with, and the commands; they run in a copy of this folder\n");
        if (language is { Commands.Count: > 0 })
        {
            Comment(text, $"({language.File} says {language.Name}: this is how that usually goes)");
        }

        text.Append($"# packages = {List(language?.BuildPackages ?? [])}\n");
        // Nothing to build is said by an empty list.
        var commands = language switch { { Commands: [], Start: null } or null => ["make"], _ => language.Commands };
        text.Append($"# build = {List(commands)}\n");

        text.Append("\n[run]\n# FILL IN: Debian packages that it needs to run, and the command that starts it, in /nua/app.\n");
        text.Append("# A service listens on the port in $PORT.\n");
        text.Append($"# packages = {List(language?.RunPackages ?? [])}\n");
        text.Append($"# start = {TomlText.Quote(language?.Start ?? "./my-application --port $PORT")}\n");
    }

    private static string List(IReadOnlyList<string> items) => $"[{string.Join(", ", items.Select(TomlText.Quote))}]";

    public static string FromPlan(BuildPlan plan)
    {
        var text = new StringBuilder();
        text.Append("# How Nua packages this application. Lines that begin with # show what Nua decides by itself:\n");
        text.Append("# remove the # and change the value to decide otherwise. `nua plan` shows the result.\n\n");
        Metadata(text, plan.App, plan.Config);
        Build(text, plan);
        Run(text, plan);
        Port(text, plan);
        text.Append(Rest);
        return text.ToString();
    }

    private static void Metadata(StringBuilder text, AppIdentity app, AppConfig config)
    {
        text.Append("[metadata]\n");
        text.Append($"id = {TomlText.Quote(app.Id)}\nversion = {TomlText.Quote(app.Version)}\ntitle = {TomlText.Quote(app.Title)}\n");
        text.Append(app.Release is { } release ? $"release = {release}\n" : "# release = 1\n");
        text.Append($"author = {TomlText.Quote(config.Metadata.Author ?? "unknown")}\n");
        text.Append("# description = \"…\"\n");
    }

    private static void Build(StringBuilder text, BuildPlan plan)
    {
        text.Append("\n[build]\n");
        Comment(text, string.Join(", ", plan.Stack.Evidence));
        var canForce = plan.Stack.Name is "static" or "node" or "python" or "dotnet" or "shell";
        text.Append(canForce ? $"stack = {TomlText.Quote(plan.Stack.Name)}\n" : "# stack = \"static\"\n");
        foreach (var tool in plan.Toolchains.Where(tool => tool.Name == "node"))
        {
            Comment(text, $"node {tool.Version}: {tool.Because}");
            text.Append($"# builder = {TomlText.Quote("node-" + Stacks.Node.NodeVersion.Major(tool.Version))}\n");
        }

        if (plan.BuildPackages.Count > 0)
        {
            Comment(text, "Debian packages for the build only: " + string.Join(' ', plan.BuildPackages));
        }

        text.Append("# packages = []\n");
        foreach (var phase in plan.Phases)
        {
            Comment(text, $"phase {phase.Name}, {(phase.Network ? "with" : "without")} network:");
            foreach (var step in phase.Steps)
            {
                Comment(text, "  " + step.Title);
            }
        }

        text.Append("# build = [\"…\"]            # instead of these phases\n");
        text.Append("# before-build = [\"…\"]     # before them, once dependencies are there\n");
        text.Append("# test = [\"…\"]             # in the finished image\n");
        if (plan.Start.StaticRoot is not null)
        {
            var root = plan.Collects[0].From.Length > NuaPaths.Source.Length && plan.Collects[0].From
                .StartsWith(NuaPaths.Source, StringComparison.Ordinal)
                ? plan.Collects[0].From[(NuaPaths.Source.Length + 1)..] : ".";
            text.Append($"# document-root = {TomlText.Quote(root)}\n# spa-fallback = {(plan.Start.SpaFallback ? "true" : "false")}\n");
        }
    }

    private static void Run(StringBuilder text, BuildPlan plan)
    {
        text.Append("\n[run]\n");
        if (plan.RunPackages.Count > 0)
        {
            Comment(text, "Debian packages in the image: " + string.Join(' ', plan.RunPackages));
        }

        text.Append("# packages = []\n");
        Comment(text, plan.Start.Because);
        var start = plan.Start.Argv.Count > 0 ? [ShellWords.Join(plan.Start.Argv)] : plan.Start.Shell;
        if (start.Count > 0)
        {
            text.Append(start.Count == 1 ? $"# start = {TomlText.Quote(start[0])}\n"
                : $"# start = [{string.Join(", ", start.Select(TomlText.Quote))}]\n");
        }
    }

    private static void Port(StringBuilder text, BuildPlan plan)
    {
        foreach (var port in plan.Ports)
        {
            text.Append($"\n# [port.{TomlText.Key(port.Name)}]\n# container = {port.Port}\n");
        }
    }

    private static void Comment(StringBuilder text, string comment)
    {
        var line = string.Concat(comment.Select(c => char.IsControl(c) ? ' ' : c));
        text.Append("# ").Append(line.Length > Longest ? line[..Longest] + "…" : line).Append('\n');
    }
}
