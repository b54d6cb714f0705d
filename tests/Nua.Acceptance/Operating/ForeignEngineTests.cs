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

            (await nua.With("stop", name).RunAsync()).Expect(0);
            (await nua.With("start", name).RunAsync()).Expect(0);
            Assert.Contains("one", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);

            (await nua.With("upgrade", name, "nua-notes:2.0", "--steady", "0.5").RunAsync()).Expect(0);
            await Web.SendAsync(HttpMethod.Post, port, "/api/notes", """{"text":"with 2.0"}""");
            var bad = await Releases.BuildAsync(images.Nua, "start-ends");
            (await nua.With("upgrade", name, bad, "--steady", "0.5").RunAsync()).Expect(10);
            (await nua.With("rollback", name, "--steady", "0.5").RunAsync()).Expect(0);
            var notes = await Web.AskAsync(port, "/api/notes");
            Assert.Contains("with 2.0", notes, StringComparison.Ordinal);
            var status = (await nua.With("status", name, "--json").RunAsync()).Expect(0);
            using var document = JsonDocument.Parse(status.Out);
            Assert.Equal("ready", document.RootElement.GetProperty("state").GetString());
        }
        finally
        {
            await nua.With("destroy", name, "--yes", "--no-backup").RunAsync();
        }

        Assert.False(Directory.Exists(Path.Combine(images.Nua.Home, "instances", name, "generations")));
    }
}
