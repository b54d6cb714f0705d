namespace Nua.Build.Planning;

/// <summary>A bracket expression of an ignore pattern: <c>[a-z_]</c>, negated by <c>^</c>; a backslash takes the next
/// character as it is.</summary>
internal sealed class CharacterClass
{
    private readonly List<(char From, char To)> _ranges = [];
    private bool _isNegated;

    private CharacterClass()
    {
    }

    public bool Contains(char c) => _ranges.Exists(range => c >= range.From && c <= range.To) != _isNegated;

    /// <summary>Reads from the opening bracket; <paramref name="at"/> ends on the closing one. Null when it never
    /// closes.</summary>
    public static CharacterClass? Parse(string text, ref int at)
    {
        var set = new CharacterClass();
        var i = at + 1;
        if (i < text.Length && text[i] == '^')
        {
            set._isNegated = true;
            i++;
        }

        while (i < text.Length && (text[i] != ']' || set._ranges.Count == 0))
        {
            if (One(text, ref i) is not { } from)
            {
                return null;
            }

            var to = from;
            if (i + 1 < text.Length && text[i] == '-' && text[i + 1] != ']')
            {
                i++;
                if (One(text, ref i) is not { } end || end < from)
                {
                    return null;
                }

                to = end;
            }

            set._ranges.Add((from, to));
        }

        at = i;
        return i < text.Length ? set : null;
    }

    private static char? One(string text, ref int i)
    {
        if (text[i] == '\\')
        {
            i++;
        }

        return i < text.Length && text[i] is not ('-' or ']') ? text[i++] : null;
    }
}
