using System.Text;

namespace Nua.Foundation;

/// <summary>Makes text from elsewhere (image paths, labels, build output) safe to print on a terminal.</summary>
public static class Printable
{
    /// <summary>Escapes control, bidirectional-override and other invisible characters as <c>\n</c>, <c>\x1b</c>, <c>\u202e</c>.</summary>
    public static string Escape(string text)
    {
        if (!NeedsEscape(text))
        {
            return text;
        }

        var result = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            result.Append(c switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\\' => "\\\\",
                < ' ' or '\x7f' => $"\\x{(int)c:x2}",
                _ when IsInvisible(c) => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        return result.ToString();
    }

    /// <summary>The same, and cut to <paramref name="limit"/> characters with an ellipsis.</summary>
    public static string Escape(string text, int limit)
    {
        var escaped = Escape(text.Length > limit ? text[..limit] : text);
        return text.Length > limit ? escaped + "…" : escaped;
    }

    private static bool NeedsEscape(string text)
    {
        foreach (var c in text)
        {
            if (c < ' ' || c == '\x7f' || c == '\\' || IsInvisible(c))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsInvisible(char c) =>
        c is (>= '\x80' and <= '\x9f') or (>= '\u200b' and <= '\u200f') or (>= '\u202a' and <= '\u202e')
            or (>= '\u2060' and <= '\u2069') or '\ufeff';
}
