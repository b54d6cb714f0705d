using System.Globalization;
using System.Text;

namespace Nua.Agent.Templates;

/// <summary>
/// The <c>tojson</c> filter, byte for byte as Jinja2's: keys sorted, ASCII only, and <c>&lt; &gt; &amp; '</c> escaped,
/// so that the result may also stand in HTML.
/// </summary>
internal static class JsonText
{
    public static string Of(object? value, Arguments arguments)
    {
        var result = new StringBuilder();
        var indent = (int)Math.Clamp(arguments.Integer(0, "indent", 0), 0, 16);
        Write(result, value, indent, 0, arguments);
        return result.ToString();
    }

    private static void Write(StringBuilder result, object? value, int indent, int depth, Arguments arguments)
    {
        RenderState.CheckLength(result.Length, arguments.Position);
        switch (value)
        {
            case null:
                result.Append("null");
                break;
            case bool b:
                result.Append(b ? "true" : "false");
                break;
            case long n:
                result.Append(n.ToString(CultureInfo.InvariantCulture));
                break;
            case double d:
                result.Append(Values.Float(d));
                break;
            case string text:
                Quote(result, text);
                break;
            case List<object?> list:
                Block(result, '[', ']', list.Count, indent, depth, arguments,
                    i => Write(result, list[i], indent, depth + 1, arguments));
                break;
            case Dictionary<string, object?> map:
                var keys = new List<string>(map.Keys);
                keys.Sort(StringComparer.Ordinal);
                Block(result, '{', '}', keys.Count, indent, depth, arguments, i =>
                {
                    Quote(result, keys[i]);
                    result.Append(": ");
                    Write(result, map[keys[i]], indent, depth + 1, arguments);
                });
                break;
            default:
                throw arguments.Error("this has no JSON form");
        }
    }

    private static void Block(
        StringBuilder result, char open, char close, int count, int indent, int depth, Arguments arguments,
        Action<int> item)
    {
        if (depth > Limits.Depth)
        {
            throw arguments.Error("the value is nested too deeply");
        }

        result.Append(open);
        for (var i = 0; i < count; i++)
        {
            result.Append(i == 0 ? "" : indent > 0 ? "," : ", ");
            NewLine(depth + 1);
            item(i);
        }

        if (count > 0)
        {
            NewLine(depth);
        }

        result.Append(close);

        void NewLine(int level)
        {
            if (indent > 0)
            {
                result.Append('\n').Append(' ', indent * level);
            }
        }
    }

    private static void Quote(StringBuilder result, string text)
    {
        result.Append('"');
        foreach (var c in text)
        {
            result.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                < ' ' or > '~' or '<' or '>' or '&' or '\'' => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        result.Append('"');
    }
}
