using Nua.Acceptance.Running;

namespace Nua.Acceptance.Operating;

/// <summary>The tutorial does what it says: every command of the page is run as it is printed, and says what is printed.</summary>
[Collection(Alone.Name)]
public sealed class TutorialTests(ExampleImages images) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        foreach (var home in (string[])[images.Nua.Home, _folder["elsewhere"]])
        {
            new NuaProgram(home).RunAsync("destroy", "notes", "--yes").GetAwaiter().GetResult();
        }

        _folder.Dispose();
    }

    [Theory]
    [InlineData("local")]
    [InlineData("docker")]
    public async Task Page_about_operating_is_true(string kind)
    {
        await using var engine = kind == "docker" ? await ForeignEngine.StartAsync(kind) : null;
        // The examples are built once for all tests; then building here is quick.
        await images.BuildAsync("notes");
        // A file that the page makes must not stay in the repository.
        var page = new ConsolePage("docs/tutorial-operating.md")
        {
            Here = new Dictionary<string, string>
            {
                ["18990"] = $"{Web.FreePort()}",
                ["18991"] = $"{Web.FreePort()}",
                ["notes.backup"] = _folder["notes.backup"],
            },
        };
        await page.HoldsAsync(new Shell("/bin/bash") { Folder = Repository.Root, Limit = TimeSpan.FromMinutes(3) }
            .Set("NUA_HOME", images.Nua.Home).Set("HOME", _folder.Path).Set("NO_COLOR", "1").Set("NUA_ENGINE", kind).Set("DOCKER_HOST", engine?.Host)
            .Set("PATH", $"{Path.GetDirectoryName(Repository.Nua)}:{Environment.GetEnvironmentVariable("PATH")}"));
    }
}
