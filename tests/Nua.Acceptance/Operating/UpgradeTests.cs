using System.Security.Cryptography;
using System.Text.Json;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Operating;

/// <summary>Upgrades and rollbacks of a real application, and every way in which a release can be bad.</summary>
public sealed class UpgradeTests(ExampleImages images) : IDisposable
{
    private readonly Operated _operated = new(images.Nua);

    private NuaProgram Nua => images.Nua;

    public static TheoryData<string> BrokenReleases => [.. Releases.Broken.Keys];

    public void Dispose() => _operated.Dispose();

    [Fact]
    public async Task Notes_go_through_a_migration_and_back_with_everything_that_was_written()
    {
        var (name, port) = await UpAsync();
        var up = await UpgradeAsync(name, "nua-notes:2.0", 0);
        Assert.Equal(("done", 2), (up.GetProperty("outcome").GetString(), up.GetProperty("to").GetProperty("data_version").GetInt32()));
        await Web.SendAsync(HttpMethod.Post, port, "/api/notes", """{"text":"with 2.0"}""");
        await Web.SendAsync(HttpMethod.Post, port, "/api/notes/1/done", "");

        (await Nua.RunAsync("rollback", name, "--steady", "0.5")).Expect(0);

        var notes = await Web.AskAsync(port, "/api/notes");
        Assert.Contains("with 2.0", notes, StringComparison.Ordinal);
        Assert.Contains("one", notes, StringComparison.Ordinal);
        Assert.DoesNotContain("done", notes, StringComparison.Ordinal);
        (await Nua.RunAsync("rollback", name)).Expect(3);
    }

    [Fact]
    public async Task Volume_that_a_release_adds_is_made_and_outlives_going_back()
    {
        var (name, port) = await UpAsync();
        using var folder = new TemporaryFolder();
        var source = folder.CopyOf(Repository.Example("notes-2"), "more");
        await File.AppendAllTextAsync(
            $"{source}/nua-config.toml", "\n[[volume]]\ntarget = \"/nua/uploads\"\nname = \"uploads\"\n", TestContext.Current.CancellationToken);
        (await Nua.RunAsync("build", source, "-t", "nua-notes:2.0-uploads")).Expect(0);

        await UpgradeAsync(name, "nua-notes:2.0-uploads", 0);
        (await Nua.RunAsync("exec", name, "--", "sh", "-c", "echo kept >/nua/uploads/file")).Expect(0);
        var backup = (await Nua.RunAsync("backup", name)).Expect(0).Out.Trim();
        (await Nua.RunAsync("rollback", name, "--steady", "0.5")).Expect(0);
        Assert.Contains("one", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);
        await UpgradeAsync(name, "nua-notes:2.0-uploads", 0);
        var restored = _operated.Name();
        (await Nua.RunAsync("restore", restored, backup, "--steady", "0.5")).Expect(0);

        Assert.Equal("kept\n", (await Nua.RunAsync("exec", name, "--", "cat", "/nua/uploads/file")).Expect(0).Out);
        Assert.Equal("kept\n", (await Nua.RunAsync("exec", restored, "--", "cat", "/nua/uploads/file")).Expect(0).Out);
    }

