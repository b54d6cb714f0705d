using System.Xml.Linq;

namespace Nua.Tests.Repository;

public sealed class ArchitectureTests
{
    private const string Page = "docs/explanation/architecture.md";

    [Fact]
    public void Page_lists_exactly_the_references_that_the_project_files_have() =>
        Assert.Equal(ReferencesOfProjectFiles(), ReferencesOfPage());

    [Fact]
    public void Project_references_have_no_cycle()
    {
        var references = ReferencesOfProjectFiles();
        foreach (var project in references.Keys)
        {
            Assert.DoesNotContain(project, Reachable(project, references));
        }
    }

    [Theory]
    [InlineData("Nua.Build", "Nua.Check")]
    [InlineData("Nua.Build", "Nua.Engine")]
    [InlineData("Nua.Check", "Nua.Engine")]
    [InlineData("Nua.Oci", "Nua.Sandbox")]
    [InlineData("Nua.Agent", "Nua.Build")]
    public void Projects_that_meet_only_on_disk_do_not_reach_each_other(string one, string other)
    {
        var references = ReferencesOfProjectFiles();
        Assert.DoesNotContain(other, Reachable(one, references));
        Assert.DoesNotContain(one, Reachable(other, references));
    }

    [Fact]
    public void Namespaces_equal_folders()
    {
        var wrong =
            from path in RepositoryFiles.Under("src", "*.cs")
            let folder = string.Join('.', Path.GetDirectoryName(path)!.Split('/')[1..])
            from line in RepositoryFiles.Read(path).Split('\n')
            where line.StartsWith("namespace ", StringComparison.Ordinal) && line.TrimEnd() != $"namespace {folder};"
            select $"{path}: {line}";
        Assert.Empty(wrong);
    }

    private static SortedDictionary<string, string> ReferencesOfProjectFiles()
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in RepositoryFiles.Under("src", "*.csproj"))
        {
            var references = XDocument.Parse(RepositoryFiles.Read(path)).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!));
            result[Path.GetFileNameWithoutExtension(path)] = Joined(references);
        }

        return result;
    }

    /// <summary>Rows <c>| Nua.X | Nua.Y, Nua.Z | … |</c>; a dash stands for none.</summary>
    private static SortedDictionary<string, string> ReferencesOfPage()
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in RepositoryFiles.Read(Page).Split('\n').Where(line => line.StartsWith("| Nua.", StringComparison.Ordinal)))
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            result[cells[1]] = cells[2] == "–" ? "" : Joined(cells[2].Split(',', StringSplitOptions.TrimEntries));
        }

        return result;
    }

    private static HashSet<string> Reachable(string project, SortedDictionary<string, string> references)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(Names(references[project]));
        while (open.TryDequeue(out var next))
        {
            if (reached.Add(next))
            {
                Names(references[next]).ForEach(open.Enqueue);
            }
        }

        return reached;
    }

    private static List<string> Names(string joined) => [.. joined.Split(", ", StringSplitOptions.RemoveEmptyEntries)];

    private static string Joined(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));
}
