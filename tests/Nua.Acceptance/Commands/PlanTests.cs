using System.Text.Json;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Commands;

public sealed class PlanTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private NuaProgram Nua => new(_folder["home"]);

    public static TheoryData<string> Names => Example.Names;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Plan_of_an_example_says_image_start_and_reasons(string name)
    {
        var plan = await Nua.JsonAsync("plan", Repository.Example(name));
        var app = plan.GetProperty("app");
        Assert.Equal(
            Example.Of(name).Image, $"{app.GetProperty("image_name").GetString()}:{app.GetProperty("image_tag").GetString()}");
        Assert.NotEqual(0, plan.GetProperty("decisions").GetArrayLength());
    }

    [Fact]
    public async Task Plan_writes_nothing_needs_no_network_and_no_power()
    {
        _folder.CopyOf(Repository.Example("api"), "app");
        await Shell.ScriptAsync("chmod -R a=rX app", _folder.Path);
        // Another user in a network namespace without anything: whatever needs either fails.
        var outcome = await new Shell("/usr/bin/unshare").With("--net", "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups")
            .With(Repository.Nua, "plan", _folder["app"], "--json").Set("NUA_HOME", "/nonexistent").Set("HOME", "/nonexistent").RunAsync();
        using var plan = JsonDocument.Parse(outcome.Expect(0).Out);
        Assert.Equal("node", plan.RootElement.GetProperty("stack").GetProperty("name").GetString());
        Assert.False(Directory.Exists(_folder["home"]));
    }

    [Fact]
    public async Task Plan_is_there_in_less_than_100_ms()
    {
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var outcome = (await Nua.RunAsync("plan", Repository.Example("api"))).Expect(0);
            best = outcome.Time < best ? outcome.Time : best;
        }

        Assert.InRange(best.TotalMilliseconds, 0, 100);
    }

    [Theory]
    [InlineData("notes")]
    [InlineData("api")]
    [InlineData("clock")]
    public async Task What_init_writes_gives_the_same_plan(string name)
    {
        var app = _folder.CopyOf(Repository.Example(name), "app");
        File.Delete(Path.Combine(app, "nua-config.toml"));
        var before = await Nua.JsonAsync("plan", app);
        var file = (await Nua.RunAsync("init", app)).Expect(0).Out.Trim();
        Assert.Equal(Path.Combine(app, "nua-config.toml"), file);
        (await Nua.RunAsync("config", "check", app)).Expect(0);
        var after = await Nua.JsonAsync("plan", app);
        Assert.Equal(before.GetProperty("start").GetProperty("argv").ToString(), after.GetProperty("start").GetProperty("argv").ToString());
        Assert.Equal(before.GetProperty("run_packages").ToString(), after.GetProperty("run_packages").ToString());
        Assert.Equal(before.GetProperty("stack").GetProperty("name").ToString(), after.GetProperty("stack").GetProperty("name").ToString());
    }

    [Fact]
    public async Task One_setting_overrides_what_was_detected()
    {
        var plan = await Nua.JsonAsync("plan", Repository.Example("notes"), "--set", "run.start=python3 -m http.server $PORT");
        Assert.Equal("python3", plan.GetProperty("start").GetProperty("argv")[0].GetString());
        Assert.Equal("http.server", plan.GetProperty("start").GetProperty("argv")[2].GetString());
    }

    [Fact]
    public async Task Three_syntaxes_show_the_same_configuration()
    {
        _folder.Write("t/nua-config.toml", "[metadata]\nid = \"x\"\nversion = \"1\"\ntitle = \"X\"\nauthor = \"me\"\n[run]\nstart = \"./x\"\n");
        _folder.Write("y/nua-config.yaml", "metadata: {id: x, version: '1', title: X, author: me}\nrun:\n  start: ./x\n");
        _folder.Write("j/nua-config.json", """{"metadata":{"id":"x","version":"1","title":"X","author":"me"},"run":{"start":"./x"}}""");
        var toml = (await Nua.RunAsync("config", "show", _folder["t"])).Expect(0).Out;
        Assert.Equal(toml, (await Nua.RunAsync("config", "show", _folder["y"])).Expect(0).Out);
        Assert.Equal(toml, (await Nua.RunAsync("config", "show", _folder["j"])).Expect(0).Out);
    }

    [Fact]
    public async Task Schema_is_a_json_document()
    {
        using var schema = JsonDocument.Parse((await Nua.RunAsync("config", "schema")).Expect(0).Out);
        Assert.True(schema.RootElement.TryGetProperty("properties", out _));
        // As check and show take it.
        using var same = JsonDocument.Parse((await Nua.RunAsync("config", "schema", _folder.Path)).Expect(0).Out);
        Assert.True(JsonElement.DeepEquals(schema.RootElement, same.RootElement));
    }
}
