using System.Text;
using Nua.Check.Reports;
using Nua.Check.Rules;

namespace Nua.Check;

/// <summary>Every rule of the specification, in the order of its page.</summary>
public static class RuleCatalogue
{
    private static readonly (string Heading, IReadOnlyList<Rule> Rules)[] _families =
    [
        ("The tree", LayoutRules.All),
        ("The build tree", BuildTreeRules.All),
        ("Metadata", MetadataRules.All),
        ("Scripts", ScriptRules.All),
        ("Image configuration", ConfigurationRules.All),
        ("Data, mounts, logs", DataRules.All),
        ("Secrets", SecretRules.All),
        ("Software bill of materials", SbomRules.All),
        ("OCI", [.. OciDocumentRules.All, .. OciLayerRules.All]),
    ];

    public static IReadOnlyList<Rule> All { get; } = [.. _families.SelectMany(family => family.Rules)];

    /// <exception cref="KeyNotFoundException">there is no such rule.</exception>
    public static Rule Get(string id) =>
        All.FirstOrDefault(rule => rule.Id == id) ?? throw new KeyNotFoundException($"no rule {id}");

    /// <summary>The reference page <c>docs/reference/check-rules.md</c>.</summary>
    public static string ToMarkdown()
    {
        var page = new StringBuilder();
        page.Append("# The rules of `nua check`\n\n")
            .Append("Generated from the rules themselves; do not edit. What they are for is said in the\n")
            .Append("[image specification](image-specification.md). `error` makes `nua check` exit with 1; `--strict` makes warnings errors.\n")
            .Append("Rules marked † are asked of every image, the others of Nua images only.\n");
        foreach (var (heading, rules) in _families)
        {
            page.Append("\n## ").Append(heading).Append('\n');
            foreach (var rule in rules)
            {
                page.Append("\n### ").Append(rule.Id).Append(rule.IsForEveryImage ? " †" : "").Append("\n\n")
                    .Append(rule.Title).Append("\n\n")
                    .Append("- Severity: ").Append(TextReport.Word(rule.Severity)).Append('\n')
                    .Append("- From: ").Append(rule.Reference).Append('\n')
                    .Append("- To mend it: ").Append(rule.Remedy).Append('\n');
            }
        }

        return page.ToString();
    }
}
