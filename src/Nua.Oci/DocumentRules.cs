using Nua.Foundation;
using Nua.Oci.Json;

namespace Nua.Oci;

/// <summary>What manifests and indexes have in common: neither may pass for the other (CVE-2021-41190).</summary>
internal static class DocumentRules
{
    public static void CheckVersion(JsonObjectReader json)
    {
        if (json.Int64("schemaVersion") is not 2 and var version)
        {
            throw json.Invalid("schemaVersion", $"it is {version}; only 2 is an OCI or Docker schema 2 document");
        }
    }

    public static void CheckIsOnly(JsonObjectReader json, string kind, params string[] foreign)
    {
        foreach (var name in foreign)
        {
            if (json.Has(name))
            {
                throw Confused(json.Where, $"as {kind} it must not have the field '{name}'");
            }
        }
    }

    /// <summary>The document's own media type; when it has none, what its descriptor says.</summary>
    public static string MediaType(JsonObjectReader json, string expected, Func<string, bool> isRightKind)
    {
        var stated = json.OptionalString("mediaType") ?? expected;
        if (stated != expected || !isRightKind(stated))
        {
            throw Confused(json.Where, $"it says '{Printable.Escape(stated, 80)}', expected was '{Printable.Escape(expected, 80)}'");
        }

        return stated;
    }

    private static ProblemException Confused(string where, string why) => new(
        new Problem("NUA3007", "the document may be taken for something it is not") { Where = where, Why = why });
}
