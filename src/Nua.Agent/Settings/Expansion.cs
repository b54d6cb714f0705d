using System.Text;

namespace Nua.Agent.Settings;

/// <summary>
/// Replaces <c>$NAME</c> and <c>${NAME}</c> of known variables in an argument. Anything else is left as it stands.
/// </summary>
internal static class Expansion
{
    public static string Expand(string text, Variables variables)
    {
        if (!text.Contains('$'))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        var position = 0;
        while (position < text.Length)
        {
            if (text[position] == '$' && TryReference(text, position, out var name, out var end)
                && variables[name] is { } value)
            {
                result.Append(value);
                position = end;
            }
            else
            {
                result.Append(text[position++]);
            }
        }

        return result.ToString();
    }

    /// <summary>Recognises a reference at a dollar sign.</summary>
    /// <param name="end">The position behind it.</param>
    public static bool TryReference(string text, int dollar, out string name, out int end)
    {
        var braced = dollar + 1 < text.Length && text[dollar + 1] == '{';
        var start = dollar + (braced ? 2 : 1);
        var stop = start;
        while (stop < text.Length && (char.IsAsciiLetterOrDigit(text[stop]) || text[stop] == '_'))
        {
            stop++;
        }

        name = text[start..stop];
        end = braced ? stop + 1 : stop;
        return name.Length > 0 && !char.IsAsciiDigit(name[0]) && (!braced || (stop < text.Length && text[stop] == '}'));
    }
}
