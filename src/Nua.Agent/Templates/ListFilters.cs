namespace Nua.Agent.Templates;

/// <summary>The filters on lists and dictionaries.</summary>
internal static class ListFilters
{
    public static object? Apply(string name, object? value, Arguments arguments) => name switch
    {
        "length" or "count" =>
            value is Dictionary<string, object?> map ? (long)map.Count : (long)Elements(value, arguments).Count,
        "first" => Elements(value, arguments) is [var first, ..] ? first : new Undefined("the first of nothing"),
        "last" => Elements(value, arguments) is [.., var last] ? last : new Undefined("the last of nothing"),
        "join" => Joined(value, arguments),
        "list" => new List<object?>(Elements(value, arguments)),
        "items" => Methods.Pairs(Map(value, arguments)),
        "dictsort" => Sorted(Methods.Pairs(Map(value, arguments)), arguments, static pair => ((List<object?>)pair!)[0]),
        "sort" => Sort(value, arguments),
        "reverse" => Reversed(value, arguments),
        "unique" => Unique(value, arguments),
        "sum" => Sum(value, arguments),
        "min" => Extreme(value, arguments, -1),
        "max" => Extreme(value, arguments, 1),
        "map" => Mapped(value, arguments),
        "attr" => Lookup.Attribute(value, arguments.Text(0, "name"), arguments.Position),
        "select" => Selected(value, arguments, byAttribute: false, keep: true),
        "reject" => Selected(value, arguments, byAttribute: false, keep: false),
        "selectattr" => Selected(value, arguments, byAttribute: true, keep: true),
        "rejectattr" => Selected(value, arguments, byAttribute: true, keep: false),
        _ => throw arguments.Error($"there is no filter '{Foundation.Printable.Escape(name, 60)}'"),
    };

    private static List<object?> Elements(object? value, Arguments arguments) =>
        Values.Elements(value, arguments.Position);

    private static Dictionary<string, object?> Map(object? value, Arguments arguments) =>
        value as Dictionary<string, object?>
            ?? throw arguments.Error($"a dictionary is wanted, not {Values.TypeName(value)}");

    private static string Joined(object? value, Arguments arguments)
    {
        var separator = arguments.Text(0, "d", "");
        var attribute = arguments.Get(1, "attribute") as string;
        var texts = new List<string>();
        long length = 0;
        foreach (var element in Elements(value, arguments))
        {
            texts.Add(Values.Text(Picked(element, attribute, arguments), arguments.Position));
            RenderState.CheckLength(length += texts[^1].Length + separator.Length, arguments.Position);
        }

        return string.Join(separator, texts);
    }

    /// <summary>The value at a dotted path below an element.</summary>
    private static object? Picked(object? element, string? path, Arguments arguments)
    {
        foreach (var part in path?.Split('.') ?? [])
        {
            element = long.TryParse(part, out var index)
                ? Lookup.Item(element, index, arguments.Position)
                : Lookup.Attribute(element, part, arguments.Position);
        }

        return element;
    }

    private static List<object?> Sort(object? value, Arguments arguments)
    {
        var attribute = arguments.Get(2, "attribute") as string;
        var isCaseSensitive = arguments.Flag(1, "case_sensitive", false);
        return Sorted(Elements(value, arguments), arguments, element =>
        {
            var key = Picked(element, attribute, arguments);
            return key is string text && !isCaseSensitive ? text.ToLowerInvariant() : key;
        });
    }

    /// <summary>Stable, as Python's is.</summary>
    private static List<object?> Sorted(List<object?> elements, Arguments arguments, Func<object?, object?> key)
    {
        var keyed = new List<(object? Key, int Place)>(elements.Count);
        foreach (var element in elements)
        {
            keyed.Add((key(element), keyed.Count));
        }

        var sign = arguments.Flag(0, "reverse", false) && arguments.Named?.ContainsKey("reverse") != false ? -1 : 1;
        try
        {
            keyed.Sort((a, b) =>
            {
                var order = sign * Values.Compare(a.Key, b.Key, arguments.Position);
                return order != 0 ? order : a.Place.CompareTo(b.Place);
            });
        }
        catch (InvalidOperationException e) when (e.InnerException is TemplateError inner)
        {
            throw inner;
        }

        var result = new List<object?>(elements.Count);
        foreach (var (_, place) in keyed)
        {
            result.Add(elements[place]);
        }

        return result;
    }

    private static object Reversed(object? value, Arguments arguments)
    {
        var elements = new List<object?>(Elements(value, arguments));
        elements.Reverse();
        return value is string ? string.Concat(elements) : elements;
    }

    private static List<object?> Unique(object? value, Arguments arguments)
    {
        var result = new List<object?>();
        foreach (var element in Elements(value, arguments))
        {
            arguments.State.Step(arguments.Position);
            if (!result.Exists(other => Values.AreEqual(Folded(other), Folded(element))))
            {
                result.Add(element);
            }
        }

        return result;

        static object? Folded(object? element) => element is string text ? text.ToLowerInvariant() : element;
    }

    private static object? Sum(object? value, Arguments arguments)
    {
        var attribute = arguments.Get(0, "attribute") as string;
        object? sum = arguments.Get(1, "start", 0L);
        foreach (var element in Elements(value, arguments))
        {
            var picked = Values.Defined(Picked(element, attribute, arguments), arguments.Position);
            sum = Arithmetic.Apply("+", sum, picked, arguments.Position);
        }

        return sum;
    }

    private static object? Extreme(object? value, Arguments arguments, int sign)
    {
        object? best = new Undefined("the extreme of nothing");
        foreach (var element in Elements(value, arguments))
        {
            if (best is Undefined || Values.Compare(element, best, arguments.Position) * sign > 0)
            {
                best = element;
            }
        }

        return best;
    }

    private static List<object?> Mapped(object? value, Arguments arguments)
    {
        var attribute = arguments.Named?.GetValueOrDefault("attribute") as string;
        var result = new List<object?>();
        foreach (var element in Elements(value, arguments))
        {
            arguments.State.Step(arguments.Position);
            if (attribute is null)
            {
                result.Add(Filters.Apply(arguments.Text(0, "filter"), element, arguments.From(1)));
                continue;
            }

            var picked = Picked(element, attribute, arguments);
            result.Add(picked is Undefined && arguments.Named!.TryGetValue("default", out var otherwise)
                ? otherwise
                : Values.Defined(picked, arguments.Position));
        }

        return result;
    }

    private static List<object?> Selected(object? value, Arguments arguments, bool byAttribute, bool keep)
    {
        var attribute = byAttribute ? arguments.Text(0, "attribute") : null;
        var place = byAttribute ? 1 : 0;
        var result = new List<object?>();
        foreach (var element in Elements(value, arguments))
        {
            arguments.State.Step(arguments.Position);
            var subject = Picked(element, attribute, arguments);
            var holds = arguments.Count > place
                ? ValueTests.Apply(arguments.Text(place, "test"), subject, arguments.From(place + 1))
                : Values.IsTrue(subject, arguments.Position);
            if (holds == keep)
            {
                result.Add(element);
            }
        }

        return result;
    }
}
