using Nua.Tests.Repository;

namespace Nua.Tests.Hostile;

public sealed class HostilePageTests
{
    [Fact]
    public void Reference_page_of_hostile_images_is_up_to_date()
    {
        if (Environment.GetEnvironmentVariable("NUA_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(Path.Combine(RepositoryFiles.Root, HostilePage.Path), HostilePage.ToMarkdown());
        }

        Assert.Equal(HostilePage.ToMarkdown(), RepositoryFiles.Read(HostilePage.Path));
    }
}
