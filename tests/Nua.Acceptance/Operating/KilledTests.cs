using System.Net;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Operating;

/// <summary>Whoever is killed, at whatever moment: the instance is there or not, whole, and the next command needs no help.</summary>
public sealed class KilledTests(ExampleImages images) : IDisposable
{
    private readonly Operated _operated = new(images.Nua);

    private NuaProgram Nua => images.Nua;

    public void Dispose() => _operated.Dispose();

    [Fact]
    public async Task Application_that_is_killed_is_started_again_behind_the_open_gate()
    {
        await images.BuildAsync("notes");
        var (name, port) = await UpAsync();
        var killed = Assert.Single(await _operated.ProcessesAsync(name, "app.py"));
        (await Shell.ScriptAsync($"kill -9 {killed}")).Expect(0);

        await _operated.AwaitAsync(name, status => status.GetProperty("restarts").GetInt32() == 1 && status.GetProperty("state").GetString() == "ready");

        Assert.Contains("one", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);
        Assert.Contains("ended by itself", (await Nua.RunAsync("logs", name)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task First_process_of_the_container_that_is_killed_takes_all_with_it_and_is_started_again()
    {
        await images.BuildAsync("notes");
        var (name, _) = await UpAsync();
        var killed = (await _operated.ProcessesAsync(name, "nua-agent init"))[0];
        (await Shell.ScriptAsync($"kill -9 {killed}")).Expect(0);

        await _operated.AwaitAsync(name, status => status.GetProperty("restarts").GetInt32() == 1 && status.GetProperty("state").GetString() == "ready");

        Assert.Single(await _operated.ProcessesAsync(name, "app.py"));
    }

    /// <summary>In a store of its own: what starts every instance would meet those of other tests at their work.</summary>
    [Theory]
    [InlineData("__supervise")]
    [InlineData("unshare")]
    public async Task Supervisor_that_is_killed_leaves_no_process_and_start_brings_all_back(string killed)
    {
        var built = await images.BuildAsync("notes");
        using var home = new TemporaryFolder();
        var nua = new NuaProgram(home.Path);
        using var operated = new Operated(nua);
        (await nua.RunAsync("load", $"oci:{built.Layout}:{built.Tag}")).Expect(0);
        var (name, port) = await UpAsync(operated);
        var application = Assert.Single(await operated.ProcessesAsync(name, "app.py"));
        var number = killed == "unshare"
            ? (await File.ReadAllTextAsync(operated.Folder(name) + "/run/pid", TestContext.Current.CancellationToken)).Trim()
            : $"{Assert.Single(await operated.ProcessesAsync(name, killed))}";
        (await Shell.ScriptAsync($"kill -9 {number}")).Expect(0);

        await operated.AwaitAsync(name, status => status.GetProperty("state").GetString() == "stopped");
        // The kernel closes the supervisor's socket a moment before it ends what was below it.
        for (var tries = 0; tries < 100 && Directory.Exists($"/proc/{application}"); tries++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.False(Directory.Exists($"/proc/{application}"));
        Assert.Contains("down, should run", (await nua.RunAsync("ps")).Out, StringComparison.Ordinal);

        (await nua.RunAsync("start", "--all")).Expect(0);
        Assert.Contains("one", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(80)]
    [InlineData(160)]
    [InlineData(320)]
    [InlineData(640)]
    public async Task Up_that_is_killed_leaves_nothing_or_a_whole_instance(int milliseconds)
    {
        await images.BuildAsync("notes");
        var (name, port) = (_operated.Name(), Web.FreePort());
        using (var up = Nua.Shell.With("up", "nua-notes:1.0", name, "-p", $"{port}").Start())
        {
            await Task.Delay(milliseconds);
            up.KillOnlyItself();
            await up.EndAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        }

        // Whatever is left, the same command makes it whole, and no repair is asked for.
        (await Nua.RunAsync("up", "nua-notes:1.0", name, "-p", $"{port}")).Expect(0);

        Assert.Contains("ok", await Web.AskAsync(port, "/health"), StringComparison.Ordinal);
        Assert.False(File.Exists(_operated.Folder(name) + "/operation.json"));
        Assert.Single(await _operated.ProcessesAsync(name, "app.py"));
    }

    [Theory]
    [InlineData("stop", 30)]
    [InlineData("stop", 150)]
    [InlineData("restart", 60)]
    [InlineData("restart", 300)]
    [InlineData("destroy", 60)]
    [InlineData("destroy", 200)]
    public async Task Command_that_is_killed_can_be_given_again(string command, int milliseconds)
    {
        await images.BuildAsync("notes");
        var (name, port) = await UpAsync();
        string[] words = command == "destroy" ? [command, name, "--yes", "--no-backup"] : [command, name];
        using (var running = Nua.Shell.With(words).Start())
        {
            await Task.Delay(milliseconds);
            running.KillOnlyItself();
            await running.EndAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        }

        var again = await Nua.RunAsync(words);
        if (command == "destroy")
        {
            Assert.True(again.Status == 0 || again.Error.Contains("NUA5012", StringComparison.Ordinal), again.ToString());
            Assert.False(File.Exists(_operated.Folder(name) + "/instance.json"));
            return;
        }

        again.Expect(0);
        (await Nua.RunAsync("start", name)).Expect(0);
        Assert.Contains("one", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callers_get_a_page_to_wait_while_the_application_is_away()
    {
        await images.BuildAsync("notes");
        var (name, port) = await UpAsync();
        var killed = Assert.Single(await _operated.ProcessesAsync(name, "app.py"));
        (await Shell.ScriptAsync($"kill -9 {killed}")).Expect(0);
        using var client = new HttpClient(new HttpClientHandler { UseProxy = false });

        HttpResponseMessage? met = null;
        for (var tries = 0; tries < 40 && met is null; tries++)
        {
            try
            {
                var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/api/notes"));
                met = answer.StatusCode == HttpStatusCode.ServiceUnavailable ? answer : null;
            }
            catch (HttpRequestException error) when (error.InnerException is HttpIOException or IOException)
            {
                // The connection had reached the application that was killed.
            }
        }

        Assert.NotNull(met);
        Assert.NotNull(met.Headers.RetryAfter);
        Assert.Contains("One moment", await met.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<(string Name, int Port)> UpAsync() => UpAsync(_operated);

    private static async Task<(string Name, int Port)> UpAsync(Operated operated)
    {
        var (name, port) = (operated.Name(), Web.FreePort());
        (await operated.Nua.RunAsync("up", "nua-notes:1.0", name, "-p", $"{port}")).Expect(0);
        await Web.SendAsync(HttpMethod.Post, port, "/api/notes", """{"text":"one"}""");
        return (name, port);
    }
}
