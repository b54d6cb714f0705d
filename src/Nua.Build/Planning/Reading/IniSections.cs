namespace Nua.Build.Planning.Reading;

/// <summary>An INI file such as <c>setup.cfg</c>: sections, keys, and values that go on in indented lines.</summary>
internal sealed class IniSections
{
    private readonly Dictionary<(string Section, string Key), List<string>> _values = [];

    private IniSections()
    {
    }

    public static IniSections Read(string text)
    {
        var result = new IniSections();
        var section = "";
        List<string>? current = null;
        foreach (var raw in text.Split('\n'))
        {
            var line = raw.Trim();
            if (line.Length == 0 || line[0] is '#' or ';')
            {
                continue;
            }

            if (char.IsWhiteSpace(raw[0]))
            {
                current?.Add(line);
            }
            else if (line[0] == '[')
            {
                section = line.Trim('[', ']').Trim();
                current = null;
            }
            else if (line.IndexOfAny(['=', ':']) is > 0 and var sign)
            {
                current = result._values[(section, line[..sign].Trim().ToLowerInvariant())] = [];
                if (line[(sign + 1)..].Trim() is { Length: > 0 } value)
                {
                    current.Add(value);
                }
            }
        }

        return result;
    }

    public string? Value(string section, string key) => Lines(section, key) is [var only, ..] ? only : null;

    public IReadOnlyList<string> Lines(string section, string key) => _values.GetValueOrDefault((section, key)) ?? [];
}
