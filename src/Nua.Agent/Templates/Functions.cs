namespace Nua.Agent.Templates;

/// <summary>The functions that every template has.</summary>
internal static class Functions
{
    public static Dictionary<string, object?> Globals() => new(StringComparer.Ordinal)
    {
        ["range"] = (TemplateFunction)Range,
        ["dict"] = (TemplateFunction)Dict,
        ["namespace"] = (TemplateFunction)Dict,
    };

    private static object? Range(Arguments arguments)
    {
        var from = arguments.Count > 1 ? arguments.Integer(0, "start", 0) : 0;
        var to = arguments.Integer(arguments.Count > 1 ? 1 : 0, "stop", 0);
        var step = arguments.Integer(2, "step", 1);
        if (step == 0)
        {
            throw arguments.Error("the step of a range is not 0");
        }

        var list = new List<object?>();
        for (var n = from; step > 0 ? n < to : n > to; n += step)
        {
            if (list.Count == Limits.Elements)
            {
                throw arguments.Error($"the range is longer than {Limits.Elements}");
            }

            list.Add(n);
        }

        return list;
    }

    private static object? Dict(Arguments arguments)
    {
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in arguments.Named ?? new Dictionary<string, object?>())
        {
            map[name] = value;
        }

        return map;
    }
}
