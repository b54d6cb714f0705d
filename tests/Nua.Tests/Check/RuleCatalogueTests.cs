using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Nua.Check;
using Nua.Check.Reports;
using Xunit;

namespace Nua.Tests.Check;

public sealed partial class RuleCatalogueTests
{
    private static string Page(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/reference", name);

    [Fact]
    public void Identifiers_are_unique_and_in_order()
    {
        var ids = RuleCatalogue.All.Select(rule => rule.Id).ToList();

        Assert.Equal(ids.Distinct(), ids);
        Assert.All(ids.GroupBy(id => id[..^2]), family => Assert.Equal(family.Order(StringComparer.Ordinal), family));
        Assert.All(ids, id => Assert.Matches(@"^(NUA-[A-Z]|OCI-)\d\d$", id));
    }

    [Fact]
    public void Specification_page_states_exactly_the_rules_of_the_catalogue()
    {
        var page = File.ReadAllText(Page("image-specification.md"));
        var stated = RuleRow().Matches(page).Select(row => $"{row.Groups[1]} {row.Groups[2]} {row.Groups[3]}")
            .Order(StringComparer.Ordinal);
        var known = RuleCatalogue.All.Select(rule => $"{rule.Id} {TextReport.Word(rule.Severity)} {rule.Title}")
            .Order(StringComparer.Ordinal);

        Assert.Equal(known, stated);
    }

    [Fact]
    public void Specification_page_mentions_no_rule_that_does_not_exist()
    {
        var mentioned = RuleId().Matches(File.ReadAllText(Page("image-specification.md"))).Select(match => match.Value)
            .ToHashSet();

        Assert.Equal([], mentioned.Except(RuleCatalogue.All.Select(rule => rule.Id)));
    }

    [Fact]
    public void Reference_page_is_generated_from_the_catalogue()
    {
        var page = Page("check-rules.md");
        if (Environment.GetEnvironmentVariable("NUA_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(page, RuleCatalogue.ToMarkdown());
        }

        Assert.True(
            File.Exists(page) && File.ReadAllText(page) == RuleCatalogue.ToMarkdown(),
            "docs/reference/check-rules.md is not what the rules say; run the tests with NUA_UPDATE_DOCS=1");
    }

    [GeneratedRegex(@"^\| `((?:NUA-[A-Z]|OCI-)\d\d)` \| (\w+) \| (.+) \|$", RegexOptions.Multiline)]
    private static partial Regex RuleRow();

    [GeneratedRegex(@"(?:NUA-[A-Z]|OCI-)\d\d")]
    private static partial Regex RuleId();
}
