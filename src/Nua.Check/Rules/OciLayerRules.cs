using Nua.Check.Scanning;
using Nua.Foundation;

namespace Nua.Check.Rules;

/// <summary>OCI rules about what is in the layers. Most are found while a layer is read.</summary>
internal static class OciLayerRules
{
    private const string LayerPage = "image-spec 1.1, layer.md";
    private const string MakeAgain = "make the layer again with a tool that keeps the rule; 'nua build' does";

    public static IReadOnlyList<Rule> All { get; } =
    [
        WhileReading("OCI-09", Severity.Error,
            "Every layer unpacks: its compression and its tar structure are whole, nothing follows the end."),
        WhileReading("OCI-10", Severity.Error, "No layer has the same path twice."),
        WhileReading("OCI-11", Severity.Error,
            "No entry's path is absolute, leads upwards, or is the root in another form than a directory."),
        WhileReading("OCI-12", Severity.Warning,
            "Every parent directory of an entry is in the same layer or a lower one, and is a directory."),
        WhileReading("OCI-13", Severity.Error,
            "A whiteout is an empty regular file that names one sibling, or the opaque mark; other uses of `.wh.` are refused."),
        WhileReading("OCI-14", Severity.Error, "The target of a hard link is a file earlier in the same layer."),
        WhileReading("OCI-15", Severity.Warning,
            "All names of a hard-linked file carry the same mode, owner and time in their headers: runtimes disagree on which one wins."),
        OciDocumentRules.ForEvery("OCI-16", Severity.Warning, "Layers hold no device nodes or FIFOs.",
            LayerPage, "leave them out: engines provide /dev", NoDevices),
        OciDocumentRules.ForEvery("OCI-17", Severity.Error,
            "No entry carries `trusted.overlay.*` or `user.overlay.*` attributes: they would steer the file system that mounts the layer.",
            LayerPage,
            "do not trust this image; make the layer from a merged tree, not from an overlay's upper directory",
            NoOverlayAttributes),
        WhileReading("OCI-18", Severity.Warning, "A whiteout hides something that a lower layer has."),
        .. OciDocumentRules.Run,
        WhileReading("OCI-25", Severity.Warning, "A layer's tar ends with two zero blocks."),
        OciDocumentRules.ForEvery("OCI-26", Severity.Note,
            "Programs that are setuid or setgid or have file capabilities are listed.",
            LayerPage, "remove the packages that have them, if nothing needs them; run with no-new-privileges",
            PrivilegedPrograms),
        OciDocumentRules.ForEvery("OCI-27", Severity.Warning,
            "Nothing is writable by everybody, directories with the sticky bit excepted.",
            LayerPage, "remove the write bit for others", NothingWritableByAll),
        OciDocumentRules.ForEvery(
            "OCI-28", Severity.Note, "Owners of files that `/etc/passwd` does not know are listed.",
            LayerPage, "give the files to 0:0, or add the user to /etc/passwd", UnknownOwners),
        OciDocumentRules.ForEvery("OCI-29", Severity.Error,
            "The image stays within the checker's limits on entries, sizes and depths; what lies beyond them was not looked at.",
            LayerPage, "make the image smaller; an honest image stays far below the limits", s => Faults(s, "OCI-29")),
        WhileReading("OCI-30", Severity.Error,
            "Every entry can be unpacked: its parents are directories of the image or links to such, and it is no device beyond the usual ones of `/dev`."),
    ];

    /// <summary>What reading the layers said about a rule.</summary>
    public static IEnumerable<Violation> Faults(CheckSubject subject, string ruleId) =>
        from layer in subject.Layers
        from fault in layer.Faults
        where fault.RuleId == ruleId
        select new Violation(fault.What, fault.Path, layer.Index);

    private static Rule WhileReading(string id, Severity severity, string title) =>
        OciDocumentRules.ForEvery(id, severity, title, LayerPage, MakeAgain, subject => Faults(subject, id));

    private static IEnumerable<Violation> NoDevices(CheckSubject subject) =>
        from entry in subject.Layers.SelectMany(layer => layer.Entries)
        where entry.Kind is EntryKind.CharacterDevice or EntryKind.BlockDevice or EntryKind.Fifo
        where !(subject.IsNuaImage && LayoutRules.IsAtOrBelow(entry.Path, "nua"))
        select Violation.At(entry, $"it is a {Words.Of(entry.Kind)}");

    private static IEnumerable<Violation> NoOverlayAttributes(CheckSubject subject) =>
        from entry in subject.Layers.SelectMany(layer => layer.Entries)
        from name in entry.Attributes
        where name.StartsWith("trusted.overlay.", StringComparison.Ordinal)
        || name.StartsWith("user.overlay.", StringComparison.Ordinal)
        select Violation.At(entry, $"it carries the attribute {name}");

    private static IEnumerable<Violation> PrivilegedPrograms(CheckSubject subject)
    {
        var programs = subject.Tree.Entries
            .Where(e => e.IsPrivileged && !(subject.IsNuaImage && LayoutRules.IsAtOrBelow(e.Path, "nua"))).ToList();
        if (programs.Count > 0)
        {
            yield return new Violation(
                $"{programs.Count} {(programs.Count == 1 ? "program has" : "programs have")} more rights than the caller: {Words.Some(programs, 10)}");
        }
    }

    private static IEnumerable<Violation> NothingWritableByAll(CheckSubject subject) =>
        from entry in subject.Tree.Entries
        where entry.IsFile || entry.Kind == EntryKind.Directory
        where (entry.Mode & 0x02) != 0 && !(entry.Kind == EntryKind.Directory && (entry.Mode & 0x200) != 0)
        where !(subject.IsNuaImage && LayoutRules.IsAtOrBelow(entry.Path, "nua"))
        select Violation.At(entry, $"its mode is {entry.ModeText}");

    private static IEnumerable<Violation> UnknownOwners(CheckSubject subject)
    {
        var known = OciDocumentRules.Lines(subject, "etc/passwd").Select(fields => fields[2])
            .ToHashSet(StringComparer.Ordinal);
        if (known.Count == 0)
        {
            yield break;
        }

        foreach (var owner in subject.Tree.Entries.Where(entry => !known.Contains(entry.Uid.ToString()))
            .GroupBy(entry => entry.Uid))
        {
            yield return new Violation(
                $"uid {owner.Key} has no entry in /etc/passwd and owns {Words.Some([.. owner], 3)}");
        }
    }
}
