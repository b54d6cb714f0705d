using Nua.Acceptance.Running;

namespace Nua.Acceptance.Building;

/// <summary>Places that do not answer, and things that they do not have.</summary>
public sealed class UnreachableTests(ExampleImages images) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The second time from a store that was moved: nothing in it may lead back to where it was.</summary>
    [Fact]
    public async Task Mirror_that_does_not_answer_is_named_wherever_the_store_is()
    {
        var mirror = $"http://127.0.0.1:{Web.FreePort()}/debian";
        var app = new SmallApplications(_folder).Site();
        foreach (var home in (string[])["first", "second"])
        {
            var outcome = (await new NuaProgram(_folder[home]).RunAsync("build", app, "--mirror", mirror)).Expect(1);
            Assert.Contains("NUA2203", outcome.Error, StringComparison.Ordinal);
            Assert.Contains(mirror, outcome.Error, StringComparison.Ordinal);
            Assert.Contains("--mirror URL", outcome.Error, StringComparison.Ordinal);
            if (home == "first")
            {
                Directory.Move(_folder["first"], _folder["second"]);
            }
        }

        Assert.Empty((await Shell.ScriptAsync($"grep -rlF {_folder["first"]} {_folder["second"]} || true")).Out);
        Assert.False(Directory.Exists(_folder["first"]));
    }

    [Fact]
    public async Task Registry_of_packages_that_does_not_answer_is_named()
    {
        var app = Node("24");
        _folder.Write($"{app}/.npmrc", $"registry=http://127.0.0.1:{Web.FreePort()}/\n");
        var outcome = (await new NuaProgram(_folder["home"]).RunAsync("build", _folder[app], "--base", await images.BaseAsync())).Expect(1);
        Assert.Contains("error NUA21", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("fix: ", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("NUA9001", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_that_nobody_publishes_is_named_with_those_that_are()
    {
        var outcome = (await images.Nua.RunAsync("build", _folder[Node("99.1.2")])).Expect(1);
        Assert.Contains("error NUA21", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("99.1.2", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("fix: ", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("NUA9001", outcome.Error, StringComparison.Ordinal);
    }

    private string Node(string version)
    {
        _folder.Write("node/package.json", $$"""{"name":"x","version":"1.0.0","engines":{"node":"{{version}}"},"scripts":{"start":"node a.js"} }""");
        _folder.Write("node/a.js", "require('http').createServer().listen(process.env.PORT)\n");
        return "node";
    }
}
