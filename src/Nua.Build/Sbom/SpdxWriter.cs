using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Nua.Build.Sbom;

/// <summary>Writes SPDX 2.3 JSON of the same inventory, for tools that read nothing else. Deterministic: the document's namespace
/// is made from its content.</summary>
public static partial class SpdxWriter
{
    private const string None = "NOASSERTION";

    private static readonly JsonWriterOptions _options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="epoch">Seconds since 1970 for <c>creationInfo.created</c>.</param>
    /// <param name="toolVersion">Version of nua that wrote it.</param>
    public static byte[] Write(ComponentInventory inventory, long epoch, string toolVersion)
    {
        var all = inventory.Parts.Prepend(inventory.App).ToList();
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var component in all)
        {
            ids[component.BomRef] = $"SPDXRef-Package-{Short(component.BomRef)}";
        }

        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, _options))
        {
            json.WriteStartObject();
            json.WriteString("spdxVersion", "SPDX-2.3");
            json.WriteString("dataLicense", "CC0-1.0");
            json.WriteString("SPDXID", "SPDXRef-DOCUMENT");
            json.WriteString("name", CycloneDxWriter.Clean($"{inventory.App.Name}-{inventory.App.Version}"));
            json.WriteString("documentNamespace", "urn:nua:sbom:" + Fingerprint(all, epoch));
            json.WriteStartObject("creationInfo");
            json.WriteString("created", CycloneDxWriter.Time(epoch));
            json.WriteStartArray("creators");
            json.WriteStringValue($"Tool: nua-{toolVersion}");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartArray("packages");
            all.ForEach(c => WritePackage(json, c, ids[c.BomRef]));
            json.WriteEndArray();
            WriteNamedLicenses(json, all);
            WriteRelationships(json, inventory.App, all, ids);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static void WritePackage(Utf8JsonWriter json, Component component, string id)
    {
        json.WriteStartObject();
        json.WriteString("SPDXID", id);
        json.WriteString("name", CycloneDxWriter.Clean(component.Group is null ? component.Name : $"{component.Group}/{component.Name}"));
        if (component.Version.Length > 0)
        {
            json.WriteString("versionInfo", CycloneDxWriter.Clean(component.Version));
        }

        json.WriteString("downloadLocation", None);
        json.WriteBoolean("filesAnalyzed", false);
        if (component.Hashes.Count > 0)
        {
            json.WriteStartArray("checksums");
            foreach (var (algorithm, hex) in component.Hashes.OrderBy(h => h.Key, StringComparer.Ordinal))
            {
                json.WriteStartObject();
                json.WriteString("algorithm", algorithm.Replace("-", "", StringComparison.Ordinal));
                json.WriteString("checksumValue", hex);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteString("licenseConcluded", None);
        json.WriteString("licenseDeclared", Declared(component.Licenses));
        json.WriteString("copyrightText", None);
        json.WriteString("primaryPackagePurpose", component.Type == "application" ? "APPLICATION" : "LIBRARY");
        json.WriteStartArray("externalRefs");
        json.WriteStartObject();
        json.WriteString("referenceCategory", "PACKAGE-MANAGER");
        json.WriteString("referenceType", "purl");
        json.WriteString("referenceLocator", component.Purl);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Declared(IReadOnlyList<License> licenses) => licenses.Count == 0
        ? None
        : string.Join(" AND ", licenses.Select(l => l.Form switch
        {
            LicenseForm.Identifier => l.Text,
            LicenseForm.Expression => licenses.Count == 1 ? l.Text : $"({l.Text})",
            _ => Reference(l.Text),
        }));

    /// <summary>Every licence that SPDX has no identifier for must be explained once.</summary>
    private static void WriteNamedLicenses(Utf8JsonWriter json, List<Component> all)
    {
        var names = all.SelectMany(c => c.Licenses).Where(l => l.Form == LicenseForm.Name).Select(l => l.Text)
            .DistinctBy(Reference).OrderBy(Reference, StringComparer.Ordinal).ToList();
        if (names.Count == 0)
        {
            return;
        }

        json.WriteStartArray("hasExtractedLicensingInfos");
        foreach (var name in names)
        {
            json.WriteStartObject();
            json.WriteString("licenseId", Reference(name));
            json.WriteString("name", CycloneDxWriter.Clean(name));
            json.WriteString("extractedText", CycloneDxWriter.Clean(name));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRelationships(Utf8JsonWriter json, Component app, List<Component> all, Dictionary<string, string> ids)
    {
        json.WriteStartArray("relationships");
        WriteRelationship(json, "SPDXRef-DOCUMENT", "DESCRIBES", ids[app.BomRef]);
        foreach (var part in all.Skip(1))
        {
            WriteRelationship(json, ids[app.BomRef], "CONTAINS", ids[part.BomRef]);
        }

        foreach (var component in all)
        {
            foreach (var need in component.DependsOn.Where(ids.ContainsKey))
            {
                WriteRelationship(json, ids[component.BomRef], "DEPENDS_ON", ids[need]);
            }
        }

        json.WriteEndArray();
    }

    private static void WriteRelationship(Utf8JsonWriter json, string from, string type, string to)
    {
        json.WriteStartObject();
        json.WriteString("spdxElementId", from);
        json.WriteString("relationshipType", type);
        json.WriteString("relatedSpdxElement", to);
        json.WriteEndObject();
    }

    private static string Reference(string name) => $"LicenseRef-{NotInIdentifiers().Replace(name, "-").Trim('-')}-{Short(name)[..8]}";

    private static string Short(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..20];

    private static string Fingerprint(List<Component> all, long epoch)
    {
        var text = string.Join('\n', all.Select(c => $"{c.BomRef} {string.Join(',', c.Hashes.Values)} {Declared(c.Licenses)}").Append($"{epoch}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    [GeneratedRegex("[^A-Za-z0-9.]+", RegexOptions.CultureInvariant)]
    private static partial Regex NotInIdentifiers();
}
