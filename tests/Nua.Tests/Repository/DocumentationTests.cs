using System.Text.RegularExpressions;

namespace Nua.Tests.Repository;

public sealed partial class DocumentationTests
{
    [Fact]
    public void Links_between_pages_lead_somewhere()
    {
        var broken =
            from page in Pages()
            from Match match in Link().Matches(RepositoryFiles.Read(page))
            let target = match.Groups[1].Value.Split('#')[0]
            where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
            let path = Path.GetFullPath(Path.Combine(RepositoryFiles.Root, Path.GetDirectoryName(page)!, target))
            where !Path.Exists(path)
            select $"{page}: {match.Groups[1].Value}";
        Assert.Empty(broken);
    }

    [Fact]
    public void Every_decision_is_in_the_list_of_decisions()
    {
        var list = RepositoryFiles.Read("docs/decisions/README.md");
        var missing = RepositoryFiles.Under("docs/decisions", "0*.md")
            .Select(path => Path.GetFileName(path))
            .Where(name => !list.Contains($"]({name})", StringComparison.Ordinal));
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_example_has_a_page_and_is_listed()
    {
        var list = RepositoryFiles.Read("examples/README.md");
        var folders = Directory.GetDirectories(Path.Combine(RepositoryFiles.Root, "examples")).Select(Path.GetFileName);
        Assert.All(folders, folder =>
        {
            Assert.True(File.Exists(Path.Combine(RepositoryFiles.Root, "examples", folder!, "README.md")), folder);
            Assert.Contains($"]({folder}/README.md)", list, StringComparison.Ordinal);
        });
    }

    /// <summary>A lock file with addresses in it would send every user to the mirror of whoever made it.</summary>
    [Fact]
    public void Lock_files_of_the_examples_name_no_registry() =>
        Assert.All(
            RepositoryFiles.Under("examples", "package-lock.json"),
            path => Assert.DoesNotContain("\"resolved\"", RepositoryFiles.Read(path), StringComparison.Ordinal));

    private static IEnumerable<string> Pages() =>
        RepositoryFiles.Under("docs", "*.md").Concat(RepositoryFiles.Under("examples", "*.md"))
            .Concat(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]);

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
