using System.Collections;
using Nua.Check.Scanning;
using Nua.Oci.Paths;

namespace Nua.Check.Comparing;

/// <summary>The files that differ between two trees which share their <see cref="PathTable"/>. Only numbers are kept; a change is made when it
/// is asked for.</summary>
internal sealed class FileComparison : IReadOnlyList<FileChange>
{
    private readonly MergedTree _before;
    private readonly MergedTree _after;
    private readonly List<int> _paths = [];

    public FileComparison(MergedTree before, MergedTree after)
    {
        (_before, _after) = (before, after);
        _paths.AddRange(before.PathsWith(after).Where(path => What(path).Length > 0));
    }

    public int Count => _paths.Count;

    public FileChange this[int index] => Change(_paths[index]);

    public IEnumerator<FileChange> GetEnumerator() => _paths.Select(Change).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private FileChange Change(int path) =>
        new("/" + _before.Paths.Path(path), What(path), Size(_before.At(path)), Size(_after.At(path)));

    /// <summary>Empty when nothing differs.</summary>
    private string What(int path) => (_before.At(path), _after.At(path)) switch
    {
        (null, null) => "",
        (null, _) => "added",
        (_, null) => "removed",
        var (old, now) => Difference(old, now),
    };

    private static long Size(ScannedEntry? entry) => entry is { IsFile: true } ? entry.Size : 0;

    private static string Difference(ScannedEntry old, ScannedEntry now)
    {
        var parts = new List<string>();
        if (old.IsFile != now.IsFile || (!old.IsFile && old.Kind != now.Kind))
        {
            parts.Add("type");
        }
        else if (old.IsFile && old.Sha256 != now.Sha256)
        {
            parts.Add("content");
        }
        else if (old.Kind == EntryKind.Link && old.Target != now.Target)
        {
            parts.Add("target");
        }

        if (old.Mode != now.Mode && old.Kind != EntryKind.Link)
        {
            parts.Add($"mode {old.ModeText} → {now.ModeText}");
        }

        if (old.Uid != now.Uid || old.Gid != now.Gid)
        {
            parts.Add($"owner {old.Uid}:{old.Gid} → {now.Uid}:{now.Gid}");
        }

        if (!old.Attributes.SequenceEqual(now.Attributes))
        {
            parts.Add("attributes");
        }

        return string.Join(", ", parts);
    }
}
