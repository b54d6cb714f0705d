using System.Text.Json;

namespace Nua.Build.Sbom;

/// <summary>Reads of JSON that others wrote: a member that is missing or of another type is null, never an exception.</summary>
internal static class JsonFacts
{
    private static readonly JsonDocumentOptions _lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static JsonElement? ParseObject(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        try
        {
            using var document = JsonDocument.Parse((bytes.StartsWith(mark) ? bytes[3..] : bytes).ToArray(), _lenient);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static JsonElement? Member(this JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty(name, out var found) ? found : null;

    public static string? Text(this JsonElement? element)
    {
        try
        {
            return element is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair, which is no text
        }
    }

    /// <summary>Members of an object; none when it is not one.</summary>
    public static IEnumerable<(string Name, JsonElement? Value)> Members(this JsonElement? element)
    {
        if (element is { ValueKind: JsonValueKind.Object } value)
        {
            foreach (var property in value.EnumerateObject())
            {
                yield return (property.Name, property.Value);
            }
        }
    }

    public static IEnumerable<JsonElement?> Items(this JsonElement? element)
    {
        if (element is { ValueKind: JsonValueKind.Array } value)
        {
            foreach (var item in value.EnumerateArray())
            {
                yield return item;
            }
        }
    }
}
