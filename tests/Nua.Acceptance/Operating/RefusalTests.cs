using System.Net;
using System.Net.Sockets;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Operating;

/// <summary>What an operator asks wrongly, and images that do not keep their promises: a code, and nothing changed.</summary>
public sealed class RefusalTests(ExampleImages images) : IDisposable
{
    private readonly Operated _operated = new(images.Nua);
    private readonly TemporaryFolder _folder = new();

    private NuaProgram Nua => images.Nua;

    public void Dispose()
    {
        _operated.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("status")]
    [InlineData("logs")]
    [InlineData("stop")]
    [InlineData("start")]
    [InlineData("restart")]
    [InlineData("health")]
    [InlineData("down")]
    public async Task Unknown_instance_is_named(string command)
    {
        var outcome = await Nua.RunAsync(command, "nobody-here");
        Assert.Contains("NUA5012", outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_operated.Folder("nobody-here")));
    }

    [Theory]
    [InlineData("Upper", "NUA5010")]
    [InlineData("../escape", "NUA5010")]
    public async Task Name_that_cannot_be_one_is_refused(string name, string code)
    {
        await images.BuildAsync("site");
        Assert.Contains(code, (await Nua.RunAsync("up", "nua-site:1.0", name)).Expect(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Taken_port_leaves_no_trace_of_the_instance()
    {
        await images.BuildAsync("site");
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var name = _operated.Name();

        var outcome = (await Nua.RunAsync("up", "nua-site:1.0", name, "-p", $"{((IPEndPoint)other.LocalEndpoint).Port}")).Expect(1);

        Assert.Contains("NUA5036", outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_operated.Folder(name)));
    }

    [Fact]
    public async Task Name_of_another_application_and_port_of_another_instance_are_taken()
    {
        await images.BuildAsync("site");
        await images.BuildAsync("notes");
        var (name, other, port) = (_operated.Name(), _operated.Name(), Web.FreePort());
        (await Nua.RunAsync("up", "nua-site:1.0", name, "-p", $"{port}")).Expect(0);
        (await Nua.RunAsync("stop", name)).Expect(0);

        Assert.Contains("NUA5052", (await Nua.RunAsync("up", "nua-notes:1.0", name)).Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains("NUA5053", (await Nua.RunAsync("up", "nua-notes:1.0", other, "-p", $"{port}")).Expect(1).Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_operated.Folder(other)));
    }

    [Fact]
    public async Task Second_operator_is_told_to_wait()
    {
        await images.BuildAsync("notes");
        var name = _operated.Name();
        Directory.CreateDirectory(_operated.Folder(name));
        using var holder = new Shell("flock").With(_operated.Folder(name) + "/lock", "sleep", "30").Start();
        await Task.Delay(300);

        var outcome = (await Nua.RunAsync("up", "nua-notes:1.0", name)).Expect(75);

        Assert.Contains("NUA5011", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_missing_settings_and_secrets_are_named_at_once()
    {
        await images.BuildAsync("notes");
        var digest = await VariantAsync(
            "\n[[lifecycle.secrets]]\nname = \"LICENCE\"\n[[lifecycle.secrets]]\nname = \"KEY\"\ngenerate = \"hex:32\"\n[env]\nOWNER = { key = \"WHO\" }\n");
        var name = _operated.Name();

        var refused = (await Nua.RunAsync("up", digest, name)).Expect(78);
        Assert.Contains("'LICENCE'", refused.Error, StringComparison.Ordinal);
        Assert.Contains("'OWNER'", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("'KEY'", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_operated.Folder(name)));

        var licence = _folder.Write("licence", "for-ever-1234");
        (await Nua.RunAsync("up", digest, name, "--secret", $"LICENCE={licence}", "-e", "OWNER=jo")).Expect(0);
        var seen = await Nua.RunAsync("exec", name, "--", "sh", "-c", "cat $LICENCE_FILE; wc -c <$KEY_FILE; stat -c %a /run/secrets/KEY; echo $OWNER; ls $KEY_FILE.x 2>/dev/null; exit 0");
        Assert.Equal("for-ever-123432\n400\njo\n", seen.Out);
        Assert.DoesNotContain("for-ever", await File.ReadAllTextAsync(_operated.Folder(name) + "/instance.json"), StringComparison.Ordinal);
        Assert.Equal("600 600\n", (await Shell.ScriptAsync($"echo $(stat -c %a {_operated.Folder(name)}/secrets/*)")).Out);
    }

    [Theory]
    [InlineData("exit 3", "NUA5207", "not supported")]
    [InlineData("exit 65", "NUA5207", "65")]
    [InlineData("trap '' TERM; sleep 60", "NUA5207", "not done within")]
    [InlineData("yes a line of usual length, as programs that talk too much write them | head -c 60000000; exit 9", "NUA5207", "failed with 9")]
    [InlineData("sleep 300 & exit 5", "NUA5207", "failed with 5")]
    [InlineData("kill -9 $$", "NUA5207", "signal 9")]
    public async Task Installation_that_fails_leaves_nothing(string upgrade, string code, string says)
    {
        await images.BuildAsync("notes");
        var digest = await VariantAsync("", upgrade);
        var name = _operated.Name();

        var outcome = (await Nua.RunAsync("up", digest, name)).Expect(1);

        Assert.Contains(code, outcome.Error, StringComparison.Ordinal);
        Assert.Contains(says, outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_operated.Folder(name)));
        Assert.True(outcome.Time < TimeSpan.FromSeconds(40), outcome.ToString());
    }

    [Fact]
    public async Task Application_that_ends_at_once_is_no_instance()
    {
        await images.BuildAsync("notes");
        var digest = await VariantAsync("\n[run]\nstart = \"echo no licence; exit 4\"\n");
        var name = _operated.Name();
        var outcome = (await Nua.RunAsync("up", digest, name)).Expect(1);
        Assert.Contains("NUA5201", outcome.Error, StringComparison.Ordinal);
        // Its log goes with it.
        Assert.Contains("no licence", outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_operated.Folder(name)));
    }

    /// <summary>The notebook with other promises.</summary>
    private async Task<string> VariantAsync(string config, string upgrade = "python3 /nua/app/app.py migrate")
    {
        var copy = _folder.CopyOf(Repository.Example("notes"), $"v{Guid.NewGuid():n}"[..8]);
        var file = Path.Combine(copy, "nua-config.toml");
        var text = await File.ReadAllTextAsync(file);
        text = text.Replace("upgrade = \"python3 /nua/app/app.py migrate\"", $"upgrade = {System.Text.Json.JsonSerializer.Serialize(upgrade)}\nupgrade-timeout = 3", StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, text + config);
        return (await Nua.RunAsync("build", copy, "-t", $"variant:{Path.GetFileName(copy)}")).Expect(0).Out.Trim();
    }
}
