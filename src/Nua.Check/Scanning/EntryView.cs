using System.Collections;

namespace Nua.Check.Scanning;

/// <summary>What is told of entries, each made when it is asked for: all at once could be gigabytes.</summary>
internal sealed class EntryView<T>(IReadOnlyList<ScannedEntry> entries, Func<ScannedEntry, T> make) : IReadOnlyList<T>
{
    public int Count => entries.Count;

    public T this[int index] => make(entries[index]);

    public IEnumerator<T> GetEnumerator() => entries.Select(make).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
