using Nua.Config.Catalogue;
using Nua.Config.Syntax;

namespace Nua.Config.Binding;

/// <summary>Reads <c>{ from = "database", key = "hostname" }</c> and its relatives.</summary>
internal static class DynamicBinder
{
    private const int DefaultLength = 24, WeakLength = 8;

    /// <summary>In the order that decides when several are present.</summary>
    private static readonly string[] _flags = ["nua_internal", "external_ip", "random", "unique_db", "unique_user"];

    /// <summary>The value, or null after a warning when the table selects nothing.</summary>
    public static DynamicValue? Bind(NamedValue named, ProblemLog log)
    {
        var fields = Fields.Open(named.Value, SectionKeys.Dynamic, named.Path, log);
        Modernise(fields);
        var from = fields.Text("from");
        var key = fields.Text("key");
        var flags = _flags.Where(flag => IsOn(fields.Take(flag))).ToList();
        var lengthAt = fields.Peek("length")?.Value.Position ?? named.At;
        var length = fields.Integer("length");
        var value = new DynamicValue(key is not null ? "key" : flags.FirstOrDefault() ?? "")
        {
            Type = fields.Text("type") is "int" or "integer" ? "int" : "str",
            Persist = fields.Take("persist") is not { } persist || IsOn(persist),
            Display = fields.Take("display") is { } display && IsOn(display),
        };
        fields.Close();
        switch (value.Kind)
        {
            case "":
                log.Add(ConfigProblems.NoSelector(named.Path), named.At);
                return null;
            case "key":
                return value with { From = from, Key = key };
            case "random":
                if (length < WeakLength && value.Type == "str")
                {
                    log.Add(ConfigProblems.ShortRandom(named.Path, length.Value), lengthAt);
                }

                return value with { Length = value.Type == "str" ? length ?? DefaultLength : null };
            default:
                return value;
        }
    }

    /// <summary>Old files wrote any text for "yes", empty text too; what reads as "no" is no.</summary>
    private static bool IsOn(Field? flag) => flag is not null && (Fields.BooleanOf(flag.Value) ?? true);

    private static void Modernise(Fields fields)
    {
        if (fields.Take("resource-host") is { } host)
        {
            fields.Move(host, "from");
            Put(fields, host, "key", "hostname");
        }

        if ((fields.Take("resource-property") ?? fields.Take("property")) is { } property
            && fields.TextOf(property, property.Value) is { } text)
        {
            var dot = text.IndexOf('.', StringComparison.Ordinal);
            fields.Move(property with { Value = New(property, dot < 0 ? "" : text[..dot]) }, "from");
            Put(fields, property, "key", text[(dot + 1)..]);
        }
    }

    private static void Put(Fields fields, Field origin, string key, string text)
    {
        if (!fields.Has(key))
        {
            fields.Put(origin with { Key = key, Value = New(origin, text) });
        }
    }

    private static ScalarNode New(Field origin, string text) => new(origin.Value.Position, ScalarKind.Text, text);
}
