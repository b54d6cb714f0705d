using Nua.Acceptance.Judges;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Documentation;

/// <summary>What a newcomer reads first is true: every command is run as it is printed, in a home where nothing is, and says what is printed.</summary>
[Collection(Alone.Name)]
public sealed class FirstPagesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Tutorial_and_every_command_by_example_are_true()
    {
        await using var registry = await RealRegistry.StartAsync(hasPassword: true);
        var tutorial = new ConsolePage("docs/tutorial.md");
        _folder.Write("hello/app.py", tutorial.Block("python"));
        _folder.Write("token-file", RealRegistry.Password);
        var here = new Dictionary<string, string>
        {
            ["18992"] = $"{Web.FreePort()}",
            ["18993"] = $"{Web.FreePort()}",
            ["registry.example"] = registry.Host,
            ["/home/ada"] = _folder["ada"],
        };
        var bash = new Shell("/bin/bash") { Limit = TimeSpan.FromMinutes(5) }
            .Set("HOME", _folder["ada"]).Set("NUA_HOME", _folder["ada/.local/share/nua"]).Set("NO_COLOR", "1").Set("SOURCE_DATE_EPOCH", null)
            .Set("DOCKER_CONFIG", null).Set("REGISTRY_AUTH_FILE", null)
            .Set("PATH", $"{Path.GetDirectoryName(Repository.Nua)}:{Environment.GetEnvironmentVariable("PATH")}");
        await (tutorial with { Here = here }).HoldsAsync(bash.In(_folder["hello"]));
        await new ConsolePage("docs/guide/commands-by-example.md") { Here = here }.HoldsAsync(bash.In(_folder.Path));
    }

    [Fact]
    public void Readme_shows_what_the_tutorial_shows()
    {
        var tutorial = new ConsolePage("docs/tutorial.md").Calls;
        Assert.All(new ConsolePage("README.md").Calls, call =>
            Assert.Contains(tutorial, shown => shown.Command == call.Command && call.IsAnsweredBy(shown.Expected)));
    }
}
