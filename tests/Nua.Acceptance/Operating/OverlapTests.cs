using System.Net.Sockets;
using System.Text.Json;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Operating;

/// <summary>Releases that may run at once on the same data: nobody notices that one takes over from the other.</summary>
public sealed class OverlapTests(ExampleImages images)
{
    [Theory]
    [InlineData("local")]
    [InlineData("docker")]
    [InlineData("podman")]
    public async Task Release_takes_over_and_is_taken_back_without_one_caller_sent_away(string kind)
    {
        await BuildAsync("1.5");
        await BuildAsync("1.6");
        await BuildAsync("1.7", "run.start=echo it never starts; exit 1");
        await using var engine = kind == "local" ? null : await ForeignEngine.StartAsync(kind);
        var nua = engine is null ? images.Nua.Shell : images.Nua.Shell.Set("DOCKER_HOST", engine.Host);
        var (name, port) = ($"o{Guid.NewGuid():n}"[..12], Web.FreePort());
        try
        {
            (await nua.With("up", "nua-notes:1.5", name, "--engine", engine is null ? "local" : "docker", "-p", $"{port}").RunAsync()).Expect(0);
            using var writer = new NoteWriter(port);
            await using var caller = new Caller(port);

            await SwitchAsync(nua, 0, "upgrade", name, "nua-notes:1.6");
            Assert.Equal("1.6", await VersionAsync(nua, name));
            var failed = await SwitchAsync(nua, 10, "upgrade", name, "nua-notes:1.7");
            Assert.Contains("it never starts", failed, StringComparison.Ordinal);
            Assert.Equal("1.6", await VersionAsync(nua, name));
            await SwitchAsync(nua, 0, "rollback", name);
            Assert.Equal("1.5", await VersionAsync(nua, name));

            using (await writer.PauseAsync())
            {
                Assert.Empty(await writer.MissingAsync());
            }

            Assert.Empty(await caller.EndAsync());
            Assert.True(writer.Total > 10 && caller.Total > 100, $"{writer.Total} notes, {caller.Total} calls");
            var log = (await nua.With("logs", name).RunAsync()).Expect(0).Out.Split('\n');
            Assert.Equal(3, log.Count(line => line.Contains("listening on port", StringComparison.Ordinal)));
            Assert.Contains(log, line => line.Contains("it never starts", StringComparison.Ordinal));
        }
        finally
        {
            await nua.With("destroy", name, "--yes", "--no-backup").RunAsync();
        }
    }

    /// <summary>With a pause of nothing; what it printed.</summary>
    private static async Task<string> SwitchAsync(Shell nua, int status, params string[] words)
    {
        var outcome = (await nua.With([.. words, "--no-backup", "--steady", "1", "--json"]).RunAsync()).Expect(status);
        using var report = JsonDocument.Parse(outcome.Out);
        Assert.Equal(0, report.RootElement.GetProperty("away_seconds").GetDouble());
        return outcome.Error + outcome.Out;
    }

    private static async Task<string?> VersionAsync(Shell nua, string name)
    {
        using var status = JsonDocument.Parse((await nua.With("status", name, "--json").RunAsync()).Expect(0).Out);
        return status.RootElement.GetProperty("version").GetString();
    }

    private async Task BuildAsync(string version, params string[] more)
    {
        string[] lines = [$"metadata.version={version}", "lifecycle.overlap=true", .. more];
        (await images.Nua.RunAsync(["build", Repository.Example("notes"), .. lines.SelectMany(line => (string[])["--set", line])])).Expect(0);
    }

    /// <summary>Calls again and again, each time on a new connection: one that is kept would end with the release it leads to.</summary>
    private sealed class Caller : IAsyncDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly List<string> _failures = [];
        private readonly Task _calling;

        public Caller(int port) => _calling = Task.Run(() => CallAsync(port));

        public int Total { get; private set; }

        /// <returns>What was no answer of the application.</returns>
        public async Task<IReadOnlyList<string>> EndAsync()
        {
            await _end.CancelAsync();
            await _calling;
            return _failures;
        }

        public async ValueTask DisposeAsync()
        {
            await EndAsync();
            _end.Dispose();
        }

        private async Task CallAsync(int port)
        {
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero });
            while (!_end.IsCancellationRequested)
            {
                try
                {
                    using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/health"));
                    if (!answer.IsSuccessStatusCode)
                    {
                        _failures.Add($"call {Total}: {answer.StatusCode}");
                    }
                }
                catch (Exception failure) when (failure is HttpRequestException or SocketException)
                {
                    _failures.Add($"call {Total}: {failure.Message}");
                }

                Total++;
                await Task.Delay(10);
            }
        }
    }
}
