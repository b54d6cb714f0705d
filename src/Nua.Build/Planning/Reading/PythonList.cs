namespace Nua.Build.Planning.Reading;

/// <summary>A list of texts that is given as a keyword argument in Python: <c>install_requires=["a", "b"]</c>.</summary>
/// <param name="Items">Null: a program computes it, so it is not known without running that.</param>
internal sealed record PythonList(IReadOnlyList<string>? Items)
{
    /// <summary>The first argument of that name, written out where it stands or in a variable of the module; null when
    /// there is none.</summary>
    public static PythonList? Argument(PythonSource source, string name)
    {
        foreach (var statement in source.Statements)
        {
            if (ValueOf(statement.Text, name) is { } value)
            {
                return new PythonList(Literal(value) ?? Variable(source, value));
            }
        }

        return null;
    }

    /// <summary>What stands behind <c>name=</c> or <c>name =</c>; null when nothing does.</summary>
    private static string? ValueOf(string text, string name)
    {
        for (var at = text.IndexOf(name, StringComparison.Ordinal); at >= 0; at = text.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            var rest = text[(at + name.Length)..].TrimStart();
            var isWord = at > 0 && (char.IsLetterOrDigit(text[at - 1]) || text[at - 1] is '_' or '.' or '"' or '\'');
            if (!isWord && rest.StartsWith('=') && !rest.StartsWith("==", StringComparison.Ordinal))
            {
                return rest[1..].TrimStart();
            }
        }

        return null;
    }

    /// <summary>Of a name that is assigned once and changed nowhere.</summary>
    private static IReadOnlyList<string>? Variable(PythonSource source, string value)
    {
        var end = 0;
        while (end < value.Length && (char.IsLetterOrDigit(value[end]) || value[end] == '_'))
        {
            end++;
        }

        var name = value[..end];
        var rest = value[end..].TrimStart();
        if (end == 0 || (rest.Length > 0 && rest[0] is not (',' or ')')))
        {
            return null;
        }

        var uses = source.Statements.Where(statement => statement.Text.StartsWith(name, StringComparison.Ordinal)
            && statement.Text.Length > end && !char.IsLetterOrDigit(statement.Text[end]) && statement.Text[end] != '_').ToList();
        return uses is [var only] && only.Indent == 0 && ValueOf(only.Text, name) is { } list ? Literal(list) : null;
    }

    /// <summary>Null when something else than texts is in it, or something is added behind it.</summary>
    private static List<string>? Literal(string value)
    {
        if (value.Length == 0 || value[0] is not ('[' or '('))
        {
            return null;
        }

        var items = new List<string>();
        var close = value[0] == '[' ? ']' : ')';
        for (var at = 1; at < value.Length; at++)
        {
            var c = value[at];
            if (c == close)
            {
                var rest = value[(at + 1)..].TrimStart();
                return rest.Length == 0 || rest[0] is ',' or ')' ? items : null;
            }

            if (c is '"' or '\'')
            {
                var end = value.IndexOf(c, at + 1);
                if (end < 0)
                {
                    return null;
                }

                items.Add(value[(at + 1)..end]);
                at = end;
            }
            else if (c is not (',' or ' '))
            {
                return null;
            }
        }

        return null;
    }
}
