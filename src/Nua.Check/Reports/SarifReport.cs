using System.Text.Json;

namespace Nua.Check.Reports;

/// <summary>The report as SARIF 2.1.0, which code hosts and editors show beside the code.</summary>
public static class SarifReport
{
    /// <param name="imageName">What the user called the image; the place of findings that have no path.</param>
    /// <param name="toolVersion">Nua's version.</param>
    public static void Write(CheckReport report, string imageName, string toolVersion, Utf8JsonWriter json)
    {
        var rules = RuleCatalogue.All.Where(rule => report.Findings.Any(f => f.RuleId == rule.Id)).ToList();
        json.WriteStartObject();
        json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        WriteTool(rules, toolVersion, json);
        json.WriteString("columnKind", "utf16CodeUnits");
        json.WriteStartArray("results");
        foreach (var finding in report.Findings)
        {
            WriteResult(finding, rules.FindIndex(rule => rule.Id == finding.RuleId), imageName, json);
        }

        json.WriteEndArray();
        json.WriteStartObject("properties");
        json.WriteString("image", report.Image);
        json.WriteString("level", report.Level);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTool(List<Rule> rules, string toolVersion, Utf8JsonWriter json)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "nua check");
        json.WriteString("version", toolVersion);
        json.WriteStartArray("rules");
        foreach (var rule in rules)
        {
            json.WriteStartObject();
            json.WriteString("id", rule.Id);
            WriteText(json, "shortDescription", rule.Title);
            WriteText(json, "help", rule.Remedy);
            json.WriteStartObject("defaultConfiguration");
            json.WriteString("level", TextReport.Word(rule.Severity));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteResult(Finding finding, int ruleIndex, string imageName, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", finding.RuleId);
        json.WriteNumber("ruleIndex", ruleIndex);
        json.WriteString("level", TextReport.Word(finding.Severity));
        WriteText(json, "message", $"{finding.What}. {finding.Remedy}");
        json.WriteStartArray("locations");
        json.WriteStartObject();
        if (finding.Place is { } path && path.StartsWith('/'))
        {
            json.WriteStartObject("physicalLocation");
            json.WriteStartObject("artifactLocation");
            json.WriteString("uri", Uri.EscapeDataString(path.TrimStart('/'))
                .Replace("%2F", "/", StringComparison.Ordinal));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteStartArray("logicalLocations");
        json.WriteStartObject();
        json.WriteString("fullyQualifiedName",
            string.Join(' ', new[] { imageName, finding.Layer, finding.Place }.OfType<string>()));
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
