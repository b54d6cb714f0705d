using Nua.Check.Scanning;

namespace Nua.Check.Inspecting;

/// <summary>Which files of an image some component accounts for.</summary>
internal static class Attribution
{
    /// <summary>Records that package managers keep about themselves.</summary>
    private static readonly string[] _records = ["var/lib/dpkg", "var/lib/apt", "nua/metadata"];

    /// <summary>The files that neither the Debian database nor <c>files.json</c> gives to a component, in the order of their
    /// names.</summary>
    public static IReadOnlyList<ScannedEntry> Unattributed(CheckSubject subject)
    {
        var paths = subject.Tree.Paths;
        var attributed = subject.Files.Root.Items("files").Where(file => file.Text("component") is not null)
            .Select(file => paths.Find(file.Text("path"))).ToHashSet();
        return
        [
            .. from entry in subject.Tree.Entries
               where entry.IsFile && !attributed.Contains(entry.Data.Path) && !IsPackaged(subject, entry.Path)
               where !_records.Any(root => Rules.LayoutRules.IsAtOrBelow(entry.Path, root))
               select entry,
        ];
    }

    /// <summary>Packages say <c>/lib/x</c> where a merged <c>/usr</c> has <c>/usr/lib/x</c>.</summary>
    private static bool IsPackaged(CheckSubject subject, string path) =>
        subject.PackagePaths.Contains(path)
        || (path.StartsWith("usr/", StringComparison.Ordinal) && subject.PackagePaths.Contains(path["usr/".Length..]));
}
