namespace Nua.Agent.Templates;

/// <summary>
/// Attributes, elements, slices. What is not there is <see cref="Undefined"/>, and so is anything below it.
/// </summary>
internal static class Lookup
{
    public static object? Attribute(object? target, string name, Position position) => target switch
    {
        Undefined missing => new Undefined($"{missing.Name}.{name}"),
        LoopValue loop => loop.Get(name),
        _ => Methods.Of(target, name) is { } method ? method
            : target is Dictionary<string, object?> map && map.TryGetValue(name, out var value) ? value
            : new Undefined(name),
    };

    public static object? Item(object? target, object? index, Position position)
    {
        switch (target, index)
        {
            case (Undefined missing, _):
                return new Undefined($"{missing.Name}[…]");
            case (Dictionary<string, object?> map, string key):
                return map.TryGetValue(key, out var value)
                    ? value : Methods.Of(target, key) ?? (object)new Undefined(key);
            case (List<object?> or string, long or bool):
                var elements = Values.Elements(target, position);
                var place = Values.ToLong(index!);
                place = place < 0 ? place + elements.Count : place;
                return place >= 0 && place < elements.Count
                    ? elements[(int)place] : new Undefined($"element {Values.ToLong(index!)}");
            case (_, string name):
                return Attribute(target, name, position);
            default:
                throw new TemplateError(position,
                    $"{Values.TypeName(target)} has no element {Values.Text(index, position)}");
        }
    }

    public static object? Slice(object? target, object? from, object? to, Position position)
    {
        if (target is not (string or List<object?>))
        {
            throw new TemplateError(position, $"{Values.TypeName(target)} cannot be cut");
        }

        var elements = Values.Elements(target, position);
        var start = Bound(from, 0);
        var end = Bound(to, elements.Count);
        var part = start < end ? elements.GetRange(start, end - start) : [];
        return target is string ? string.Concat(part) : part;

        int Bound(object? value, int otherwise)
        {
            if (value is null)
            {
                return otherwise;
            }

            var place = value is long n ? n : throw new TemplateError(position, "the bounds of a slice are integers");
            return (int)Math.Clamp(place < 0 ? place + elements.Count : place, 0, elements.Count);
        }
    }
}

/// <summary>What <c>loop</c> is inside of a for.</summary>
internal sealed class LoopValue(List<object?> items)
{
    public int Index { get; set; }

    public object? Get(string name) => name switch
    {
        "index" => Index + 1L,
        "index0" => (long)Index,
        "revindex" => (long)(items.Count - Index),
        "revindex0" => items.Count - Index - 1L,
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        "previtem" => Index > 0 ? items[Index - 1] : new Undefined("loop.previtem"),
        "nextitem" => Index + 1 < items.Count ? items[Index + 1] : new Undefined("loop.nextitem"),
        "cycle" => (TemplateFunction)(arguments => arguments.Count == 0
            ? throw arguments.Error("loop.cycle needs values")
            : arguments.Get(Index % arguments.Count, "")),
        _ => new Undefined("loop." + name),
    };
}
