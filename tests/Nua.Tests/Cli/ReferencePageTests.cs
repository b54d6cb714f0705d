using Nua.Tests.Repository;

namespace Nua.Tests.Cli;

public sealed class ReferencePageTests
{
    private const string Page = "docs/reference/cli.md";

    [Fact]
    public void Reference_page_is_what_the_command_definitions_say()
    {
        var text = ReferencePage.Text();
        if (Environment.GetEnvironmentVariable("NUA_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(Path.Combine(RepositoryFiles.Root, Page), text);
        }

        Assert.Equal(text, RepositoryFiles.Read(Page));
    }
}
