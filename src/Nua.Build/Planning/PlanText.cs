using System.Text;
using Nua.Config;
using Nua.Foundation;

namespace Nua.Build.Planning;

/// <summary>A plan for people: what will be built, and for each decision why and which line decides
/// otherwise.</summary>
public static class PlanText
{
    private const int Longest = 400;
    private const int Column = 12;

    public static string Write(BuildPlan plan)
    {
        var text = new StringBuilder();
        text.Append($"{Show(plan.App.Title)} {Show(plan.App.Version)} becomes {Show(plan.App.ImageName)}:{Show(plan.App.ImageTag)}\n");
        text.Append('\n');
        Row(text, "stack", $"{plan.Stack.Name} ({Shown(plan.Stack.Evidence)})");
        Row(text, "source", Source(plan.Source));
        Row(text, "base", plan.BaseReference is null ? "Debian stable, from its packages" : Show(plan.BaseReference));
        List(text, "packages", plan.RunPackages);
        List(text, "to build", plan.BuildPackages);
        foreach (var tool in plan.Toolchains)
        {
            Row(text, tool.Name,
                $"{Show(tool.Version)}{(tool.InImage ? "" : ", to build only")} ({Show(tool.Because)})");
        }

        Phases(text, plan);
        Start(text, plan);
        foreach (var file in plan.PackagerFiles)
        {
            Row(text, "file", $"{Show(file.Source)} → {Show(file.Target)}");
        }

        Row(text, "layers", string.Join(" · ", Layers(plan)));
        Decisions(text, plan.Decisions);
        return text.ToString();
    }

    private static void Phases(StringBuilder text, BuildPlan plan)
    {
        if (plan.Stack.Name == StackChoice.Pending)
        {
            var asked = plan.Config.Build.PipInstall;
            Row(text, "build", "decided when the source is there" + (asked.Count == 0 ? "" : $", with pip install {Shown(asked)}"));
        }
        else if (plan.Phases.Count == 0)
        {
            Row(text, "build", "nothing to run: files are taken as they are");
        }

        foreach (var phase in plan.Phases)
        {
            var network = phase.Network ? "with network" : "no network";
            var again = phase.Inputs is null ? "" : phase.Inputs.Count == 0 ? "; kept until its commands change"
                : $"; kept until {Shown(phase.Inputs)} change";
            Row(text, "build", $"{Show(phase.Name)} ({network}{again})");
            foreach (var step in phase.Steps)
            {
                Row(text, "", "$ " + Show(step.Title));
            }
        }
    }

    private static void Start(StringBuilder text, BuildPlan plan)
    {
        var start = plan.Start;
        if (start.StaticRoot is { } root)
        {
            Row(text, "start",
                $"the agent serves {Show(root)}{(start.SpaFallback ? ", unknown paths as index.html" : "")}");
        }
        else if (start.Argv.Count > 0)
        {
            Row(text, "start", Show(ShellWords.Join(start.Argv)));
        }

        foreach (var line in start.Shell)
        {
            Row(text, "start", "sh: " + Show(line));
        }

        if (start.WorkDir != NuaPaths.App)
        {
            Row(text, "in", Show(start.WorkDir));
        }

        foreach (var port in plan.Ports)
        {
            Row(text, "port", $"{Show(port.Name)} {port.Port}/{port.Protocol}");
        }

        foreach (var volume in plan.Config.Volumes)
        {
            Row(text, "volume", $"{Show(volume.Target)} ({Show(volume.Type)})");
        }

        foreach (var entry in plan.Config.Env.Where(entry => entry.Dynamic is not null))
        {
            Row(text, "setting", $"{Show(entry.Name)}: {Show(Asked(entry.Dynamic!))}");
        }

        foreach (var (name, value) in plan.StackEnv)
        {
            Row(text, "env", $"{name}={Show(value)}");
        }

        foreach (var line in plan.Test)
        {
            Row(text, "test", Show(line));
        }
    }

    private static string Asked(DynamicValue value) => value switch
    {
        { Kind: "key", From: { Length: > 0 } from } => $"{value.Key} of {from}",
        { Kind: "key" } => $"{value.Key} of the application",
        { Kind: "random" } => "generated",
        { Kind: "external_ip" } => "the machine's address",
        { Kind: "unique_db" or "unique_user" } => "a name of its own",
        _ => "given by the operator",
    };

    private static void Decisions(StringBuilder text, IReadOnlyList<Decision> decisions)
    {
        text.Append("\nWhy, and what to write in nua-config.toml to decide otherwise:\n");
        foreach (var decision in decisions)
        {
            text.Append($"\n  {Show(decision.Subject)}: {Show(decision.Value)}\n    {Show(decision.Because)}\n");
            if (decision.Override is { } line)
            {
                text.Append($"    or: {Show(line)}\n");
            }
        }
    }

    /// <summary>In the order of the image; a layer without content is not made.</summary>
    private static IEnumerable<string> Layers(BuildPlan plan)
    {
        yield return "base";
        if (plan.RunPackages.Count > 0)
        {
            yield return "packages";
        }

        yield return "runtime";
        if (plan.Collects.Any(collect => (collect.Layer == LayerKind.Dependencies && !collect.Optional)
            || (collect.Dependencies.Count > 0 && plan.Phases.Count > 0)))
        {
            yield return "dependencies";
        }

        yield return "application";
        yield return "metadata";
    }

    private static string Source(SourceSpec source) => source switch
    {
        SourceSpec.Folder { Subfolder: null } => "this folder",
        SourceSpec.Folder folder => "this folder, " + Show(folder.Subfolder!),
        SourceSpec.Archive archive => Show(archive.Address) + (archive.Sha256 is null ? " (no checksum given)"
            : " (checksum given)"),
        SourceSpec.Git git => $"{Show(git.Address)}, branch {Show(git.Branch)}",
        _ => "",
    };

    private static void List(StringBuilder text, string label, IReadOnlyList<string> items)
    {
        if (items.Count > 0)
        {
            Row(text, label, string.Join(' ', items.Select(Show)));
        }
    }

    private static void Row(StringBuilder text, string label, string value) =>
        text.Append("  ").Append(label.PadRight(Column)).Append(' ').Append(value).Append('\n');

    private static string Shown(IEnumerable<string> items) => string.Join(", ", items.Select(Show));

    private static string Show(string text) => Printable.Escape(text, Longest);
}
