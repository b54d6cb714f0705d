using Nua.Acceptance.Running;

namespace Nua.Acceptance.Operating;

/// <summary>The engine goes on stopping an application when the command that asked for it is killed.</summary>
public sealed class KilledStopTests(ExampleImages images)
{
    [Theory]
    [InlineData("local")]
    [InlineData("docker")]
    [InlineData("podman")]
    public async Task It_does_not_end_what_the_next_command_starts(string kind)
    {
        // It answers no longer and takes three more seconds.
        const string Slow = "run.start=python3 /nua/app/app.py & trap 'kill $!; sleep 3; exit 0' TERM; wait";
        (await images.Nua.RunAsync("build", Repository.Example("notes"), "--set", "metadata.version=1.0-slow", "--set", Slow)).Expect(0);
        await using var engine = kind == "local" ? null : await ForeignEngine.StartAsync(kind);
        var nua = engine is null ? images.Nua.Shell : images.Nua.Shell.Set("DOCKER_HOST", engine.Host);
        var (name, port) = ($"s{Guid.NewGuid():n}"[..12], Web.FreePort());
        try
        {
            (await nua.With("up", "nua-notes:1.0-slow", name, "--engine", kind == "local" ? kind : "docker", "-p", $"{port}").RunAsync()).Expect(0);
            using (var stop = nua.With("stop", name).Start())
            {
                await Task.Delay(1000, TestContext.Current.CancellationToken);
                Assert.False(stop.HasEnded);
                stop.KillOnlyItself();
                await stop.EndAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
            }

            (await nua.With("start", name).RunAsync()).Expect(0);

            Assert.Equal("[]", (await Web.AskAsync(port, "/api/notes")).Trim());
            await Task.Delay(4000, TestContext.Current.CancellationToken);
            (await nua.With("status", name).RunAsync()).Expect(0);
            Assert.Equal("[]", (await Web.AskAsync(port, "/api/notes")).Trim());
        }
        finally
        {
            await nua.With("destroy", name, "--yes", "--no-backup").RunAsync();
        }
    }
}
