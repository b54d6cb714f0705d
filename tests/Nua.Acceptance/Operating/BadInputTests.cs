using System.Net;
using System.Net.Sockets;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Operating;

/// <summary>Scripts that cannot run, a state that cannot be written, a release that fails with what it was given: a code, and all is as it was.</summary>
public sealed class BadInputTests(ExampleImages images) : IDisposable
{
    private readonly Operated _operated = new(images.Nua);
    private readonly TemporaryFolder _folder = new();

    private NuaProgram Nua => images.Nua;

    public void Dispose()
    {
        _operated.Dispose();
        _folder.Dispose();
    }

    /// <summary>None of them is executable in the folder: the build makes the scripts of verbs so.</summary>
    [Theory]
    [InlineData("#!/bin/sh\r\nexit 0\r\n", "its interpreter is not in the image")]
    [InlineData("#!/usr/bin/ruby\nexit 0\n", "its interpreter is not in the image")]
    [InlineData("#!/bin/sh\nexit 9\n", "failed with 9")]
    public async Task Script_that_cannot_do_its_work_leaves_nothing(string script, string says)
    {
        await images.BuildAsync("notes");
        var app = _folder.CopyOf(Repository.Example("notes"), "app");
        var config = await File.ReadAllTextAsync(app + "/nua-config.toml", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            app + "/nua-config.toml", config.Replace("upgrade = \"python3 /nua/app/app.py migrate\"", "", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        _folder.Write("app/nua/scripts/upgrade", script);
        var digest = (await Nua.RunAsync("build", app, "-t", "scripted:1")).Expect(0).Out.Trim();
        var name = _operated.Name();

        var outcome = (await Nua.RunAsync("up", digest, name)).Expect(1);

        Assert.Contains("NUA5207", outcome.Error, StringComparison.Ordinal);
        Assert.Contains(says, outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_operated.Folder(name)));
    }

    [Fact]
    public async Task Application_whose_record_is_damaged_is_stopped_all_the_same()
    {
        await images.BuildAsync("notes");
        var (name, port) = (_operated.Name(), Web.FreePort());
        (await Nua.RunAsync("up", "nua-notes:1.0", name, "-p", $"{port}")).Expect(0);
        await Web.SendAsync(HttpMethod.Post, port, "/api/notes", """{"text":"one"}""");
        var record = _operated.Folder(name) + "/instance.json";
        var whole = await File.ReadAllTextAsync(record, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(record, whole.Replace("\"notes\"", "\"motes\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var stopped = (await Nua.RunAsync("stop", name)).Expect(1);

        Assert.Contains("NUA5013", stopped.Error, StringComparison.Ordinal);
        Assert.Contains("stopped all the same", stopped.Error, StringComparison.Ordinal);
        using (var free = new TcpListener(IPAddress.Loopback, port))
        {
            free.Start();
        }

        await File.WriteAllTextAsync(record, whole, TestContext.Current.CancellationToken);
        (await Nua.RunAsync("start", name)).Expect(0);
        Assert.Contains("one", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_that_cannot_be_written_is_said_and_the_application_runs_on()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can mount");
        await images.BuildAsync("notes");
        var (name, port) = (_operated.Name(), Web.FreePort());
        (await Nua.RunAsync("up", "nua-notes:1.0", name, "-p", $"{port}")).Expect(0);
        foreach (var words in (string[][])[["stop", name], ["backup", name], ["upgrade", name, "nua-notes:1.0"], ["up", "nua-notes:1.0", "t-other"], ["destroy", name, "--yes"]])
        {
            var outcome = (await Nua.Shell.With(words).Wrapped(
                "unshare", "-m", "/bin/sh", "-c", $"mount --bind '{Nua.Home}' '{Nua.Home}'; mount -o remount,ro,bind '{Nua.Home}'; exec \"$0\" \"$@\"").RunAsync()).Expect(1);
            Assert.Contains("NUA9003", outcome.Error, StringComparison.Ordinal);
            Assert.Contains("Read-only file system", outcome.Error, StringComparison.Ordinal);
        }

        Assert.Equal("ready", await _operated.StateAsync(name));
        Assert.Contains("ok", await Web.AskAsync(port, "/health"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secret_of_an_upgrade_that_failed_is_the_old_one()
    {
        await images.BuildAsync("notes");
        var bad = await Releases.BuildAsync(Nua, "start-ends");
        var name = _operated.Name();
        (await Nua.RunAsync("up", "nua-notes:1.0", name, "--secret", $"KEY={_folder.Write("old", "old")}")).Expect(0);

        (await Nua.RunAsync("upgrade", name, bad, "--secret", $"KEY={_folder.Write("new", "new")}", "--no-backup")).Expect(10);
        Assert.Equal("old", (await Nua.RunAsync("exec", name, "--", "cat", "/run/secrets/KEY")).Expect(0).Out);

        (await Nua.RunAsync("up", "nua-notes:1.0", name, "--secret", $"KEY={_folder["new"]}")).Expect(0);
        Assert.Equal("new", (await Nua.RunAsync("exec", name, "--", "cat", "/run/secrets/KEY")).Expect(0).Out);
        Assert.Single(Directory.GetDirectories(_operated.Folder(name), "secrets*"));
    }
}
