namespace Nua.Config.Catalogue;

/// <summary>What a key may hold.</summary>
public enum ValueShape
{
    Text,

    /// <summary>A list of texts only.</summary>
    Texts,

    /// <summary>One text or a list of texts; one text is a list of one.</summary>
    TextOrTexts,
    Integer,
    Integers,
    Flag,

    /// <summary>An integer, or a dynamic value such as <c>{ key = "WEB_PORT" }</c>.</summary>
    IntegerOrDynamic,

    /// <summary>One table with the keys of <see cref="ConfigKey.Inside"/>.</summary>
    Table,

    /// <summary>Text, or a table with the keys of <see cref="ConfigKey.Inside"/>.</summary>
    TextOrTable,

    /// <summary>A list of such tables.</summary>
    Tables,

    /// <summary>A table whose keys are names of the author's, each holding such a table.</summary>
    NamedTables,

    /// <summary>A table of variables: text, number, boolean, list or dynamic value.</summary>
    Variables,

    /// <summary>A table whose keys are data.</summary>
    Free,
}

/// <summary>One key of the configuration: the single place that says what it is called, what it holds and what it
/// means. Reader, suggestions, JSON schema and reference page all come from it.</summary>
/// <param name="Name">The modern spelling, kebab-case.</param>
/// <param name="About">One or two sentences for the reference page, Markdown.</param>
public sealed record ConfigKey(string Name, ValueShape Shape, string About)
{
    /// <summary>A value as TOML writes it.</summary>
    public string Example { get; init; } = "";

    /// <summary>An error when absent.</summary>
    public bool IsRequired { get; init; }

    public int? Minimum { get; init; }
    public int? Maximum { get; init; }

    /// <summary>The only values allowed; empty when free.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Old spellings, <c>section.key</c>, still read with a note.</summary>
    public IReadOnlyList<string> Old { get; init; } = [];

    /// <summary>Not in the original format.</summary>
    public bool IsOurs { get; init; }

    /// <summary>Found in files that programs wrote. Accepted without a word, without effect.</summary>
    public bool IsWritten { get; init; }

    public KeyGroup? Inside { get; init; }
}

/// <summary>The keys that may stand in one table.</summary>
public sealed record KeyGroup(string Name, string About, IReadOnlyList<ConfigKey> Keys)
{
    private Dictionary<string, ConfigKey>? _byName;
    private Dictionary<string, ConfigKey>? _byOldName;

    /// <summary>The modern form of a key as written: lower case, hyphens.</summary>
    public static string Fold(string key)
    {
        foreach (var c in key)
        {
            if (c is '_' or (>= 'A' and <= 'Z'))
            {
                return key.ToLowerInvariant().Replace('_', '-');
            }
        }

        return key;
    }

    /// <summary>The key, or null when the group has none of that name. Case and <c>_</c> for <c>-</c> do not
    /// count.</summary>
    public ConfigKey? Find(string name)
    {
        _byName ??= Keys.ToDictionary(key => Fold(key.Name), StringComparer.Ordinal);
        return _byName.GetValueOrDefault(Fold(name));
    }

    /// <summary>The key that once had this name in the same group, or null.</summary>
    public ConfigKey? FindOld(string name)
    {
        if (_byOldName is null)
        {
            _byOldName = new Dictionary<string, ConfigKey>(StringComparer.Ordinal);
            foreach (var key in Keys)
            {
                foreach (var old in key.Old.Where(old => old.StartsWith(Name + '.', StringComparison.Ordinal)))
                {
                    _byOldName[Fold(old[(Name.Length + 1)..])] = key;
                }
            }
        }

        return _byOldName.GetValueOrDefault(Fold(name));
    }
}
