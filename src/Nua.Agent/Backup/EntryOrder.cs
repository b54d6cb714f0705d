namespace Nua.Agent.Backup;

/// <summary>
/// Follows the order of a manifest: a folder comes before what is in it, a file before its hard links. An entry whose
/// folder is not open at that moment is refused, so that nothing can be reached through a link that another entry
/// plants.
/// </summary>
/// <param name="leave">Called for each folder when its last entry is over, innermost first.</param>
internal sealed class EntryOrder(Action<BackupEntry> leave)
{
    private readonly Stack<BackupEntry> _open = new();
    private readonly HashSet<string> _linked = new(StringComparer.Ordinal);

    /// <exception cref="Foundation.ProblemException">NUA6042; exit code 65.</exception>
    public void Enter(BackupEntry entry, BackupHeader header)
    {
        var parent = entry.Path[..Math.Max(0, entry.Path.LastIndexOf('/'))];
        while (_open.Count > 0 && _open.Peek().Path != parent)
        {
            leave(_open.Pop());
        }

        if (_open.Count == 0 && !IsVolume(parent, header))
        {
            throw Refusal.BackupDamaged(entry.Path, "its folder is not listed before it");
        }

        if (entry.Kind == EntryKind.Directory)
        {
            _open.Push(entry);
        }
        else if (entry.Kind == EntryKind.File && entry.Links > 1)
        {
            _linked.Add(entry.Path);
        }
        else if (entry.Kind == EntryKind.HardLink && (entry.Target is null || !_linked.Contains(entry.Target)))
        {
            throw Refusal.BackupDamaged(entry.Path, "it links to a file that is not listed before it");
        }
    }

    public void Finish()
    {
        while (_open.TryPop(out var entry))
        {
            leave(entry);
        }
    }

    private static bool IsVolume(string path, BackupHeader header)
    {
        foreach (var volume in header.Volumes)
        {
            if (path == $"{BackupFolder.Volumes}/{volume.Name}")
            {
                return true;
            }
        }

        return false;
    }
}
