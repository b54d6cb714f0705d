using System.Globalization;
using System.Text;

namespace Nua.Agent.Templates;

/// <summary>
/// What can stand behind <c>|</c>: the filters on single values. Those on lists are in <see cref="ListFilters"/>.
/// </summary>
internal static class Filters
{
    public static object? Apply(string name, object? value, Arguments arguments)
    {
        if (name is "default" or "d")
        {
            return Default(value, arguments);
        }

        value = Values.Defined(value, arguments.Position);
        return name switch
        {
            "abs" => Abs(value, arguments),
            "b64decode" => Decoded(Text(value, arguments), arguments),
            "b64encode" => Convert.ToBase64String(Encoding.UTF8.GetBytes(Text(value, arguments))),
            "basename" => Text(value, arguments).Split('/')[^1],
            "bool" => Bool(value),
            "capitalize" => Capitalized(Text(value, arguments)),
            "center" => Centered(Text(value, arguments), arguments),
            "dirname" => FolderOf(Text(value, arguments)),
            "e" or "escape" => Escaped(Text(value, arguments)),
            "float" => Number(value) ?? arguments.Get(0, "default", 0.0),
            "indent" => Indented(Text(value, arguments), arguments),
            "int" => Integer(value, arguments),
            "lower" => Text(value, arguments).ToLowerInvariant(),
            "quote" => "'" + Text(value, arguments).Replace("'", "'\\''", StringComparison.Ordinal) + "'",
            "replace" => Replaced(Text(value, arguments), arguments),
            "round" => Rounded(value, arguments),
            "safe" => value,
            "string" => Text(value, arguments),
            "title" => Titled(Text(value, arguments)),
            "tojson" or "to_json" => JsonText.Of(value, arguments),
            "trim" => Text(value, arguments).Trim((arguments.Get(0, "chars") as string)?.ToCharArray()),
            "truncate" => Truncated(Text(value, arguments), arguments),
            "upper" => Text(value, arguments).ToUpperInvariant(),
            "urlencode" => UrlEncoded(Text(value, arguments)),
            "wordcount" => WordCount(Text(value, arguments)),
            _ => ListFilters.Apply(name, value, arguments),
        };
    }

    private static string Text(object? value, Arguments arguments) => Values.Text(value, arguments.Position);

    /// <summary>With a second argument of true, anything that counts as false is replaced as well.</summary>
    private static object? Default(object? value, Arguments arguments) =>
        value is Undefined || (arguments.Flag(1, "boolean", false) && !Values.IsTrue(value, arguments.Position))
            ? arguments.Get(0, "default_value", "")
            : value;

    private static string FolderOf(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash > 0 ? path[..slash] : slash == 0 ? "/" : "";
    }

    private static long WordCount(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;

    private static object Abs(object? value, Arguments arguments) => value switch
    {
        long n and not long.MinValue => (object)Math.Abs(n),
        double d => Math.Abs(d),
        _ => throw arguments.Error($"abs wants a number, not {Values.TypeName(value)}"),
    };

    /// <summary>The usual words of configuration files.</summary>
    private static bool Bool(object? value) => value switch
    {
        bool b => b,
        string text => text.Trim().ToLowerInvariant() is "1" or "true" or "yes" or "on" or "y" or "t",
        long n => n == 1,
        _ => false,
    };

    private static string Capitalized(string text) =>
        text.Length == 0 ? text : text[..1].ToUpperInvariant() + text[1..].ToLowerInvariant();

    private static string Titled(string text)
    {
        var result = new StringBuilder(text.Length);
        var starts = true;
        foreach (var c in text)
        {
            result.Append(starts ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c));
            starts = char.IsWhiteSpace(c) || c is '-' or '(' or '{' or '[' or '<';
        }

        return result.ToString();
    }

    private static string Centered(string text, Arguments arguments)
    {
        var width = (int)Math.Clamp(arguments.Integer(0, "width", 80), 0, Limits.Elements);
        var room = Math.Max(0, width - text.Length);
        var left = (room / 2) + (room & width & 1);
        return new string(' ', left) + text + new string(' ', room - left);
    }

