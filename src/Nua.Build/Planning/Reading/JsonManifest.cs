using System.Text.Json;
using Nua.Foundation;

namespace Nua.Build.Planning.Reading;

/// <summary>Reads a JSON or TOML manifest into one shape. Parsed documents live as long as the plan is made.</summary>
internal static class JsonManifest
{
    private const int MostDepth = 128;

    /// <summary>Null when the file is absent. A key given twice is a warning and the last one counts, as for
    /// npm.</summary>
    /// <param name="isStrict">Comments and commas before a closing bracket are errors, as for npm; other tools read files that hold them.</param>
    /// <exception cref="ProblemException">not JSON, with line and column; or not an object at the top.</exception>
    public static JsonElement? Read(AppFolder folder, string path, ICollection<Problem> warnings, bool isStrict = false)
    {
        if (folder.ReadText(path) is not { } text)
        {
            return null;
        }

        try
        {
            return Parse(path, text, isStrict, allowDuplicates: false);
        }
        catch (JsonException duplicate)
        {
            try
            {
                var element = Parse(path, text, isStrict, allowDuplicates: true);
                warnings.Add(SourceProblems.DuplicateKeys(path, duplicate.Message));
                return element;
            }
            catch (JsonException error)
            {
                throw new ProblemException(
                    SourceProblems.BadManifest(path, Line(error), (error.BytePositionInLine ?? 0) + 1, Reason(error)),
                        error);
            }
        }
    }

    /// <summary>The member as text; null when absent or of another type.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static string? Text(this JsonElement element, string first, string second) => element
        .Member(first)?.Text(second);

    public static JsonElement? Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    /// <summary>Member names in file order; empty when absent or not an object.</summary>
    public static IEnumerable<JsonProperty> Members(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Object } value ? value.EnumerateObject() : [];

    /// <summary>The items of an array; none for anything else.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    /// <summary>The texts of an array (other items are skipped), or the one text that stands in its place.</summary>
    public static IReadOnlyList<string> Texts(this JsonElement? element) => element switch
    {
        { ValueKind: JsonValueKind.String } one => [one.GetString()!],
        { ValueKind: JsonValueKind.Array } array =>
            [.. array.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String)
                .Select(item => item.GetString()!)],
        _ => [],
    };

    public static bool IsTrue(this JsonElement? element) => element is { ValueKind: JsonValueKind.True };

    private static JsonElement Parse(string path, string text, bool isStrict, bool allowDuplicates)
    {
        var options = new JsonDocumentOptions
        {
            MaxDepth = MostDepth,
            AllowDuplicateProperties = allowDuplicates,
            CommentHandling = isStrict ? JsonCommentHandling.Disallow : JsonCommentHandling.Skip,
            AllowTrailingCommas = !isStrict,
        };
        var root = JsonDocument.Parse(text, options).RootElement;
        return root.ValueKind == JsonValueKind.Object
            ? root
            : throw new ProblemException(SourceProblems
                .BadManifest(path, 1, 1, "an object { … } is expected at the top"));
    }

    private static long Line(JsonException error) => (error.LineNumber ?? 0) + 1;

    private static string Reason(JsonException error)
    {
        var end = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var message = end < 0 ? error.Message : error.Message[..end];

        // What the JSON reader advises is for programmers.
        return message.Replace(" not supported in this mode. Change the reader options.", " not JSON", StringComparison.Ordinal);
    }
}
