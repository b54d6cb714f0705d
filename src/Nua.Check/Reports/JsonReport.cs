using System.Text.Json;

namespace Nua.Check.Reports;

/// <summary>The report for programs. Names and meanings are stable; new members may be added.</summary>
public static class JsonReport
{
    /// <summary>
    /// <code>
    /// {"schema":1,"image":"sha256:…","is_nua_image":true,"level":"N1-static","rules":96,"errors":0,"warnings":0,"notes":0,
    ///  "findings":[{"rule":"NUA-S02","severity":"error","layer":null,"place":"/nua/scripts/start","what":"…","remedy":"…"}]}
    /// </code>
    /// </summary>
    public static void Write(CheckReport report, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("schema", 1);
        json.WriteString("image", report.Image);
        json.WriteBoolean("is_nua_image", report.IsNuaImage);
        json.WriteString("level", report.Level);
        json.WriteNumber("rules", report.RulesAsked);
        json.WriteNumber("errors", report.Errors);
        json.WriteNumber("warnings", report.Warnings);
        json.WriteNumber("notes", report.Notes);
        json.WriteStartArray("findings");
        foreach (var finding in report.Findings)
        {
            json.WriteStartObject();
            json.WriteString("rule", finding.RuleId);
            json.WriteString("severity", TextReport.Word(finding.Severity));
            json.WriteString("layer", finding.Layer);
            json.WriteString("place", finding.Place);
            json.WriteString("what", finding.What);
            json.WriteString("remedy", finding.Remedy);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
