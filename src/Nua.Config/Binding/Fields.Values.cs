using System.Globalization;
using Nua.Config.Catalogue;
using Nua.Config.Syntax;

namespace Nua.Config.Binding;

/// <summary>Typed values. Each method takes the key; null (or an empty list) means absent or already
/// reported.</summary>
internal sealed partial class Fields
{
    /// <summary>Text. Numbers count as text, digit for digit; empty text counts as absent.</summary>
    public string? Text(string key)
    {
        if (Take(key) is not { } field)
        {
            return null;
        }

        var text = TextOf(field, field.Value);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var choices = Group.Find(key)!.Choices;
        if (choices.Count == 0)
        {
            return text;
        }

        var chosen = choices.FirstOrDefault(choice => choice.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase));
        if (chosen is null)
        {
            var near = Suggestion.Nearest(text, choices);
            Log.Add(ConfigProblems.NotAChoice(field.Path, text, choices, near), field.Value.Position);
        }

        return chosen;
    }

    /// <summary>A list of texts; null when absent. Where the schema allows it one text is a list of one. Empty texts
    /// are dropped.</summary>
    public IReadOnlyList<string>? Texts(string key)
    {
        if (Take(key) is not { } field)
        {
            return null;
        }

        if (field.Value is ListNode list)
        {
            return [.. list.Items.Select(item => TextOf(field, item)).Where(text => !string.IsNullOrEmpty(text))!];
        }

        if (Group.Find(key)!.Shape == ValueShape.TextOrTexts)
        {
            return TextOf(field, field.Value) is { Length: > 0 } text ? [text] : null;
        }

        Log.Add(ConfigProblems.WrongType(field.Path, "a list of texts", field.Value.Kind), field.Value.Position);
        return null;
    }

    /// <summary>Names without white space: one text may hold several.</summary>
    public IReadOnlyList<string> Names(string key) =>
        [.. (Texts(key) ?? []).SelectMany(text => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))];

    public int? Integer(string key) => Take(key) is { } field ? IntegerOf(field, field.Value) : null;

    public IReadOnlyList<int> Integers(string key)
    {
        if (Take(key) is not { } field)
        {
            return [];
        }

        IEnumerable<ConfigNode> items = field.Value is ListNode list ? list.Items : [field.Value];
        return [.. items.Select(item => IntegerOf(field, item)).OfType<int>()];
    }

    public bool? Boolean(string key)
    {
        if (Take(key) is not { } field)
        {
            return null;
        }

        var value = BooleanOf(field.Value);
        if (value is null)
        {
            Log.Add(ConfigProblems.WrongType(field.Path, "true or false", field.Value.Kind), field.Value.Position);
        }

        return value;
    }

    /// <summary>The table under <paramref name="key"/>, or null.</summary>
    public Fields? Table(string key) =>
        Take(key) is { } field ? Open(field.Value, Group.Find(key)!.Inside!, field.Path, Log) : null;

    /// <summary>The list of tables under <paramref name="key"/>.</summary>
    public IReadOnlyList<Fields> Tables(string key)
    {
        if (Take(key) is not { } field)
        {
            return [];
        }

        if (field.Value is not ListNode list)
        {
            Log.Add(ConfigProblems.WrongType(field.Path, "a list of tables", field.Value.Kind), field.Value.Position);
            return [];
        }

        var inside = Group.Find(key)!.Inside!;
        return [.. list.Items.Select((item, i) => Open(item, inside, $"{field.Path}[{i}]", Log))];
    }

    /// <summary>True and false as booleans, as 1 and 0, and as the words people write; else null.</summary>
    public static bool? BooleanOf(ConfigNode node) => (node as ScalarNode)?.Text.Trim().ToLowerInvariant() switch
    {
        "true" or "yes" or "on" or "1" => true,
        "false" or "no" or "off" or "0" => false,
        _ => null,
    };

    public string? TextOf(Field field, ConfigNode value)
    {
        switch (value)
        {
            case ScalarNode { Scalar: ScalarKind.Text or ScalarKind.Integer or ScalarKind.Float } scalar:
                return scalar.Text;
            case ScalarNode { Scalar: ScalarKind.Boolean } scalar:
                Log.Add(ConfigProblems.BooleanAsText(field.Path, scalar.Text), value.Position);
                return scalar.Text;
            case ScalarNode { Scalar: ScalarKind.Date } date:
                Log.Add(ConfigProblems.DateAsText(field.Path, date.Text), value.Position);
                return null;
            default:
                Log.Add(ConfigProblems.WrongType(field.Path, "text", value.Kind), value.Position);
                return null;
        }
    }

    public int? IntegerOf(Field field, ConfigNode value)
    {
        if (NumberOf(value) is not { } number)
        {
            Log.Add(ConfigProblems.WrongType(field.Path, "an integer", value.Kind), value.Position);
            return null;
        }

        if (number != Math.Truncate(number))
        {
            Log.Add(ConfigProblems.FractionCut(field.Path, (value as ScalarNode)!.Text), value.Position);
        }

        number = Math.Truncate(number);
        var key = Group.Find(field.Key);
        var (lowest, highest) = (key?.Minimum ?? int.MinValue, key?.Maximum ?? int.MaxValue);
        if (!(number >= lowest && number <= highest))
        {
            Log.Add(ConfigProblems.OutOfRange(field.Path, ((ScalarNode)value).Text, lowest, highest), value.Position);
            return null;
        }

        return (int)number;
    }

    private static double? NumberOf(ConfigNode value)
    {
        if (value is not ScalarNode { Scalar: ScalarKind.Integer or ScalarKind.Float or ScalarKind.Text } scalar)
        {
            return null;
        }

        if (scalar.Scalar == ScalarKind.Integer)
        {
            return scalar.TryInteger(out var integer) ? integer : double.PositiveInfinity;
        }

        var styles = scalar.Scalar == ScalarKind.Float ? NumberStyles.Float : NumberStyles.Integer;
        return double.TryParse(scalar.Text, styles, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
