using System.Text;
using System.Text.Json;

namespace Nua.Build.Sbom;

/// <summary>A tree's names, sorted, and bounded reads of its files. What cannot be read is as if it were not there: a package
/// whose description is broken is found by nothing, and its files show up as not attributed.</summary>
internal sealed class TreeIndex
{
    private const int MaxBytes = 64 << 20;
    private readonly IFileTree _tree;
    private readonly Dictionary<string, TreeEntry> _entries;

    public TreeIndex(IFileTree tree)
    {
        _tree = tree;
        _entries = tree.Entries.DistinctBy(e => e.Path, StringComparer.Ordinal).ToDictionary(e => e.Path, StringComparer.Ordinal);
        Paths = [.. _entries.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>All paths, in ordinal order.</summary>
    public IReadOnlyList<string> Paths { get; }

    public bool IsFile(string path) => _entries.TryGetValue(path, out var entry) && entry.Type == TreeEntryType.File;

    /// <summary>A file or link: what a package list counts as its own.</summary>
    public bool IsLeaf(string path) => _entries.TryGetValue(path, out var entry) && entry.Type != TreeEntryType.Folder;

    public byte[]? Bytes(string path)
    {
        if (!_entries.TryGetValue(path, out var entry) || entry.Type != TreeEntryType.File || entry.Size > MaxBytes)
        {
            return null;
        }

        try
        {
            using var stream = _tree.Open(path);
            var buffer = new byte[entry.Size];
            var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return read == buffer.Length ? buffer : buffer[..read];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The lines, without their ends; bytes that are not UTF-8 become U+FFFD. Empty when there is no such file.</summary>
    public IReadOnlyList<string> Lines(string path) =>
        Bytes(path) is { } bytes ? Encoding.UTF8.GetString(bytes).TrimStart('\ufeff').ReplaceLineEndings("\n").Split('\n') : [];

    /// <summary>The object in a JSON file; null when there is none.</summary>
    public JsonElement? Json(string path) => Bytes(path) is { } bytes ? JsonFacts.ParseObject(bytes) : null;
}
