using System.Collections.Immutable;

namespace Nua.Testing.Hostile;

/// <summary>What other tools said to the corpus, as it was recorded: a line of versions, then <c>ID WORD WORD …</c>, sorted.</summary>
/// <param name="Versions">Names and versions of the tools, in the order of the words.</param>
public sealed record PeerRecord(string Versions, ImmutableSortedDictionary<string, IReadOnlyList<string>> Words)
{
    /// <summary>In the repository.</summary>
    public const string Path = "tests/Nua.Testing/Hostile/peers.txt";

    public static PeerRecord Read(string path)
    {
        var record = new PeerRecord("", ImmutableSortedDictionary.Create<string, IReadOnlyList<string>>(StringComparer.Ordinal));
        if (!File.Exists(path))
        {
            return record;
        }

        var lines = File.ReadAllLines(path);
        return lines.Skip(1).Select(line => line.Split(' ')).Aggregate(
            record with { Versions = lines[0] }, (so, words) => so.With(words[0], words[1..]));
    }

    public PeerRecord With(string id, IReadOnlyList<string> words) => this with { Words = Words.SetItem(id, words) };

    public void Write(string path) =>
        File.WriteAllLines(path, Words.Select(pair => $"{pair.Key} {string.Join(' ', pair.Value)}").Prepend(Versions));
}
