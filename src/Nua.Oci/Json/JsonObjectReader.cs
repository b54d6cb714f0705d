using System.Text.Json;
using Nua.Foundation;

namespace Nua.Oci.Json;

/// <summary>
/// One object of a strict document, read field by field. <c>null</c> means absent. A field of the wrong type, or a name that
/// differs from a known one only by case (which Go's decoder takes for the same), is a <see cref="ProblemException"/> that
/// names the place.
/// </summary>
public sealed class JsonObjectReader
{
    private readonly JsonElement _object;
    private readonly string _where;
    private readonly string _pointer;
    private readonly string[] _known;

    private JsonObjectReader(JsonElement element, string where, string pointer, string[] known)
    {
        _object = element;
        _where = where;
        _pointer = pointer;
        _known = known;
    }

    /// <summary>The place in the document, as messages show it.</summary>
    public string Where => _pointer.Length == 0 ? _where : $"{_where}: {_pointer}";

    /// <param name="known">Every name this object defines; others are kept as unknown.</param>
    public static JsonObjectReader Open(JsonElement element, string where, string[] known) =>
        Open(element, where, "", known);

    public bool Has(string name) => Find(name) is not null;

    public string String(string name) => OptionalString(name) ?? throw Missing(name);

    public string? OptionalString(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw WrongType(name, "a string", value);
    }

    public long Int64(string name) => OptionalInt64(name) ?? throw Missing(name);

    public long? OptionalInt64(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : throw WrongType(name, "an integer", value);
    }

    public bool? OptionalBoolean(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw WrongType(name, "true or false", value);
    }

    /// <summary>Null when the field is absent.</summary>
    public IReadOnlyList<string>? OptionalStrings(string name)
    {
        if (Items(name) is not { } items)
        {
            return null;
        }

        var result = new List<string>(items.GetArrayLength());
        foreach (var item in items.EnumerateArray())
        {
            result.Add(item.ValueKind == JsonValueKind.String
                ? item.GetString()!
                : throw WrongType($"{name}[{result.Count}]", "a string", item));
        }

        return result;
    }

    /// <summary>An object of strings; empty when the field is absent. Sorted by name.</summary>
    public IReadOnlyDictionary<string, string> StringMap(string name)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (Find(name) is not { } value)
        {
            return result;
        }

        foreach (var property in Properties(name, value))
        {
            result.Add(property.Name, property.Value.ValueKind == JsonValueKind.String
                ? property.Value.GetString()!
                : throw WrongType($"{name}.{Printable.Escape(property.Name, 60)}", "a string", property.Value));
        }

        return result;
    }

    /// <summary>The names of an object used as a set (<c>{"8080/tcp": {}}</c>), sorted; empty when absent.</summary>
    public IReadOnlyList<string> NameSet(string name)
    {
        if (Find(name) is not { } value)
        {
            return [];
        }

        var result = new List<string>();
        foreach (var property in Properties(name, value))
        {
            if (property.Value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
            {
                throw WrongType($"{name}.{Printable.Escape(property.Name, 60)}", "an object", property.Value);
            }

            result.Add(property.Name);
        }

        result.Sort(StringComparer.Ordinal);
        return result;
    }

    public JsonObjectReader? OptionalObject(string name, string[] known) =>
        Find(name) is { } value ? Open(value, _where, Join(name), known) : null;

    /// <summary>The objects of an array, or null when the field is absent.</summary>
    public IReadOnlyList<JsonObjectReader>? OptionalObjects(string name, string[] known)
    {
        if (Items(name) is not { } items)
        {
            return null;
        }

        var result = new List<JsonObjectReader>(items.GetArrayLength());
        foreach (var item in items.EnumerateArray())
        {
            result.Add(Open(item, _where, Join($"{name}[{result.Count}]"), known));
        }

        return result;
    }

    /// <summary>The fields this object does not define, as raw JSON, so that a rewritten document keeps them.</summary>
    public IReadOnlyDictionary<string, string> Unknown()
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in _object.EnumerateObject())
        {
            if (Array.IndexOf(_known, property.Name) < 0)
            {
                result.Add(property.Name, property.Value.GetRawText());
            }
        }

        return result;
    }

    /// <summary>A value that has the right type and is still not acceptable.</summary>
    public ProblemException Invalid(string name, string why) => new(
        new Problem("NUA3004", $"the field '{name}' is not acceptable") { Where = Where, Why = why });

    private static JsonObjectReader Open(JsonElement element, string where, string pointer, string[] known)
    {
        var reader = new JsonObjectReader(element, where, pointer, known);
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw reader.Invalid(pointer.Length == 0 ? "/" : pointer, $"it must be an object, not {Kind(element)}");
        }

        foreach (var property in element.EnumerateObject())
        {
            reader.RefuseCaseVariant(property.Name);
        }

        return reader;
    }

    private void RefuseCaseVariant(string name)
    {
        if (Array.IndexOf(_known, name) >= 0)
        {
            return;
        }

        foreach (var known in _known)
        {
            if (known.Length == name.Length && SameButForCase(known, name))
            {
                throw StrictJson.Ambiguous(Where, $"'{Printable.Escape(name, 60)}' differs from '{known}' only by case");
            }
        }
    }

    /// <summary>As Go's encoding/json folds names: ASCII case, and the two non-ASCII letters that fold into
    /// ASCII.</summary>
    private static bool SameButForCase(string known, string name)
    {
        for (var i = 0; i < known.Length; i++)
        {
            var c = name[i] switch { '\u017f' => 's', '\u212a' => 'k', var other => char.ToLowerInvariant(other) };
            if (c != char.ToLowerInvariant(known[i]))
            {
                return false;
            }
        }

        return true;
    }

    private JsonElement? Find(string name) =>
        _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private JsonElement? Items(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Array ? value : throw WrongType(name, "an array", value);
    }

    private JsonElement.ObjectEnumerator Properties(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : throw WrongType(name, "an object", value);

    private string Join(string name) => _pointer.Length == 0 ? name : $"{_pointer}.{name}";

    private ProblemException Missing(string name) => Invalid(name, "it is missing");

    private ProblemException WrongType(string name, string wanted, JsonElement found) =>
        Invalid(name, $"it must be {wanted}, not {Kind(found)}");

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => $"the number {Printable.Escape(element.GetRawText(), 40)}",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
