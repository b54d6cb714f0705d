using System.Text.Encodings.Web;
using System.Text.Json;

namespace Nua.Build.Sbom;

/// <summary>
/// Writes CycloneDX 1.6 JSON. The same inventory gives the same bytes: no serial number, the time is passed in, everything is
/// sorted. Ours are the properties <c>io.nua:layer</c> (the layer a component is in) and <c>io.nua:path</c> (each folder it owns).
/// </summary>
public static class CycloneDxWriter
{
    private static readonly JsonWriterOptions _options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // the document is a file, never part of a page
    };

    /// <param name="epoch">Seconds since 1970 for <c>metadata.timestamp</c>.</param>
    /// <param name="toolVersion">Version of nua that wrote it.</param>
    public static byte[] Write(ComponentInventory inventory, long epoch, string toolVersion)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, _options))
        {
            json.WriteStartObject();
            json.WriteString("bomFormat", "CycloneDX");
            json.WriteString("specVersion", "1.6");
            json.WriteNumber("version", 1);
            WriteMetadata(json, inventory.App, epoch, toolVersion);
            json.WriteStartArray("components");
            foreach (var component in inventory.Parts)
            {
                WriteComponent(json, component);
            }

            json.WriteEndArray();
            WriteDependencies(json, inventory);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    internal static string Time(long epoch) =>
        DateTimeOffset.FromUnixTimeSeconds(epoch).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");

    private static void WriteMetadata(Utf8JsonWriter json, Component app, long epoch, string toolVersion)
    {
        json.WriteStartObject("metadata");
        json.WriteString("timestamp", Time(epoch));
        json.WriteStartObject("tools");
        json.WriteStartArray("components");
        json.WriteStartObject();
        json.WriteString("type", "application");
        json.WriteString("name", "nua");
        json.WriteString("version", toolVersion);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WritePropertyName("component");
        WriteComponent(json, app);
        json.WriteEndObject();
    }

    private static void WriteComponent(Utf8JsonWriter json, Component component)
    {
        json.WriteStartObject();
        json.WriteString("type", component.Type);
        json.WriteString("bom-ref", component.BomRef);
        WriteText(json, "group", component.Group);
        json.WriteString("name", Clean(component.Name));
        WriteText(json, "version", component.Version);
        WriteText(json, "description", component.Description);
        WriteHashes(json, component.Hashes);
        WriteLicenses(json, component.Licenses);
        json.WriteString("purl", component.Purl);
        WriteProperties(json, component);
        json.WriteEndObject();
    }

    private static void WriteHashes(Utf8JsonWriter json, IReadOnlyDictionary<string, string> hashes)
    {
        if (hashes.Count == 0)
        {
            return;
        }

        json.WriteStartArray("hashes");
        foreach (var (algorithm, hex) in hashes.OrderBy(h => h.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("alg", algorithm);
            json.WriteString("content", hex);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The format allows either one expression or a list of licences; an expression in a list becomes a name.</summary>
    private static void WriteLicenses(Utf8JsonWriter json, IReadOnlyList<License> licenses)
    {
        if (licenses.Count == 0)
        {
            return;
        }

        json.WriteStartArray("licenses");
        if (licenses is [{ Form: LicenseForm.Expression } expression])
        {
            json.WriteStartObject();
            json.WriteString("expression", expression.Text);
            json.WriteString("acknowledgement", "declared");
            json.WriteEndObject();
        }
        else
        {
            foreach (var license in licenses)
            {
                json.WriteStartObject();
                json.WriteStartObject("license");
                json.WriteString(license.Form == LicenseForm.Identifier ? "id" : "name", Clean(license.Text));
                json.WriteString("acknowledgement", "declared");
                json.WriteEndObject();
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
    }

    private static void WriteProperties(Utf8JsonWriter json, Component component)
    {
        var properties = component.Folders.Select(f => ("io.nua:path", "/" + f.TrimEnd('/'))).ToList();
        if (component.Layer is { } layer)
        {
            properties.Insert(0, ("io.nua:layer", layer));
        }

        if (properties.Count == 0)
        {
            return;
        }

        json.WriteStartArray("properties");
        foreach (var (name, value) in properties)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("value", Clean(value));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteDependencies(Utf8JsonWriter json, ComponentInventory inventory)
    {
        json.WriteStartArray("dependencies");
        var known = inventory.Parts.Select(p => p.BomRef).Append(inventory.App.BomRef).ToHashSet(StringComparer.Ordinal);
        foreach (var component in inventory.Parts.Prepend(inventory.App))
        {
            json.WriteStartObject();
            json.WriteString("ref", component.BomRef);
            var needs = component.DependsOn.Where(known.Contains).ToList();
            if (needs.Count > 0)
            {
                json.WriteStartArray("dependsOn");
                needs.ForEach(json.WriteStringValue);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, Clean(value));
        }
    }

    /// <summary>File names that are not UTF-8 hold lone surrogates, which JSON cannot carry.</summary>
    internal static string Clean(string text)
    {
        var result = new System.Text.StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append(rune);
        }

        return result.ToString();
    }
}
