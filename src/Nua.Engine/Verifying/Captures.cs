using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Nua.Engine.Verifying;

/// <summary>What the requests of one seeding were answered, by name.</summary>
/// <param name="Number">Which seeding, from 1.</param>
public sealed record Seeding(int Number, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>Puts values in place of <c>{NAME}</c>; other braces stay.</summary>
    public string Fill(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var end = text[i] == '{' ? text.IndexOf('}', i) : -1;
            var name = end > i ? text[(i + 1)..end] : "";
            var value = name == "seed" ? Number.ToString(CultureInfo.InvariantCulture) : Values.GetValueOrDefault(name);
            if (value is null)
            {
                result.Append(text[i]);
                continue;
            }

            result.Append(value);
            i = end;
        }

        return result.ToString();
    }

    /// <param name="source"><c>json:/a/0/id</c>, <c>header:NAME</c> or <c>body</c>.</param>
    /// <returns>Null when the answer has no such part.</returns>
    internal static string? Take(HttpReply reply, string source) => source switch
    {
        "body" => reply.Body.Trim(),
        _ when source.StartsWith("header:", StringComparison.Ordinal) => reply.Headers.GetValueOrDefault(source["header:".Length..]),
        _ when source.StartsWith("json:", StringComparison.Ordinal) => Pointer(reply.Body, source["json:".Length..]),
        _ => null,
    };

    /// <summary>A JSON pointer (RFC 6901). Only texts, numbers and truth values can be captured.</summary>
    private static string? Pointer(string body, string pointer)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var at = document.RootElement;
            foreach (var part in pointer.Split('/').Skip(1))
            {
                var name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
                var isFound = at.ValueKind switch
                {
                    JsonValueKind.Object => at.TryGetProperty(name, out at),
                    JsonValueKind.Array => Item(ref at, name),
                    _ => false,
                };
                if (!isFound)
                {
                    return null;
                }
            }

            return at.ValueKind switch
            {
                JsonValueKind.String => at.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => at.GetRawText(),
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool Item(ref JsonElement list, string name)
    {
        if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index >= list.GetArrayLength())
        {
            return false;
        }

        list = list[index];
        return true;
    }
}
