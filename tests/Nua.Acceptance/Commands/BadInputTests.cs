using Nua.Acceptance.Running;

namespace Nua.Acceptance.Commands;

/// <summary>Folders, files and options that cannot work: each is a coded message that names the fix, and leaves nothing behind.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private NuaProgram Nua => new(_folder["home"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Empty_folder_is_told_what_was_looked_for()
    {
        Directory.CreateDirectory(_folder["app"]);
        await FailsAsync(["build", _folder["app"]], 1, "NUA2002", "nua init");
    }

    [Fact]
    public async Task Unknown_kind_of_application_gets_a_form_to_fill_in()
    {
        _folder.Write("app/main.go", "package main\n");
        _folder.Write("app/go.mod", "module example\n");
        await FailsAsync(["plan", "app"], 1, "app: error NUA2002", "go.mod says Go", "nua init");
        var init = (await Nua.Shell.With("init", "app").In(_folder.Path).RunAsync()).Expect(0);
        Assert.Equal("app/nua-config.toml\n", init.Out);
        Assert.Contains("FILL IN", init.Error, StringComparison.Ordinal);
        Assert.Contains("FILL IN", await File.ReadAllTextAsync(_folder["app/nua-config.toml"], TestContext.Current.CancellationToken), StringComparison.Ordinal);
        (await Nua.RunAsync("config", "check", _folder["app"])).Expect(0);
    }

    [Fact]
    public async Task Secrets_are_those_that_the_configuration_names()
    {
        _folder.Write("token", "s3cret");
        _folder.Write("app/index.html", "<p>");
        await FailsAsync(["build", "app", "--secret", "id=token,src=token"], 1, "NUA2308", "build.secrets = [\"token\"]");
        _folder.Write("app/nua-config.toml", "[metadata]\nid = \"a\"\nversion = \"1\"\ntitle = \"t\"\nauthor = \"a\"\n[build]\nsecrets = [\"token\"]\n");
        await FailsAsync(["build", "app"], 1, "NUA2304", "--secret id=token,src=FILE");
        await FailsAsync(["build", "app", "--secret", "id=token,src=nowhere"], 1, "NUA2309", "nowhere");
    }

    [Fact]
    public Task Folder_that_is_not_there_is_named() => FailsAsync(["build", _folder["nowhere"]], 1, "NUA1", "nowhere");

    [Fact]
    public async Task All_mistakes_of_a_configuration_come_at_once_with_line_and_column()
    {
        var file = _folder.Write("app/nua-config.toml", "[metadata]\nid = 3\nverison = \"1\"\n[metadata.nested]\n[healthcheck]\ninterval = \"often\"\n[nonsense]\n");
        var outcome = (await Nua.RunAsync("config", "check", _folder["app"])).Expect(1);
        Assert.Contains($"{file}:3:1: ", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("version", outcome.Out, StringComparison.Ordinal);
        Assert.Contains($"{file}:6:", outcome.Out, StringComparison.Ordinal);
        Assert.Contains($"{file}:7:", outcome.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nua-config.toml", "[metadata\n")]
    [InlineData("nua-config.json", "{\"metadata\": {\"id\": \"a\", \"id\": \"b\"}}")]
    [InlineData("nua-config.yaml", "metadata:\n  id: !!python/object a\n")]
    public async Task Broken_or_hostile_configuration_is_refused(string name, string text)
    {
        _folder.Write("app/" + name, text);
        _folder.Write("app/index.html", "<p>");
        await FailsAsync(["build", _folder["app"]], 1, "NUA1", name);
    }

    [Fact]
    public async Task Yaml_that_would_grow_without_end_is_refused()
    {
        var lines = Enumerable.Range(1, 12).Select(level =>
            $"a{level}: &a{level} [{string.Join(',', Enumerable.Repeat($"*a{level - 1}", 9))}]");
        _folder.Write("app/nua-config.yaml", "a0: &a0 [x]\n" + string.Join('\n', lines) + "\n");
        await FailsAsync(["build", _folder["app"]], 1, "NUA1", "nua-config.yaml");
    }

    [Fact]
    public async Task Existing_configuration_is_not_overwritten()
    {
        var file = _folder.Write("app/nua-config.toml", "[metadata]\nid = \"mine\"\n");
        await FailsAsync(["init", _folder["app"]], 1, "NUA9011", file);
        Assert.Equal("[metadata]\nid = \"mine\"\n", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("NUA9004", "push", "x:1", "no-host/x:1")]
    [InlineData("NUA9004", "pull", "oci:x")]
    [InlineData("NUA9016", "login", "https://registry.example/")]
    [InlineData("NUA9017", "login", "registry.example", "-u", "ada")]
    [InlineData("NUA9018", "pull", "registry.example/x:1", "--platform", "linux")]
    [InlineData("NUA9005", "build", ".", "-t", "Not Valid")]
    [InlineData("NUA9007", "build", ".", "--set", "nothing")]
    [InlineData("NUA9008", "build", ".", "--secret", "id=../x,src=y")]
    [InlineData("NUA9002", "build", ".", "--network", "perhaps")]
    [InlineData("NUA9002", "build", "one", "two")]
    [InlineData("NUA9012", "run", "nua-notes:1.0", "start", "--", "ls")]
    [InlineData("NUA9013", "run", "nua-notes:1.0", "-e", "SURELY_NOT_SET_ANYWHERE")]
    [InlineData("NUA5001", "run", "nua-notes:1.0", "-p", "99999")]
    [InlineData("NUA3202", "inspect", "what is this")]
    public Task Wrong_usage_ends_with_2(string code, params string[] arguments) => FailsAsync(arguments, 2, code, "fix: ");

    [Fact]
    public Task Image_that_is_not_there_is_named() => FailsAsync(["inspect", "nosuch:1"], 1, "NUA3104", "nosuch:1");

    [Fact]
    public Task Layout_that_is_not_there_is_named() =>
        FailsAsync(["load", $"oci:{_folder["nowhere"]}:1"], 1, "NUA3", "nowhere");

    private async Task FailsAsync(IReadOnlyList<string> arguments, int status, params string[] mentioned)
    {
        var outcome = (await Nua.Shell.With(arguments).In(_folder.Path).RunAsync()).Expect(status);
        Assert.Empty(outcome.Out);
        Assert.All(mentioned, text => Assert.Contains(text, outcome.Error, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("NUA9001", outcome.Error, StringComparison.Ordinal);
    }
}
