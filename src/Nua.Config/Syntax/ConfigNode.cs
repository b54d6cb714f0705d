using System.Globalization;

namespace Nua.Config.Syntax;

/// <summary>
/// One value of a configuration file with its place, the same for TOML, YAML and JSON. What the value means is decided
/// later: a number still has the digits that were written.
/// </summary>
public abstract class ConfigNode(Position position)
{
    public Position Position { get; } = position;

    /// <summary>The kind in words for messages: <c>a table</c>, <c>a list</c>, <c>text</c>…</summary>
    public abstract string Kind { get; }
}

/// <summary>A table, its entries in file order. Keys are unique, byte for byte.</summary>
public sealed class TableNode(Position position, IReadOnlyList<ConfigEntry> entries) : ConfigNode(position)
{
    public IReadOnlyList<ConfigEntry> Entries { get; } = entries;

    public override string Kind => "a table";
}

public sealed record ConfigEntry(string Key, Position Position, ConfigNode Value);

public sealed class ListNode(Position position, IReadOnlyList<ConfigNode> items) : ConfigNode(position)
{
    public IReadOnlyList<ConfigNode> Items { get; } = items;

    public override string Kind => "a list";
}

public enum ScalarKind
{
    Text,
    Integer,
    Float,
    Boolean,
    Date,
    Null,
}

/// <summary>Text is decoded. Every other kind is as written (booleans are <c>true</c> and <c>false</c>): the version
/// <c>1.10</c> must not become 1.1.</summary>
public sealed class ScalarNode(Position position, ScalarKind scalar, string text) : ConfigNode(position)
{
    public ScalarKind Scalar { get; } = scalar;

    public string Text { get; } = text;

    public override string Kind => Scalar switch
    {
        ScalarKind.Text => "text",
        ScalarKind.Integer => "an integer",
        ScalarKind.Float => "a number with a fraction",
        ScalarKind.Boolean => "a boolean",
        ScalarKind.Date => "a date",
        _ => "null",
    };

    /// <summary>The value of an integer: decimal, or with the prefixes <c>0x</c>, <c>0o</c>, <c>0b</c> of TOML and
    /// YAML. False for every other kind and outside 64 bits.</summary>
    public bool TryInteger(out long value)
    {
        value = 0;
        return Scalar == ScalarKind.Integer && Text.AsSpan() switch
        {
            ['0', 'x', .. var hex] => long.TryParse(hex, NumberStyles.AllowHexSpecifier, null, out value) && value >= 0,
            ['0', 'o', .. var octal] => TryRadix(octal, 8, out value),
            ['0', 'b', .. var binary] => TryRadix(binary, 2, out value),
            _ => long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value),
        };
    }

    private static bool TryRadix(ReadOnlySpan<char> digits, int radix, out long value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (value > long.MaxValue / radix - radix)
            {
                return false;
            }

            value = value * radix + (digit - '0');
        }

        return true;
    }
}
