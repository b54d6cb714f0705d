namespace Nua.Agent.Templates;

/// <summary>The methods of texts and dictionaries that templates use; none of them changes its value.</summary>
internal static class Methods
{
    public static TemplateFunction? Of(object? target, string name) => target switch
    {
        string text => OfText(text, name),
        Dictionary<string, object?> map => OfDictionary(map, name),
        _ => null,
    };

    private static TemplateFunction? OfText(string text, string name) => name switch
    {
        "upper" or "lower" or "title" or "capitalize" or "replace" => arguments => Filters.Apply(name, text, arguments),
        "strip" => arguments => text.Trim(Set(arguments)),
        "lstrip" => arguments => text.TrimStart(Set(arguments)),
        "rstrip" => arguments => text.TrimEnd(Set(arguments)),
        "startswith" => arguments => text.StartsWith(arguments.Text(0, "prefix"), StringComparison.Ordinal),
        "endswith" => arguments => text.EndsWith(arguments.Text(0, "suffix"), StringComparison.Ordinal),
        "split" => arguments => Split(text, arguments),
        "splitlines" => _ => Lines(text),
        "join" => arguments => Joined(text, arguments),
        "isdigit" => _ => text.Length > 0 && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0,
        _ => null,
    };

    private static TemplateFunction? OfDictionary(Dictionary<string, object?> map, string name) => name switch
    {
        "items" => _ => Pairs(map),
        "keys" => _ => new List<object?>(map.Keys),
        "values" => _ => new List<object?>(map.Values),
        "get" =>
            arguments => map.TryGetValue(arguments.Text(0, "key"), out var value) ? value : arguments.Get(1, "default"),
        _ => null,
    };

    public static List<object?> Pairs(Dictionary<string, object?> map)
    {
        var pairs = new List<object?>(map.Count);
        foreach (var (key, value) in map)
        {
            pairs.Add(new List<object?> { key, value });
        }

        return pairs;
    }

    private static object? Joined(string separator, Arguments arguments) => Filters.Apply(
        "join", arguments.Get(0, "iterable"), new Arguments(arguments.State, arguments.Position, [separator], null));

    /// <summary>Null means white space, for .NET as for Python.</summary>
    private static char[]? Set(Arguments arguments) =>
        arguments.Get(0, "chars") is string set ? set.ToCharArray() : null;

    private static List<object?> Split(string text, Arguments arguments)
    {
        var limit = arguments.Integer(1, "maxsplit", -1);
        var count = limit < 0 ? int.MaxValue : (int)Math.Min(limit + 1, int.MaxValue);
        return arguments.Get(0, "sep") is string { Length: > 0 } separator
            ? [.. text.Split(separator, count)]
            : [.. text.Split((char[]?)null, count, StringSplitOptions.RemoveEmptyEntries)];
    }

    private static List<object?> Lines(string text)
    {
        var lines = new List<object?>(text.ReplaceLineEndings("\n").Split('\n'));
        if (lines.Count > 0 && lines[^1] is "")
        {
            lines.RemoveAt(lines.Count - 1);
        }

        return lines;
    }
}
