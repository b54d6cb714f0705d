using Nua.Config.Syntax;

namespace Nua.Config.Binding;

/// <summary>A value under a name that is the author's own: a variable, a port, an engine option. Names are kept byte
/// for byte.</summary>
/// <param name="Path">Where it was written, from the top.</param>
internal sealed record NamedValue(string Name, string Path, Position At, ConfigNode Value);

/// <summary>A table of such values, which takes in what old files wrote elsewhere.</summary>
internal sealed class NamedValues(string path, ProblemLog log)
{
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly List<NamedValue> _values = [];

    public string Path { get; } = path;

    public IReadOnlyList<NamedValue> Values => _values;

    /// <summary>Whether the section is there, even if empty.</summary>
    public bool IsGiven { get; private set; }

    /// <summary>The values of a table; anything else is reported.</summary>
    public void Open(Field? field)
    {
        if (field is null)
        {
            return;
        }

        IsGiven = true;
        if (field.Value is not TableNode table)
        {
            log.Add(ConfigProblems.WrongType(field.Path, "a table", field.Value.Kind), field.Value.Position);
            return;
        }

        foreach (var entry in table.Entries)
        {
            Add(new NamedValue(entry.Key, $"{field.Path}.{entry.Key}", entry.Position, entry.Value));
        }
    }

    /// <summary>Adds a value that stood elsewhere, with a note, unless the name is taken.</summary>
    public void Move(NamedValue old)
    {
        if (!_index.ContainsKey(old.Name))
        {
            log.Add(ConfigProblems.OldSpelling(old.Path, $"{Path}.{old.Name}"), old.At);
        }

        Add(old);
    }

    /// <summary>Adds a value. The name given first wins.</summary>
    public void Add(NamedValue value)
    {
        IsGiven = true;
        if (_index.TryAdd(value.Name, _values.Count))
        {
            _values.Add(value);
            return;
        }

        log.Add(ConfigProblems.OldSpellingLoses(value.Path, $"{Path}.{value.Name}"), value.At);
    }

    public bool Has(string name) => _index.ContainsKey(name);

    public TableNode ToTable(Func<NamedValue, bool> isKept) =>
        new(default, [.. _values.Where(isKept).Select(value => new ConfigEntry(value.Name, value.At, value.Value))]);
}
