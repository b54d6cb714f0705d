using System.Globalization;
using System.Text;

namespace Nua.Agent.Templates;

/// <summary>
/// A name that nothing gives. Only <c>default</c>, <c>is defined</c> and looking further into it accept one.
/// </summary>
internal sealed record Undefined(string Name);

/// <summary>A function or a method of a value.</summary>
internal delegate object? TemplateFunction(Arguments arguments);

/// <summary>The values that templates know, and what Python makes of them: null, bool, long, double, string, a list, a
/// dictionary with text keys.</summary>
internal static class Values
{
    public static bool IsTrue(object? value, Position position) => value switch
    {
        null => false,
        bool b => b,
        long n => n != 0,
        double d => d != 0,
        string s => s.Length > 0,
        List<object?> list => list.Count > 0,
        Dictionary<string, object?> map => map.Count > 0,
        Undefined name => throw NotDefined(name, position),
        _ => true,
    };

    public static TemplateError NotDefined(Undefined missing, Position position)
    {
        var name = Foundation.Printable.Escape(missing.Name, 100);
        return new TemplateError(position, $"'{name}' is not defined; give it, or write {name} | default('…')");
    }

    /// <summary>The value for use: an undefined one is an error.</summary>
    public static object? Defined(object? value, Position position) =>
        value is Undefined name ? throw NotDefined(name, position) : value;

    /// <summary>What <c>str()</c> gives.</summary>
    public static string Text(object? value, Position position) => value switch
    {
        string s => s,
        Undefined name => throw NotDefined(name, position),
        _ => Representation(value, position, 0),
    };

    public static string TypeName(object? value) => value switch
    {
        null => "none",
        bool => "a boolean",
        long => "an integer",
        double => "a float",
        string => "a text",
        List<object?> => "a list",
        Dictionary<string, object?> => "a dictionary",
        _ => "a function",
    };

    public static bool AreEqual(object? left, object? right) => (left, right) switch
    {
        (null, null) => true,
        (string a, string b) => a == b,
        (List<object?> a, List<object?> b) => AreEqual(a, b),
        (Dictionary<string, object?> a, Dictionary<string, object?> b) => AreEqual(a, b),
        _ => IsNumber(left) && IsNumber(right) ? CompareNumbers(left!, right!) == 0 : ReferenceEquals(left, right),
    };

    /// <summary>Numbers with numbers, texts by code point, lists element by element.</summary>
    public static int Compare(object? left, object? right, Position position)
    {
        switch (Defined(left, position), Defined(right, position))
        {
            case (string a, string b):
                return string.CompareOrdinal(a, b);
            case (List<object?> a, List<object?> b):
                for (var i = 0; i < Math.Min(a.Count, b.Count); i++)
                {
                    if (!AreEqual(a[i], b[i]))
                    {
                        return Compare(a[i], b[i], position);
                    }
                }

                return a.Count.CompareTo(b.Count);
            default:
                return IsNumber(left) && IsNumber(right)
                    ? CompareNumbers(left!, right!)
                    : throw new TemplateError(position, $"{TypeName(left)} and {TypeName(right)} cannot be compared");
        }
    }

    public static bool IsNumber(object? value) => value is long or double or bool;

    public static double ToDouble(object value) =>
        value switch { long n => n, bool b => b ? 1 : 0, double d => d, _ => double.NaN };

    public static long ToLong(object value) =>
        value switch { long n => n, bool b => b ? 1 : 0, _ => (long)ToDouble(value) };

    /// <summary>The elements of a list, the keys of a dictionary, the characters of a text.</summary>
    public static List<object?> Elements(object? value, Position position)
    {
        switch (Defined(value, position))
        {
            case List<object?> list:
                return list;
            case Dictionary<string, object?> map:
                return [.. map.Keys];
            case string text:
                var characters = new List<object?>();
                foreach (var rune in text.EnumerateRunes())
                {
                    characters.Add(rune.ToString());
                }

                return characters;
            default:
                throw new TemplateError(position, $"{TypeName(value)} has no elements");
        }
    }

    public static bool Contains(object? container, object? item, Position position) =>
        (Defined(container, position), item) switch
    {
        (string text, string part) => text.Contains(part, StringComparison.Ordinal),
        (Dictionary<string, object?> map, string key) => map.ContainsKey(key),
        (Dictionary<string, object?>, _) => false,
        (List<object?> list, _) => list.Exists(element => AreEqual(element, item)),
        _ => throw new TemplateError(position, $"{TypeName(container)} holds nothing"),
    };

    public static string Float(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        if (Math.Abs(value) is >= 1e15 and < 1e16)
        {
            return value.ToString("F1", CultureInfo.InvariantCulture);
        }

        if (Math.Abs(value) >= 1e16)
        {
            return value.ToString("0.################e+00", CultureInfo.InvariantCulture);
        }

        var text = value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
        return text.Contains('.') || text.Contains('e') ? text : text + ".0";
    }

    private static bool AreEqual(List<object?> left, List<object?> right)
    {
        for (var i = 0; i < left.Count && left.Count == right.Count; i++)
        {
            if (!AreEqual(left[i], right[i]))
            {
                return false;
            }
        }

        return left.Count == right.Count;
    }

    private static bool AreEqual(Dictionary<string, object?> left, Dictionary<string, object?> right)
    {
        foreach (var (key, value) in left)
        {
            if (!right.TryGetValue(key, out var other) || !AreEqual(value, other))
            {
                return false;
            }
        }

        return left.Count == right.Count;
    }

    private static int CompareNumbers(object left, object right) => left is double || right is double
        ? ToDouble(left).CompareTo(ToDouble(right))
        : ToLong(left).CompareTo(ToLong(right));

    private static string Representation(object? value, Position position, int depth)
    {
        if (depth > Limits.Depth)
        {
            throw new TemplateError(position, "the value is nested too deeply");
        }

        switch (value)
        {
            case null:
                return "None";
            case bool b:
                return b ? "True" : "False";
            case long n:
                return n.ToString(CultureInfo.InvariantCulture);
            case double d:
                return Float(d);
            case string s:
                return Quoted(s);
            case List<object?> list:
                var items = new List<string>();
                foreach (var item in list)
                {
                    items.Add(Representation(item, position, depth + 1));
                }

                return "[" + string.Join(", ", items) + "]";
            case Dictionary<string, object?> map:
                var pairs = new List<string>();
                foreach (var (key, item) in map)
                {
                    pairs.Add(Quoted(key) + ": " + Representation(item, position, depth + 1));
                }

                return "{" + string.Join(", ", pairs) + "}";
            case Undefined name:
                throw NotDefined(name, position);
            default:
                throw new TemplateError(position, "a function cannot be printed; call it");
        }
    }

    private static string Quoted(string text)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        var result = new StringBuilder().Append(quote);
        foreach (var c in text)
        {
            result.Append(c switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\\' => "\\\\",
                < ' ' or '\x7f' => $"\\x{(int)c:x2}",
                _ => c == quote ? "\\" + c : c.ToString(),
            });
        }

        return result.Append(quote).ToString();
    }
}
