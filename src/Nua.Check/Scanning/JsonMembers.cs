using System.Text.Json;

namespace Nua.Check.Scanning;

/// <summary>Reads documents whose form may be wrong: what is not there, or is of another type, is null or
/// nothing.</summary>
internal static class JsonMembers
{
    public static JsonElement? Member(this JsonElement? json, string name) =>
        json is { ValueKind: JsonValueKind.Object } table && table.TryGetProperty(name, out var value)
            && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    public static JsonElement? Member(this JsonElement json, string name) => ((JsonElement?)json).Member(name);

    public static string? Text(this JsonElement? json, string name) =>
        json.Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static string? Text(this JsonElement json, string name) => ((JsonElement?)json).Text(name);

    public static long? Number(this JsonElement? json, string name) =>
        json.Member(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number
        : null;

    public static long? Number(this JsonElement json, string name) => ((JsonElement?)json).Number(name);

    public static IEnumerable<JsonElement> Items(this JsonElement? json, string name) =>
        json.Member(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    public static IEnumerable<JsonElement> Items(this JsonElement json, string name) =>
        ((JsonElement?)json).Items(name);

    public static IEnumerable<string> Texts(this JsonElement? json, string name) =>
        json.Items(name).Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!);

    public static IEnumerable<string> Texts(this JsonElement json, string name) => ((JsonElement?)json).Texts(name);

    /// <summary>Every text in the value, however deep, with the path to it.</summary>
    public static IEnumerable<(string Path, string Text)> AllTexts(JsonElement json, string path)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                return [(path, json.GetString()!)];
            case JsonValueKind.Array:
                return json.EnumerateArray().SelectMany((item, i) => AllTexts(item, $"{path}[{i}]"));
            case JsonValueKind.Object:
                return json.EnumerateObject().SelectMany(member => AllTexts(member.Value, $"{path}.{member.Name}"));
            default:
                return [];
        }
    }
}
