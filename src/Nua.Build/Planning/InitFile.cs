using System.Text;
using Nua.Config;

namespace Nua.Build.Planning;

/// <summary>
/// The commented <c>nua-config.toml</c> that <c>nua init</c> writes. What identifies the application is written out;
/// every decision is a comment that shows its line. Read back with the same folder it gives the same plan, but for the
/// reasons.
/// </summary>
public static class InitFile
{
    private const int Longest = 200;

    public static string FromPlan(BuildPlan plan)
    {
        var text = new StringBuilder();
        text.Append("# How Nua packages this application. Lines that begin with # show what Nua decides by itself:\n");
        text.Append("# remove the # and change the value to decide otherwise. `nua plan` shows the result.\n\n");
        text.Append("[metadata]\n");
        text.Append($"id = {TomlText.Quote(plan.App.Id)}\nversion = {TomlText.Quote(plan.App.Version)}\ntitle = {TomlText.Quote(plan.App.Title)}\n");
        text.Append(plan.App.Release is { } release ? $"release = {release}\n" : "# release = 1\n");
        text.Append(plan.Config.Metadata.Author is { } author ? $"author = {TomlText.Quote(author)}\n"
            : "author = \"unknown\"\n");
        text.Append("# description = \"…\"\n");
        Build(text, plan);
        Run(text, plan);
        Port(text, plan);
        text.Append("\n# [env]\n# NAME = \"value\"\n");
        text.Append("\n# [healthcheck]\n# http = \"/\"\n# interval = 10\n");
        return text.ToString();
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