    [Fact]
    public async Task Kept_generation_is_the_data_as_it_was()
    {
        var (name, port) = await UpAsync();
        await UpgradeAsync(name, "nua-notes:2.0", 0);
        await Web.SendAsync(HttpMethod.Post, port, "/api/notes", """{"text":"with 2.0"}""");

        var back = (await Nua.RunAsync("rollback", name, "--to", "kept", "--steady", "0.5")).Expect(0);

        Assert.Contains("what was written since", back.Error, StringComparison.Ordinal);
        var notes = await Web.AskAsync(port, "/api/notes");
        Assert.Contains("one", notes, StringComparison.Ordinal);
        Assert.DoesNotContain("with 2.0", notes, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upgrade_without_a_migration_is_away_for_less_than_two_seconds()
    {
        var (name, _) = await UpAsync();
        (await Nua.RunAsync("build", Repository.Example("notes"), "--set", "metadata.version=1.1")).Expect(0);
        var report = await UpgradeAsync(name, "nua-notes:1.1", 0);
        Assert.InRange(report.GetProperty("away_seconds").GetDouble(), 0.01, 2);
    }

    [Theory]
    [MemberData(nameof(BrokenReleases))]
    public async Task Bad_release_leaves_the_old_one_and_its_data_as_they_were(string what)
    {
        var (name, port) = await UpAsync();
        var bad = await Releases.BuildAsync(Nua, what);
        var before = Hash(name);

        var report = await UpgradeAsync(name, bad, 10, steady: "4");

        Assert.Equal("kept-old", report.GetProperty("outcome").GetString());
        Assert.StartsWith("NUA52", report.GetProperty("problem").GetProperty("code").GetString(), StringComparison.Ordinal);
        Assert.Contains("one", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);
        Assert.Equal(before, Hash(name));
        Assert.Equal(["1"], Directory.GetDirectories(_operated.Folder(name) + "/generations").Select(path => Path.GetFileName(path)));
        Assert.False(File.Exists(_operated.Folder(name) + "/operation.json"));
    }

    [Theory]
    [InlineData(null, 0, "rehearsed")]
    [InlineData("upgrade-fails-half-way", 10, "kept-old")]
    [InlineData("start-ends", 10, "kept-old")]
    public async Task Rehearsal_says_how_an_upgrade_would_go_and_changes_nothing(string? broken, int status, string outcome)
    {
        var (name, port) = await UpAsync();
        var image = broken is null ? "nua-notes:2.0" : await Releases.BuildAsync(Nua, broken);
        var before = Hash(name);

        var rehearsed = (await Nua.RunAsync("upgrade", name, image, "--rehearse", "--steady", "0.5", "--json")).Expect(status);

        using var report = JsonDocument.Parse(rehearsed.Out);
        Assert.Equal(outcome, report.RootElement.GetProperty("outcome").GetString());
        Assert.Equal(before, Hash(name));
        Assert.Equal(["1"], Directory.GetDirectories(_operated.Folder(name) + "/generations").Select(path => Path.GetFileName(path)));
        Assert.Empty((await Nua.JsonAsync("backups", name)).GetProperty("backups").EnumerateArray());
        Assert.Equal("1.0", (await _operated.StatusAsync(name)).GetProperty("version").GetString());
        Assert.Contains("one", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NUA5211", 65, "nua-site:1.0")]
    [InlineData("NUA5213", 65, "too-new:1")]
    [InlineData("NUA5214", 65, "waypoint:1")]
    [InlineData("NUA5041", 78, "secret:1")]
    [InlineData("NUA3104", 1, "nowhere:1")]
    public async Task Image_that_does_not_fit_is_refused_before_anything_changes(string code, int status, string image)
    {
        var (name, port) = await UpAsync();
        string[] lines = image switch
        {
            "too-new:1" => ["lifecycle.data-version=9", "lifecycle.upgrade-from=5"],
            "waypoint:1" => ["lifecycle.data-version=9", "lifecycle.waypoints=[5]"],
            "secret:1" => ["lifecycle.secrets=[\"TOKEN\"]"],
            _ => [],
        };
        if (lines.Length > 0)
        {
            (await Nua.RunAsync(["build", Repository.Example("notes-2"), "-t", image, .. lines.SelectMany(line => (string[])["--set", line])])).Expect(0);
        }
        else if (image == "nua-site:1.0")
        {
            await images.BuildAsync("site");
        }

        var since = (await _operated.StatusAsync(name)).GetProperty("since").GetString();
        var refused = (await Nua.RunAsync("upgrade", name, image)).Expect(status);
        Assert.Contains(code, refused.Error, StringComparison.Ordinal);
        Assert.Equal(since, (await _operated.StatusAsync(name)).GetProperty("since").GetString());
        Assert.Contains("one", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);
    }

    private async Task<(string Name, int Port)> UpAsync()
    {
        await images.BuildAsync("notes");
        (await Nua.RunAsync("build", Repository.Example("notes-2"))).Expect(0);
        var (name, port) = (_operated.Name(), Web.FreePort());
        (await Nua.RunAsync("up", "nua-notes:1.0", name, "-p", $"{port}")).Expect(0);
        await Web.SendAsync(HttpMethod.Post, port, "/api/notes", """{"text":"one"}""");
        return (name, port);
    }

    private async Task<JsonElement> UpgradeAsync(string name, string image, int status, string steady = "0.5")
    {
        var outcome = (await Nua.RunAsync("upgrade", name, image, "--steady", steady, "--json")).Expect(status);
        using var document = JsonDocument.Parse(outcome.Out);
        return document.RootElement.Clone();
    }

    private string Hash(string name) =>
        Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(_operated.Folder(name) + "/generations/1/data/notes.sqlite")));
}
