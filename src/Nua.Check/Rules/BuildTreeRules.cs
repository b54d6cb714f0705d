using System.Text.Json;
using Nua.Check.Scanning;
using Nua.Foundation;

namespace Nua.Check.Rules;

/// <summary>NUA-B: nothing of the build is left.</summary>
internal static class BuildTreeRules
{
    private const string Section = "image-specification.md, section 2";
    private const string BuildTree = "nua/build";

    public static IReadOnlyList<Rule> All { get; } =
    [
        new("NUA-B01", Severity.Error,
            "No layer holds `/nua/build` or anything below it, deleted by a later layer or not.",
            Section, "build with 'nua build', which never puts the build tree in a layer; deleting it later leaves it in the layer below",
            NoBuildTree),
        new("NUA-B02", Severity.Error,
            "Nothing that takes part in running mentions `/nua/build`: not the image configuration, the `runtime` section, "
            + "the scripts, an interpreter line or a link's target.",
            Section, "write /nua/app/… where /nua/build/src/… stands", NoMention),
        new("NUA-B03", Severity.Error,
            "A package that `build.json` lists for the build only is not installed in the image.",
            Section, "list the package in run.packages if the application needs it; otherwise rebuild",
            NoBuildPackages),
    ];

    private static IEnumerable<Violation> NoBuildTree(CheckSubject subject) =>
        from layer in subject.Layers
        let inside = layer.Entries.Where(e => LayoutRules.IsAtOrBelow(e.Path, BuildTree)).ToList()
        where inside.Count > 0
        select Violation.At(inside[0],
        $"the layer has {inside.Count} {(inside.Count == 1 ? "entry" : "entries")} of the build tree"
            + (subject.Tree.Has(BuildTree) ? "" : ", deleted by a later layer"));

    private static IEnumerable<Violation> NoMention(CheckSubject subject)
    {
        foreach (var (place, text) in ConfigurationTexts(subject))
        {
            if (Mentions(text))
            {
                yield return new Violation("it refers to /nua/build, which is not in the image", place);
            }
        }

        foreach (var entry in subject.Tree.EntriesBelow("nua"))
        {
            if (entry.Facts?.Interpreter is { } line && Mentions(line))
            {
                yield return Violation.At(entry, "its first line names an interpreter below /nua/build");
            }
            else if (entry.Kind == EntryKind.Link && Mentions(entry.Target))
            {
                yield return Violation.At(entry, "the link leads below /nua/build");
            }
        }

        foreach (var verb in subject.Verbs.Where(
            v => v.Text is not null && Mentions(v.Text) && !Mentions(v.Entry!.Facts!.Interpreter!)))
        {
            yield return Violation.At(verb.Entry!, "the script refers to /nua/build, which is not in the image");
        }
    }

    private static IEnumerable<(string Place, string Text)> ConfigurationTexts(CheckSubject subject)
    {
        var run = subject.Run;
        IEnumerable<(string, string)> texts =
        [
            .. run.Env.Select(text => ("config: Env", text)),
            .. (run.Entrypoint ?? []).Select(text => ("config: Entrypoint", text)),
            .. (run.Cmd ?? []).Select(text => ("config: Cmd", text)),
            ("config: WorkingDir", run.WorkingDir ?? ""),
        ];
        return subject.Runtime is { ValueKind: JsonValueKind.Object } runtime
            ? texts.Concat(JsonMembers.AllTexts(runtime, "/nua/metadata/nua-config.json: runtime"))
            : texts;
    }

    private static bool Mentions(string text)
    {
        var at = text.IndexOf("/nua/build", StringComparison.Ordinal);
        return at >= 0 && (at + 10 == text.Length
            || !(char.IsAsciiLetterOrDigit(text[at + 10]) || text[at + 10] is '-' or '_' or '.'));
    }

    private static IEnumerable<Violation> NoBuildPackages(CheckSubject subject)
    {
        var packages = subject.Build.Root.Items("packages").ToList();
        var atRun = packages.Where(p => p.Text("scope") is "run" or "base").Select(p => p.Text("name"))
            .ToHashSet(StringComparer.Ordinal);
        var onlyBuild = packages.Where(p => p.Text("scope") == "build" && !atRun.Contains(p.Text("name")))
            .Select(p => p.Text("name")).ToHashSet(StringComparer.Ordinal);
        return from installed in subject.Installed
               where installed.Component.Ecosystem == "deb" && onlyBuild.Contains(installed.Component.Name)
               select new Violation($"the build package '{installed.Component.Name}' is installed", "/"
               + installed.Record);
    }
}
