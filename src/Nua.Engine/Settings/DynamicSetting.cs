using System.Text.Json;
using Nua.Engine.Contracts;

namespace Nua.Engine.Settings;

/// <summary>A variable of <c>[env]</c> whose value is not in the image: <c>docs/reference/nua-config.md</c>, "dynamic".</summary>
/// <param name="Kind">The selector that decides: <c>key</c>, <c>nua_internal</c>, <c>external_ip</c>, <c>random</c>, <c>unique_db</c>,
/// <c>unique_user</c>; empty for none.</param>
/// <param name="From">Provider or volume; null: the application itself.</param>
/// <param name="Length">Characters of a random text.</param>
internal sealed record DynamicSetting(string Name, string Kind, string? From, string? Key, int? Length, bool IsNumber, bool IsKept, bool IsShown)
{
    private static readonly string[] _selectors = ["nua_internal", "external_ip", "random", "unique_db", "unique_user"];

    /// <summary>In the order of the document.</summary>
    public static IReadOnlyList<DynamicSetting> Of(AppContract contract) =>
        [.. Variables(contract).Where(variable => variable.Value.ValueKind == JsonValueKind.Object).Select(variable => Read(variable.Name, variable.Value))];

    /// <summary>Variables with a text, which may name others in braces.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Texts(AppContract contract) =>
        [.. Variables(contract).Where(variable => variable.Value.ValueKind == JsonValueKind.String)
            .Select(variable => KeyValuePair.Create(variable.Name, variable.Value.GetString()!))];

    private static IEnumerable<JsonProperty> Variables(AppContract contract) =>
        contract.Document.TryGetProperty("env", out var env) && env.ValueKind == JsonValueKind.Object ? env.EnumerateObject() : [];

    private static DynamicSetting Read(string name, JsonElement value) => new(
        name,
        Text(value, "key") is not null ? "key" : _selectors.FirstOrDefault(selector => Is(value, selector, otherwise: false)) ?? "",
        Text(value, "from") is { Length: > 0 } from ? from : null,
        Text(value, "key"),
        value.TryGetProperty("length", out var length) && length.TryGetInt32(out var characters) ? characters : null,
        Text(value, "type") is "int" or "integer",
        Is(value, "persist", otherwise: true),
        Is(value, "display", otherwise: false));

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static bool Is(JsonElement of, string name, bool otherwise) => of.TryGetProperty(name, out var flag) ? flag.ValueKind == JsonValueKind.True : otherwise;
}
