using Nua.Config.Catalogue;
using Nua.Config.Syntax;
using Nua.Foundation;

namespace Nua.Config.Binding;

/// <summary>One entry of a table on its way into the model.</summary>
/// <param name="Key">The modern key.</param>
/// <param name="Path">How the author wrote it, from the top: <c>build.src_url</c>.</param>
internal sealed record Field(string Key, string Path, Position At, ConfigNode Value);

/// <summary>
/// The entries of one table with keys of the schema. Keys are folded (case and <c>_</c> do not count), old spellings
/// of the same table are renamed, nulls are absent. Whoever takes a value checks it; what nobody took is unknown in
/// the end.
/// </summary>
internal sealed partial class Fields
{
    private readonly Dictionary<string, Field> _fields = new(StringComparer.Ordinal);

    private readonly List<(Field Field, string Modern)> _renamed = [];

    private Fields(KeyGroup group, string path, Position position, ProblemLog log)
    {
        Group = group;
        Path = path;
        Position = position;
        Log = log;
    }

    public KeyGroup Group { get; }

    /// <summary>Empty at the top, else such as <c>provider[0].build</c>.</summary>
    public string Path { get; }

    public Position Position { get; }

    public ProblemLog Log { get; }

    public bool IsEmpty => _fields.Count == 0;

    /// <summary>What has not been taken.</summary>
    public IReadOnlyCollection<Field> Left => _fields.Values;

    public static Fields Open(ConfigNode node, KeyGroup group, string path, ProblemLog log)
    {
        var fields = new Fields(group, path, node.Position, log);
        if (node is TableNode table)
        {
            foreach (var entry in table.Entries)
            {
                fields.Add(entry);
            }

            // Only now is it known whether the modern spelling is there too.
            fields._renamed.ForEach(old => fields.Move(old.Field, old.Modern));
        }
        else if (node is not ScalarNode { Scalar: ScalarKind.Null })
        {
            log.Add(ConfigProblems.WrongType(path, "a table", node.Kind), node.Position);
        }

        return fields;
    }

    public static Fields Empty(KeyGroup group, string path, ProblemLog log) => new(group, path, default, log);

    public string PathOf(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    public bool Has(string key) => _fields.ContainsKey(key);

    public Field? Peek(string key) => _fields.GetValueOrDefault(key);

    public Field? Take(string key) => _fields.Remove(key, out var field) ? field : null;

    /// <summary>Puts a value that follows from another one.</summary>
    public void Put(Field field) => _fields[field.Key] = field;

    /// <summary>Puts a value that stood elsewhere under <paramref name="key"/>; what the file already says there
    /// wins.</summary>
    public void Move(Field field, string key)
    {
        var modern = PathOf(key);
        if (Has(key))
        {
            Log.Add(ConfigProblems.OldSpellingLoses(field.Path, modern), field.At);
            return;
        }

        Log.Add(ConfigProblems.OldSpelling(field.Path, modern), field.At);
        _fields.Add(key, field with { Key = key });
    }

    /// <summary>Reports every key that was not taken: unknown ones with a suggestion, retired ones with the
    /// reason.</summary>
    public void Close()
    {
        foreach (var field in _fields.Values)
        {
            if (Group.Find(field.Key) is { IsWritten: true })
            {
                continue;
            }

            if (RetiredKeys.All.TryGetValue($"{Group.Name}.{field.Key}", out var reason))
            {
                Log.Add(ConfigProblems.Retired(field.Path, reason), field.At);
                continue;
            }

            Log.Add(Unknown(field), field.At);
        }

        _fields.Clear();
    }

    private Problem Unknown(Field field)
    {
        if (Log.IsFull)
        {
            return ConfigProblems.UnknownKey(field.Path, null, null);
        }

        var known = Group.Keys.Where(key => !key.IsWritten).Select(key => key.Name);
        var near = Suggestion.Nearest(field.Key, known);
        var elsewhere = ConfigCatalogue.Root.Keys.FirstOrDefault(section =>
            section.Shape == ValueShape.Table && section.Name != Path
            && section.Inside!.Find(field.Key) is { IsWritten: false });
        return Path.Length == 0
            ? ConfigProblems.UnknownSection(field.Path, near)
            : ConfigProblems.UnknownKey(field.Path, near, elsewhere is null ? null : $"{elsewhere.Name}.{field.Key}");
    }

    private void Add(ConfigEntry entry)
    {
        var written = PathOf(entry.Key);
        if (entry.Value is ScalarNode { Scalar: ScalarKind.Null })
        {
            return;
        }

        var known = Group.Find(entry.Key);
        var key = known?.Name ?? KeyGroup.Fold(entry.Key);
        var field = new Field(key, written, entry.Position, entry.Value);
        if (known is null && Group.FindOld(key) is { } modern)
        {
            _renamed.Add((field, modern.Name));
            return;
        }

        if (!_fields.TryGetValue(key, out var other))
        {
            _fields.Add(key, field);
            return;
        }

        // Two spellings of one key: the modern one wins wherever it stands, else the first.
        var modernWins = entry.Key == key;
        var (kept, dropped) = modernWins ? (field, other) : (other, field);
        Log.Add(ConfigProblems.TwoSpellings(dropped.Path, kept.Path), dropped.At);
        _fields[key] = kept;
    }
}
