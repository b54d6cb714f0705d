using System.Runtime.InteropServices;
using Nua.Acceptance.Running;

namespace Nua.Acceptance;

/// <summary>Every example, as its page says: built, checked, run, asked, stopped.</summary>
public sealed class ExampleTests(ExampleImages images) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => Example.Names;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Example_is_built_under_its_name(string name)
    {
        var built = await images.BuildAsync(name);
        var found = await images.Nua.JsonAsync("images");
        Assert.Contains(found.GetProperty("images").EnumerateArray(), image =>
            image.GetProperty("name").GetString() == built.Example.Image && image.GetProperty("digest").GetString() == built.Digest);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Example_breaks_no_rule(string name)
    {
        var built = await images.BuildAsync(name);
        var check = (await images.Nua.RunAsync("check", built.Digest, "--strict")).Expect(0);
        Assert.Contains("N1", check.Out, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Example_runs_answers_and_stops_when_asked(string name)
    {
        var built = await images.BuildAsync(name);
        var port = Web.FreePort();
        using var running = images.Nua.Shell
            .With("run", built.Example.Image, "-p", $"{port}", "--data", _folder["data"]).Start();

        var answer = await AskAsync(port, built.Example.Path, running);
        Assert.Contains(built.Example.Answer, answer, StringComparison.Ordinal);

        running.Signal(PosixSignal.SIGTERM);
        var outcome = await running.EndAsync(TimeSpan.FromSeconds(40), TestContext.Current.CancellationToken);
        Assert.True(outcome.Status is 0 or 143, outcome.ToString());
    }

    [Fact]
    public async Task Notes_are_there_again_in_the_next_container()
    {
        await images.BuildAsync("notes");
        var port = Web.FreePort();
        var run = images.Nua.Shell.With("run", "nua-notes:1.0", "-p", $"{port}", "--data", _folder["data"]);
        using (var first = run.Start())
        {
            await AskAsync(port, "/health", first);
            await Web.SendAsync(HttpMethod.Post, port, "/api/notes", """{"text":"kept"}""");
            first.Signal(PosixSignal.SIGTERM);
            await first.EndAsync(TimeSpan.FromSeconds(40), TestContext.Current.CancellationToken);
        }

        using var second = run.Start();
        Assert.Contains("kept", await AskAsync(port, "/api/notes", second), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Image_of_a_static_site_has_no_language_runtime()
    {
        var built = await images.BuildAsync("site");
        var bundle = _folder["bundle"];
        await Judges.Judge.UmociAsync(built.Layout, built.Tag, bundle);
        Assert.Empty(Directory.GetFiles(Path.Combine(bundle, "rootfs"), "node*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint }));
        Assert.True(File.Exists(Path.Combine(bundle, "rootfs/nua/app/index.html")));
    }

    [Fact]
    public async Task Application_without_a_capability_listens_on_a_port_below_1024()
    {
        var app = new SmallApplications(_folder).Site();
        File.WriteAllText(
            Path.Combine(app, "nua-config.toml"),
            $"[metadata]\nid = \"{Path.GetFileName(app)}\"\nversion = \"1\"\ntitle = \"t\"\nauthor = \"a\"\n[port.web]\ncontainer = 80\n");
        var digest = (await images.Nua.RunAsync("build", app)).Expect(0).Out.Trim();
        var port = Web.FreePort();
        using var running = images.Nua.Shell.With("run", digest, "-p", $"{port}").Start();
        Assert.Contains(Path.GetFileName(app), await AskAsync(port, "/", running), StringComparison.Ordinal);
        running.Signal(PosixSignal.SIGTERM);
        await running.EndAsync(TimeSpan.FromSeconds(40), TestContext.Current.CancellationToken);
    }

    private static async Task<string> AskAsync(int port, string path, RunningProcess running)
    {
        try
        {
            return await Web.AskAsync(port, path, () => running.HasEnded);
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            Assert.Fail($"no answer from port {port}; it printed:\n{running.Printed}");
            throw;
        }
    }
}