    private static string Decoded(string text, Arguments arguments)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : throw arguments.Error("this is not base64");
    }

    private static string Escaped(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&#34;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal);

    private static double? Number(object? value) => value switch
    {
        null => null,
        string text => double.TryParse(text.Trim(), out var number) ? number : null,
        _ => Values.IsNumber(value) ? Values.ToDouble(value) : null,
    };

    /// <summary>Texts that are no number become the default, 0 if none is given, as in Jinja2.</summary>
    private static object? Integer(object? value, Arguments arguments)
    {
        if (value is string text)
        {
            var radix = arguments.Integer(1, "base", 10);
            var digits = text.Trim();
            if (radix == 16 && digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            {
                digits = digits[2..];
            }

            var style = radix == 16 ? NumberStyles.AllowHexSpecifier : NumberStyles.AllowLeadingSign;
            if (radix is 10 or 16 && long.TryParse(digits, style, null, out var whole))
            {
                return whole;
            }
        }

        return Number(value) is { } number && Math.Abs(number) < 9e18 ? (long)number : arguments.Get(0, "default", 0L);
    }

    private static string Indented(string text, Arguments arguments)
    {
        var given = arguments.Get(0, "width", 4L);
        var indent = given as string ?? new string(' ', (int)Math.Clamp(given is long n ? n : 4, 0, 1000));
        var first = arguments.Flag(1, "first", false);
        var blank = arguments.Flag(2, "blank", false);
        var lines = text.Split('\n');
        RenderState.CheckLength((long)text.Length + ((long)lines.Length * indent.Length), arguments.Position);
        for (var i = 0; i < lines.Length; i++)
        {
            if (i == 0 ? first : blank || lines[i].Length > 0)
            {
                lines[i] = indent + lines[i];
            }
        }

        return string.Join('\n', lines);
    }

    private static string Replaced(string text, Arguments arguments)
    {
        var (from, to) = (arguments.Text(0, "old"), arguments.Text(1, "new"));
        var count = arguments.Integer(2, "count", long.MaxValue);
        if (from.Length == 0)
        {
            throw arguments.Error("replace wants something to look for");
        }

        var result = new StringBuilder();
        var position = 0;
        for (; count > 0; count--)
        {
            var found = text.IndexOf(from, position, StringComparison.Ordinal);
            if (found < 0)
            {
                break;
            }

            result.Append(text, position, found - position).Append(to);
            RenderState.CheckLength(result.Length, arguments.Position);
            position = found + from.Length;
        }

        return result.Append(text, position, text.Length - position).ToString();
    }

    private static double Rounded(object? value, Arguments arguments)
    {
        var number = Number(value) ?? throw arguments.Error($"round wants a number, not {Values.TypeName(value)}");
        var digits = Math.Clamp(arguments.Integer(0, "precision", 0), 0, 15);
        var scale = Math.Pow(10, digits);
        return arguments.Text(1, "method", "common") switch
        {
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            // Formatting rounds the exact binary value, as Python does; multiplying first would not.
            _ => digits == 0
                ? Math.Round(number, MidpointRounding.ToEven) : double.Parse(number.ToString($"F{digits}")),
        };
    }

    private static string Truncated(string text, Arguments arguments)
    {
        var length = (int)Math.Clamp(arguments.Integer(0, "length", 255), 0, int.MaxValue);
        var end = arguments.Text(2, "end", "...");
        var leeway = arguments.Integer(3, "leeway", 5);
        if (text.Length <= length + leeway)
        {
            return text;
        }

        var kept = text[..Math.Max(0, length - end.Length)];
        var space = kept.LastIndexOf(' ');
        return (arguments.Flag(1, "killwords", false) || space < 0 ? kept : kept[..space]) + end;
    }

    private static string UrlEncoded(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            var c = (char)b;
            result.Append(char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '~' or '/'
                ? c.ToString() : $"%{b:X2}");
        }

        return result.ToString();
    }
}
