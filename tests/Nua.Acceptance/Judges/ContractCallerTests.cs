using System.Text.Json;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Judges;

/// <summary>
/// Every verb for a caller that has no nua and knows only the lifecycle contract: by somebody else's engine, as Kubernetes starts containers (any user
/// of group 0, a root that cannot be written, folders of the caller's at <c>/run</c>, <c>/tmp</c> and <c>/nua/data</c>, probes and hooks by exec).
/// </summary>
public sealed class ContractCallerTests(ExampleImages images) : IDisposable
{
    private const string Name = "called", User = "12345:0";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("docker")]
    [InlineData("podman")]
    public async Task Caller_that_knows_only_the_contract_uses_every_verb(string kind)
    {
        var one = await images.BuildAsync("notes");
        var digest = (await images.Nua.RunAsync("build", Repository.Example("notes-2"))).Expect(0).Out.Trim();
        (await images.Nua.RunAsync("save", digest, $"oci:{_folder["two"]}:1")).Expect(0);
        await using var engine = kind == "docker" ? await DockerEngine.StartAsync() : (IContainerEngine)new PodmanEngine();

        // An init container runs for each start of a pod: the second time it must be nothing.
        await engine.LoadAsync(one.Layout, one.Tag);
        await VerbAsync(engine, "data", "upgrade", Installing);
        await VerbAsync(engine, "data", "upgrade", Installing);
        await ServeAsync(engine, "data", async port => await Web.SendAsync(HttpMethod.Post, port, "/api/notes", """{"text":"one"}"""));
        await VerbAsync(engine, "data", "backup", [], $"{EmptyDir("backup")}:/nua/backup");

        await engine.LoadAsync(_folder["two"], "1");
        await CopyAsync("data", "upgraded");
        (await RunAsync(engine, "upgraded", "start", [])).Expect(65);
        var plan = await ResultAsync(engine, "upgraded", "upgrade", "plan");
        Assert.Equal((1, 2), (plan.GetProperty("from").GetInt32(), plan.GetProperty("to").GetInt32()));
        await VerbAsync(engine, "upgraded", "upgrade", new() { ["NUA_FROM_DATA_VERSION"] = "1", ["NUA_TO_DATA_VERSION"] = "2" });
        await ServeAsync(engine, "upgraded", async port => await Web.SendAsync(HttpMethod.Post, port, "/api/notes", """{"text":"two"}"""));
        await CopyAsync("upgraded", "back");
        await VerbAsync(engine, "back", "rollback", new() { ["NUA_FROM_DATA_VERSION"] = "2", ["NUA_TO_DATA_VERSION"] = "1" });

        await engine.LoadAsync(one.Layout, one.Tag);
        await ServeAsync(engine, "back", async port => Assert.Contains("two", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal));
        EmptyDir("restored");
        await VerbAsync(engine, "restored", "restore", [], $"{_folder["backup"]}:/nua/backup:ro");
        await VerbAsync(engine, "restored", "upgrade", new() { ["NUA_DATA_EXPECTED"] = "existing" });
        await ServeAsync(engine, "restored", async port =>
        {
            var notes = await Web.AskAsync(port, "/api/notes");
            Assert.Contains("one", notes, StringComparison.Ordinal);
            Assert.DoesNotContain("two", notes, StringComparison.Ordinal);
        });

        (await RunAsync(engine, "restored", "nonsense", [])).Expect(64);
        // A disk that is not mounted must not become a new installation.
        EmptyDir("lost");
        (await RunAsync(engine, "lost", "upgrade", new() { ["NUA_DATA_EXPECTED"] = "existing" })).Expect(65);
    }

    private static Dictionary<string, string> Installing => new() { ["NUA_DATA_EXPECTED"] = "empty" };

    /// <summary>As a pod: probes, the hook before the end, the end itself.</summary>
    private async Task ServeAsync(IContainerEngine engine, string data, Func<int, Task> use)
    {
        var port = Web.FreePort();
        await engine.StartAsync(Name, Request(data, [], new() { ["PORT"] = $"{port}" }, []));
        for (var tries = 0; (await engine.ExecAsync(Name, "/nua/scripts/healthcheck", "started")).Status != 0; tries++)
        {
            Assert.True(tries < 50, await engine.LogsAsync(Name));
            await Task.Delay(100);
        }

        (await engine.ExecAsync(Name, "/nua/scripts/healthcheck", "ready")).Expect(0);
        (await engine.ExecAsync(Name, "/nua/scripts/healthcheck", "live")).Expect(0);
        (await engine.ExecAsync(Name, "/nua/scripts/restart")).Expect(3);
        await use(port);
        (await engine.ExecAsync(Name, "/nua/scripts/stop")).Expect(0);
        Assert.Contains(await engine.StopAsync(Name), new[] { 0, 143 });
    }

    private async Task VerbAsync(IContainerEngine engine, string data, string verb, Dictionary<string, string> env, params string[] mounts) =>
        (await RunAsync(engine, data, verb, env, mounts)).Expect(0);

    /// <summary>A script of the image in place of its entry point.</summary>
    private Task<Outcome> RunAsync(IContainerEngine engine, string data, string verb, Dictionary<string, string> env, params string[] mounts) =>
        verb == "nonsense"
            ? engine.RunAsync(Request(data, [verb], env, mounts))
            : engine.RunAsync(Request(data, [], env, mounts) with { Entrypoint = $"/nua/scripts/{verb}" });

    private async Task<JsonElement> ResultAsync(IContainerEngine engine, string data, string verb, string argument)
    {
        EmptyDir("result");
        var request = Request(data, [verb, argument], new() { ["NUA_RESULT"] = "/result/result.json" }, [$"{_folder["result"]}:/result"]);
        (await engine.RunAsync(request)).Expect(0);
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["result/result.json"]));
        return document.RootElement.Clone();
    }

    private ContainerRequest Request(string data, string[] arguments, Dictionary<string, string> env, string[] mounts) => new(arguments)
    {
        User = User,
        DataFolder = Directory.Exists(_folder[data]) ? _folder[data] : EmptyDir(data),
        Environment = env,
        IsTemporaryGiven = true,
        Mounts = [$"{EmptyDir("run")}:/run", $"{EmptyDir("tmp")}:/tmp", .. mounts],
    };

    /// <summary>As the kubelet makes it: root's, writable for group 0.</summary>
    private string EmptyDir(string name)
    {
        Shell.ScriptAsync($"rm -rf '{_folder[name]}'; mkdir -m 2775 '{_folder[name]}'; chmod 2775 '{_folder[name]}'").GetAwaiter().GetResult().Expect(0);
        return _folder[name];
    }

    private async Task CopyAsync(string from, string to) => (await Shell.ScriptAsync($"cp -a '{_folder[from]}' '{_folder[to]}'")).Expect(0);
}
