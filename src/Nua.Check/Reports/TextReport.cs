using System.Text;
using Nua.Foundation;

namespace Nua.Check.Reports;

/// <summary>For people, and for grep: one line for each finding, grouped by severity and rule, then what mends it, then
/// a summary.</summary>
public static class TextReport
{
    /// <summary>
    /// <code>
    /// error NUA-S02 /nua/scripts/start: the interpreter /usr/bin/ruby is not in the image
    ///   fix: add the package that has the interpreter to run.packages
    /// warning …
    /// N0: 1 error, 1 warning, 0 notes; 96 rules
    /// </code>
    /// </summary>
    public static string Write(CheckReport report)
    {
        var text = new StringBuilder();
        foreach (var group in report.Findings.GroupBy(f => (f.RuleId, f.Remedy)))
        {
            foreach (var finding in group)
            {
                text.Append(Line(finding)).Append('\n');
            }

            text.Append("  fix: ").Append(group.Key.Remedy).Append('\n');
        }

        return text.Append(Summary(report)).Append('\n').ToString();
    }

    /// <summary><c>error NUA-S02 PLACE (in layer sha256:…): WHAT</c>.</summary>
    public static string Line(Finding finding)
    {
        var place = finding.Place is null ? "" : " " + finding.Place;
        var layer = finding.Layer is null ? "" : $" (layer {Short(finding.Layer)})";
        return $"{Word(finding.Severity)} {finding.RuleId}{place}{layer}: {finding.What}";
    }

    public static string Summary(CheckReport report)
    {
        var level = report.Level switch
        {
            "N0" when !report.IsNuaImage => "N0: not a Nua image",
            "N0" => "N0: the Nua image specification is not kept",
            _ => "N1 (static part): the Nua image specification is kept",
        };
        return $"{level}: {Count(report.Errors, "error")}, {Count(report.Warnings, "warning")}, {Count(report.Notes, "note")}; "
            + $"{report.RulesAsked} rules";
    }

    internal static string Word(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "note",
    };

    private static string Short(string digest) => digest.Length > 19 ? digest[..19] : digest;

    private static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";
}
