using System.Text.Json;
using Nua.Config;
using Nua.Engine.Contracts;

namespace Nua.Engine.Verifying;

/// <summary>The section <c>verify</c> of an image's document, as <see cref="ConfigWriter"/> writes it.</summary>
public static class VerifyPlan
{
    /// <returns>Null when the image does not say how to look.</returns>
    public static VerifyConfig? Of(AppContract contract)
    {
        if (contract.Document.ValueKind != JsonValueKind.Object || !contract.Document.TryGetProperty("verify", out var verify)
            || verify.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var config = new VerifyConfig
        {
            Seed = Requests(verify, "seed"),
            Check = Requests(verify, "check"),
            SeedCommand = Text(verify, "seed-command"),
            CheckCommand = Text(verify, "check-command"),
            Timeout = Number(verify, "timeout"),
        };
        return config.Check.Count > 0 || config.CheckCommand is not null ? config : null;
    }

    private static List<VerifyRequest> Requests(JsonElement verify, string key) =>
        verify.TryGetProperty(key, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(item => new VerifyRequest(Text(item, "path") ?? "/")
            {
                Method = Text(item, "method") ?? "GET",
                Headers = Map(item, "headers"),
                Body = Text(item, "body"),
                Status = Number(item, "status"),
                Contains = Texts(item, "contains"),
                Lacks = Texts(item, "lacks"),
                Capture = Map(item, "capture"),
            })]
            : [];

    private static string? Text(JsonElement of, string key) =>
        of.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement of, string key) =>
        of.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    private static List<string> Texts(JsonElement of, string key) =>
        of.TryGetProperty(key, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)]
            : [];

    private static SortedDictionary<string, string> Map(JsonElement of, string key)
    {
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (of.TryGetProperty(key, out var table) && table.ValueKind == JsonValueKind.Object)
        {
            foreach (var entry in table.EnumerateObject().Where(entry => entry.Value.ValueKind == JsonValueKind.String))
            {
                map[entry.Name] = entry.Value.GetString()!;
            }
        }

        return map;
    }
}
