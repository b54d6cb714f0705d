using System.Text;

namespace Nua.Config;

/// <summary>One <c>{name}</c> in a text.</summary>
/// <param name="Name">The name between the braces.</param>
/// <param name="AfterDollar">It is written <c>${name}</c>.</param>
public readonly record struct Brace(string Name, bool AfterDollar);

/// <summary>
/// Texts with <c>{name}</c> in them. Only names that are known are replaced; whatever else has braces (JSON, awk,
/// shell) stays as it is. <c>{{</c> with a <c>}}</c> after it stand for literal braces. One pass: what a value holds
/// is not looked at again.
/// </summary>
public static class BraceTemplate
{
    private const int LongestName = 100;

    /// <summary>The names in a text, in order, known or not.</summary>
    public static IReadOnlyList<Brace> Names(string text)
    {
        var names = new List<Brace>();
        Walk(text, new StringBuilder(), brace =>
        {
            names.Add(brace);
            return null;
        });
        return names;
    }

    /// <summary>Replaces names by what <paramref name="value"/> gives; where it gives null, the text stays. A replaced
    /// <c>${name}</c> loses its dollar too: let <paramref name="value"/> give null to keep such for the
    /// shell.</summary>
    public static string Fill(string text, Func<Brace, string?> value)
    {
        if (!text.Contains('{', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        Walk(text, result, value);
        return result.ToString();
    }

    private static void Walk(string text, StringBuilder result, Func<Brace, string?> value)
    {
        var lastClosing = text.LastIndexOf("}}", StringComparison.Ordinal);
        var escapes = 0;
        var at = 0;
        while (at < text.Length)
        {
            var rest = text.AsSpan(at);
            if (rest.StartsWith("{{") && at + 2 <= lastClosing)
            {
                result.Append('{');
                escapes++;
                at += 2;
            }
            else if (escapes > 0 && rest.StartsWith("}}"))
            {
                result.Append('}');
                escapes--;
                at += 2;
            }
            else if (NameAt(rest) is { Length: > 0 } name)
            {
                var afterDollar = at > 0 && text[at - 1] == '$';
                Put(result, name, value(new Brace(name, afterDollar)), afterDollar);
                at += name.Length + 2;
            }
            else
            {
                result.Append(text[at++]);
            }
        }
    }

    private static void Put(StringBuilder result, string name, string? value, bool afterDollar)
    {
        if (value is null)
        {
            result.Append('{').Append(name).Append('}');
            return;
        }

        if (afterDollar)
        {
            result.Length--;
        }

        result.Append(value);
    }

    /// <summary>The name of a <c>{name}</c> that begins here: letters, digits, <c>_ - .</c>, no digit first.</summary>
    private static string? NameAt(ReadOnlySpan<char> text)
    {
        if (text[0] != '{' || text.Length < 3 || !(char.IsAsciiLetter(text[1]) || text[1] == '_'))
        {
            return null;
        }

        var end = 2;
        while (end < text.Length && end <= LongestName
            && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '-' or '.'))
        {
            end++;
        }

        return end < text.Length && text[end] == '}' ? text[1..end].ToString() : null;
    }
}
