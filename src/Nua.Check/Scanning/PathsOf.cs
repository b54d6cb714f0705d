using System.Collections;

namespace Nua.Check.Scanning;

/// <summary>The absolute paths of entries, each made when it is asked for: all at once could be gigabytes.</summary>
internal sealed class PathsOf(IReadOnlyList<ScannedEntry> entries) : IReadOnlyList<string>
{
    public int Count => entries.Count;

    public string this[int index] => "/" + entries[index].Path;

    public IEnumerator<string> GetEnumerator() => entries.Select(entry => "/" + entry.Path).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
