namespace Nua.Config.Syntax;

/// <summary>Gathers the entries of one table and refuses a key that comes twice.</summary>
internal sealed class TableBuilder(Position position, ProblemLog log)
{
    private readonly List<ConfigEntry> _entries = [];
    private readonly Dictionary<string, Position> _seen = new(StringComparer.Ordinal);

    public void Add(string key, Position at, ConfigNode value)
    {
        if (_seen.TryGetValue(key, out var first))
        {
            log.Add(ConfigProblems.DuplicateKey(key, first.ToString()), at);
            return;
        }

        _seen.Add(key, at);
        _entries.Add(new ConfigEntry(key, at, value));
    }

    public TableNode Build() => new(position, _entries);
}
