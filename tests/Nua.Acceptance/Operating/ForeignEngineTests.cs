using System.Text.Json;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Operating;

/// <summary>The same commands with the same outcomes where another engine runs the containers.</summary>
public sealed class ForeignEngineTests(ExampleImages images)
{
    [Theory]
    [InlineData("docker")]
    [InlineData("podman")]
    public async Task Instance_lives_from_up_to_destroy(string kind)
    {
        await images.BuildAsync("notes");
        (await images.Nua.RunAsync("build", Repository.Example("notes-2"))).Expect(0);
        await using var engine = await ForeignEngine.StartAsync(kind);
        var nua = images.Nua.Shell.Set("DOCKER_HOST", engine.Host);
        var (name, port) = ($"f{Guid.NewGuid():n}"[..12], Web.FreePort());
        try
        {
            (await nua.With("up", "nua-notes:1.0", name, "--engine", "docker", "-p", $"{port}").RunAsync()).Expect(0);
            await Web.SendAsync(HttpMethod.Post, port, "/api/notes", """{"text":"one"}""");
            var inside = (await nua.With("exec", name, "--", "/bin/sh", "-c", "id -u; touch /x").RunAsync()).Expect(1);
            Assert.StartsWith("10001", inside.Out, StringComparison.Ordinal);
            Assert.Contains("Read-only", inside.Error, StringComparison.Ordinal);

            using var following = nua.With("logs", name, "-f").Start();
            (await nua.With("stop", name).RunAsync()).Expect(0);
            (await nua.With("start", name).RunAsync()).Expect(0);
            Assert.Contains("one", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);

            (await nua.With("upgrade", name, "nua-notes:2.0", "--steady", "0.5").RunAsync()).Expect(0);
            await Web.SendAsync(HttpMethod.Post, port, "/api/notes", """{"text":"with 2.0"}""");
            var bad = await Releases.BuildAsync(images.Nua, "start-ends");
            (await nua.With("upgrade", name, bad, "--steady", "0.5").RunAsync()).Expect(10);
            (await nua.With("rollback", name, "--steady", "0.5").RunAsync()).Expect(0);
            await LogsTellAllAsync(nua, name, following);
            await BackupIsProvenAndRestoresAsync(nua, name, port);
            var notes = await Web.AskAsync(port, "/api/notes");
            Assert.Contains("with 2.0", notes, StringComparison.Ordinal);
            var status = (await nua.With("status", name, "--json").RunAsync()).Expect(0);
            using var document = JsonDocument.Parse(status.Out);
            Assert.Equal("ready", document.RootElement.GetProperty("state").GetString());
        }
        finally
        {
            await nua.With("destroy", name, "--yes", "--no-backup").RunAsync();
            await nua.With("destroy", name + "-2", "--yes", "--no-backup").RunAsync();
        }

        Assert.False(Directory.Exists(Path.Combine(images.Nua.Home, "instances", name, "generations")));
    }

    /// <summary>What the application and the verbs printed is there though their containers are gone, each line once and in order.</summary>
    private static async Task LogsTellAllAsync(Shell nua, string name, RunningProcess following)
    {
        var lines = (await nua.With("logs", name).RunAsync()).Expect(0).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] told = [.. lines.Where(line => line.StartsWith("notes: schema", StringComparison.Ordinal))];
        Assert.Equal(["0 -> 1", "1 -> 2", "2 -> 1"], told.Select(line => line["notes: schema ".Length..][..6]));
        Assert.Equal(lines.Count(line => line.StartsWith("starting ", StringComparison.Ordinal)), lines.Count(line => line.Contains("listening on port", StringComparison.Ordinal)) + 1);
        Assert.Single((await nua.With("logs", name, "--tail", "1").RunAsync()).Expect(0).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await Task.Delay(TimeSpan.FromSeconds(1));
        following.Signal(System.Runtime.InteropServices.PosixSignal.SIGTERM);
        var followed = (await following.EndAsync(TimeSpan.FromSeconds(30))).Expect(143);
        Assert.Equal(string.Join('\n', lines.Order()), string.Join('\n', followed.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order()));
    }

    /// <summary>With its secrets, into an instance that is new and into the one that is there.</summary>
    private static async Task BackupIsProvenAndRestoresAsync(Shell nua, string name, int port)
    {
        using var folder = new TemporaryFolder();
        (await Shell.ScriptAsync($"age-keygen -o {folder["key"]}")).Expect(0);
        (await nua.With("seed", name).RunAsync()).Expect(0);
        var made = (await nua.With("backup", name, "-o", folder[""], "--key", folder["key"], "--with-image", "--prove", "--json").RunAsync()).Expect(0);
        using var document = JsonDocument.Parse(made.Out);
        Assert.Equal("proven", document.RootElement.GetProperty("state").GetString());
        var file = document.RootElement.GetProperty("file").GetString()!;
        await Web.SendAsync(HttpMethod.Post, port, "/api/notes", """{"text":"after the backup"}""");

        var other = Web.FreePort();
        (await nua.With("restore", name + "-2", file, "--key", folder["key"], "--engine", "docker", "-p", $"{other}").RunAsync()).Expect(0);
        Assert.Contains("1 seedings", (await nua.With("seed", name + "-2", "--check").RunAsync()).Expect(0).Error, StringComparison.Ordinal);
        var notes = await Web.AskAsync(other, "/api/notes");
        Assert.Contains("with 2.0", notes, StringComparison.Ordinal);
        Assert.DoesNotContain("after the backup", notes, StringComparison.Ordinal);

        (await nua.With("restore", name, file, "--key", folder["key"], "--steady", "0.5").RunAsync()).Expect(0);
        Assert.DoesNotContain("after the backup", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);
        (await nua.With("rollback", name, "--to", "kept", "--no-backup", "--steady", "0.5").RunAsync()).Expect(0);
        Assert.Contains("after the backup", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);
    }
}
