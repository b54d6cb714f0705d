using Nua.Check.Scanning;

namespace Nua.Check.Rules;

/// <summary>How findings call things.</summary>
internal static class Words
{
    public static string Of(EntryKind kind) => kind switch
    {
        EntryKind.File => "file",
        EntryKind.Directory => "directory",
        EntryKind.Link => "symbolic link",
        EntryKind.HardLink => "hard link",
        EntryKind.CharacterDevice => "character device",
        EntryKind.BlockDevice => "block device",
        _ => "FIFO",
    };

    /// <summary>The paths of the first few, then how many more there are.</summary>
    public static string Some(IReadOnlyCollection<ScannedEntry> entries, int most) =>
        string.Join(", ", entries.Take(most).Select(entry => "/" + entry.Path)) + (entries.Count > most ? $" and {entries.Count - most} more" : "");

    /// <summary>The first few items, then how many more there are.</summary>
    public static string Some(IReadOnlyCollection<string> items, int most = 10) =>
        string.Join(", ", items.Take(most)) + (items.Count > most ? $" and {items.Count - most} more" : "");
}
