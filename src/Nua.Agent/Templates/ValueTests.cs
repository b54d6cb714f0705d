namespace Nua.Agent.Templates;

/// <summary>What can stand behind <c>is</c>.</summary>
internal static class ValueTests
{
    public static bool Apply(string name, object? value, Arguments arguments)
    {
        switch (name)
        {
            case "defined":
                return value is not Undefined;
            case "undefined":
                return value is Undefined;
        }

        value = Values.Defined(value, arguments.Position);
        return name switch
        {
            "none" => value is null,
            "boolean" => value is bool,
            "true" => value is true,
            "false" => value is false,
            "integer" => value is long,
            "float" => value is double,
            "number" => Values.IsNumber(value),
            "string" => value is string,
            "mapping" => value is Dictionary<string, object?>,
            "sequence" or "iterable" => value is string or List<object?> or Dictionary<string, object?>,
            "callable" => value is TemplateFunction,
            "odd" => Math.Abs(Integer(value, arguments) % 2) == 1,
            "even" => Integer(value, arguments) % 2 == 0,
            "divisibleby" => Divides(value, arguments),
            "lower" => value is string text && IsCased(text, char.IsLower),
            "upper" => value is string text && IsCased(text, char.IsUpper),
            "in" => Values.Contains(arguments.Get(0, "seq"), value, arguments.Position),
            "eq" or "equalto" or "sameas" => Values.AreEqual(value, arguments.Get(0, "other")),
            "ne" => !Values.AreEqual(value, arguments.Get(0, "other")),
            "lt" or "lessthan" => Values.Compare(value, arguments.Get(0, "other"), arguments.Position) < 0,
            "le" => Values.Compare(value, arguments.Get(0, "other"), arguments.Position) <= 0,
            "gt" or "greaterthan" => Values.Compare(value, arguments.Get(0, "other"), arguments.Position) > 0,
            "ge" => Values.Compare(value, arguments.Get(0, "other"), arguments.Position) >= 0,
            _ => throw arguments.Error($"there is no test '{Foundation.Printable.Escape(name, 60)}'"),
        };
    }

    /// <summary>True when there is a letter and every one that has cases has this one.</summary>
    private static bool IsCased(string text, Func<char, bool> wanted)
    {
        var any = false;
        foreach (var c in text)
        {
            if ((char.IsUpper(c) || char.IsLower(c)) && !wanted(c))
            {
                return false;
            }

            any |= wanted(c);
        }

        return any;
    }

    private static bool Divides(object? value, Arguments arguments) =>
        arguments.Integer(0, "num", 0) is var divisor and not 0
            ? Integer(value, arguments) % divisor == 0
            : throw arguments.Error("division by zero");

    private static long Integer(object? value, Arguments arguments) =>
        value is long number ? number : throw arguments.Error($"an integer is wanted, not {Values.TypeName(value)}");
}
