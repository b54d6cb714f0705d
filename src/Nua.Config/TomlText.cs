using System.Text;

namespace Nua.Config;

/// <summary>Writes pieces of TOML, for files that people go on editing.</summary>
public static class TomlText
{
    /// <summary>A key: bare where TOML allows it, else quoted.</summary>
    public static string Key(string key)
    {
        foreach (var c in key)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
            {
                return Quote(key);
            }
        }

        return key.Length > 0 ? key : "\"\"";
    }

    /// <summary>A basic string in double quotes, on one line, printable whatever <paramref name="text"/> holds. A lone
    /// surrogate, which TOML cannot say, becomes U+FFFD.</summary>
    public static string Quote(string text)
    {
        var result = new StringBuilder(text.Length + 2).Append('"');
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append(rune.Value switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                < 0x20 or (>= 0x7f and <= 0x9f) or (>= 0x200b and <= 0x200f) or (>= 0x2028 and <= 0x202e)
                    or (>= 0x2060 and <= 0x2069) or 0xfeff => $"\\u{rune.Value:x4}",
                _ => rune.ToString(),
            });
        }

        return result.Append('"').ToString();
    }

    /// <summary>A list of strings on one line; on several when it would be longer than 100 characters.</summary>
    public static string List(IEnumerable<string> items)
    {
        var quoted = items.Select(Quote).ToList();
        var line = $"[{string.Join(", ", quoted)}]";
        return line.Length <= 100 ? line : $"[\n  {string.Join(",\n  ", quoted)},\n]";
    }

    /// <summary><c>key = "text"</c>.</summary>
    public static string Pair(string key, string text) => $"{Key(key)} = {Quote(text)}";

    /// <summary>Text as a comment: every line begins with <c># </c>; control characters but the line ends are
    /// dropped.</summary>
    public static string Comment(string text) => string.Join('\n', text.Split('\n').Select(line =>
        ("# " + string.Concat(line.Where(c => !char.IsControl(c)))).TrimEnd()));
}
