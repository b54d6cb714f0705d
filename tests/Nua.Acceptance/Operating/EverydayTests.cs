using Nua.Acceptance.Running;

namespace Nua.Acceptance.Operating;

/// <summary>An instance from its installation to its end, as an operator sees it.</summary>
public sealed class EverydayTests(ExampleImages images) : IDisposable
{
    private readonly Operated _operated = new(images.Nua);

    private NuaProgram Nua => images.Nua;

    public void Dispose() => _operated.Dispose();

    [Fact]
    public async Task Notes_are_kept_from_up_over_restart_and_stop_to_destroy()
    {
        await images.BuildAsync("notes");
        var (name, port) = (_operated.Name(), Web.FreePort());

        var up = (await Nua.RunAsync("up", "nua-notes:1.0", name, "-p", $"{port}")).Expect(0);
        Assert.Equal($"http://127.0.0.1:{port}\n", up.Out);
        Assert.Equal("ready", await _operated.StateAsync(name));
        await Web.SendAsync(HttpMethod.Post, port, "/api/notes", """{"text":"kept"}""");

        var listed = (await Nua.JsonAsync("ps")).GetProperty("instances").EnumerateArray().Single(item => item.GetProperty("name").GetString() == name);
        Assert.Equal(("ready", "nua-notes:1.0"), (listed.GetProperty("state").GetString(), listed.GetProperty("reference").GetString()));

        var exec = (await Nua.RunAsync("exec", name, "--", "sh", "-c", "echo $NUA_INSTANCE; echo $HOME; exit 7")).Expect(7);
        Assert.Equal($"{name}\n/nua/data/home\n", exec.Out);
        Assert.Contains("HTTP 200", (await Nua.RunAsync("health", name)).Expect(0).Out, StringComparison.Ordinal);

        (await Nua.RunAsync("restart", name)).Expect(0);
        Assert.Contains("kept", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);

        (await Nua.RunAsync("stop", name)).Expect(0);
        (await Nua.RunAsync("status", name)).Expect(0);
        await Assert.ThrowsAsync<HttpRequestException>(() => Web.AskAsync(port, "/", () => true));
        Assert.Empty(Directory.GetFiles(Path.Combine(_operated.Folder(name), "run"), "control"));

        (await Nua.RunAsync("start", name)).Expect(0);
        Assert.Contains("kept", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);
        var logs = (await Nua.RunAsync("logs", name, "--timestamps")).Expect(0);
        Assert.Contains(" nua starting ", logs.Out, StringComparison.Ordinal);
        Assert.Contains(" nua ready: /health: HTTP 200", logs.Out, StringComparison.Ordinal);

        (await Nua.RunAsync("destroy", name)).Expect(2);
        (await Nua.RunAsync("destroy", name, "--yes")).Expect(0);
        Assert.False(Directory.Exists(_operated.Folder(name)));
        Assert.DoesNotContain((await Nua.JsonAsync("images")).GetProperty("images").EnumerateArray(), image =>
            image.GetProperty("name").GetString()?.Contains(name, StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Container_is_closed_on_every_side()
    {
        await images.BuildAsync("notes");
        var name = _operated.Name();
        (await Nua.RunAsync("up", "nua-notes:1.0", name, "-p", $"{Web.FreePort()}")).Expect(0);
        const string Look = """
            import os, socket
            status = dict(line.split(":\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\t" in line)
            print(os.getuid(), status["CapEff"].strip("0") or "none", status["NoNewPrivs"], status["Seccomp"])
            for path in ("/x", "/nua/app/x", "/etc/x"):
                try: open(path, "w"); print("wrote", path)
                except OSError as error: print(error.errno)
            try: socket.create_connection(("192.0.2.1", 80), 1)
            except OSError as error: print(error.errno)
            print(os.path.exists("/work"), sorted(os.listdir("/nua/data")) != [])
            """;

        var seen = (await Nua.RunAsync("exec", name, "--", "python3", "-c", Look)).Expect(0);

        Assert.Equal("10001 none 1 2\n30\n30\n30\n101\nFalse True\n", seen.Out);
    }

    [Fact]
    public async Task Up_again_changes_what_the_options_say_and_nothing_else()
    {
        await images.BuildAsync("notes");
        var (name, port) = (_operated.Name(), Web.FreePort());
        (await Nua.RunAsync("up", "nua-notes:1.0", name, "-p", $"{port}", "-e", "COLOUR=red")).Expect(0);
        var before = (await _operated.StatusAsync(name)).GetProperty("since").GetString();
        (await Nua.RunAsync("up", "nua-notes:1.0", name)).Expect(0);
        Assert.Equal(before, (await _operated.StatusAsync(name)).GetProperty("since").GetString());

        (await Nua.RunAsync("up", "nua-notes:1.0", name, "-e", "COLOUR=blue")).Expect(0);

        Assert.Equal("blue\n", (await Nua.RunAsync("exec", name, "--", "sh", "-c", "echo $COLOUR")).Out);
        Assert.Contains("ok", await Web.AskAsync(port, "/health"), StringComparison.Ordinal);
        Assert.Equal(1, (await _operated.StatusAsync(name)).GetProperty("generation").GetInt32());
    }

    [Fact]
    public async Task Image_of_an_instance_survives_rm_and_prune()
    {
        var built = await images.BuildAsync("site");
        var (name, port) = (_operated.Name(), Web.FreePort());
        (await Nua.RunAsync("tag", built.Digest, "kept-for:test")).Expect(0);
        (await Nua.RunAsync("up", "kept-for:test", name, "-p", $"{port}")).Expect(0);
        (await Nua.RunAsync("rm", "kept-for:test")).Expect(0);
        (await Nua.RunAsync("prune")).Expect(0);

        (await Nua.RunAsync("stop", name)).Expect(0);
        (await Nua.RunAsync("start", name)).Expect(0);

        Assert.Contains("Join us", await Web.AskAsync(port, "/join.html"), StringComparison.Ordinal);
    }

    /// <summary>A user without power, with a store of their own.</summary>
    [Fact]
    public async Task Another_user_than_root_keeps_instances_too()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can become somebody else");
        var built = await images.BuildAsync("notes");
        using var folder = new TemporaryFolder();
        var port = Web.FreePort();
        await Shell.ScriptAsync($"mkdir {folder["home"]} {folder["bin"]}; cp {Repository.Nua} {Repository.Nua}-agent {folder["bin"]}; chown nua-test {folder["home"]}");
        var nua = new Shell(folder["bin/nua"]).Set("NUA_HOME", folder["home"]).Set("HOME", folder["home"]).Within(TimeSpan.FromMinutes(3));
        Task<Outcome> Run(params string[] words) =>
            nua.With(words).Wrapped("/usr/bin/setpriv", "--reuid", "nua-test", "--regid", "nua-test", "--init-groups").RunAsync();
        (await Run("load", $"oci:{built.Layout}:{built.Tag}")).Expect(0);

        (await Run("up", built.Digest, "mine", "-p", $"{port}")).Expect(0);
        await Web.SendAsync(HttpMethod.Post, port, "/api/notes", """{"text":"theirs"}""");
        (await Run("stop", "mine")).Expect(0);
        (await Run("start", "mine")).Expect(0);
        Assert.Contains("theirs", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);

        (await Run("destroy", "mine", "--yes")).Expect(0);
        Assert.Empty(Directory.GetFileSystemEntries(folder["home/instances"]));
    }

    /// <summary>Mounts are shared, as systemd makes them, in a namespace of the test's own.</summary>
    [Fact]
    public async Task Disk_that_is_unmounted_is_not_kept_busy_by_an_instance()
    {
        await images.BuildAsync("site");
        var name = _operated.Name();
        using var disk = new TemporaryFolder();

        var outcome = await (Nua.Shell with { Program = "/bin/sh" }).With("-euc", $"""
            mount -t tmpfs disk '{disk.Path}'
            '{Repository.Nua}' up nua-site:1.0 {name} >&2
            supervisor=$(pgrep -P "$(cat '{_operated.Folder(name)}/run/pid')")
            grep -c ' {disk.Path} ' "/proc/$supervisor/mountinfo"
            umount '{disk.Path}'
            grep -c ' {disk.Path} ' "/proc/$supervisor/mountinfo" || true
            """).Wrapped("unshare", "--mount", "--propagation", "shared").RunAsync();

        Assert.Equal("1\n0\n", outcome.Expect(0).Out);
    }

    [Fact]
    public async Task Instance_without_a_port_option_gets_a_free_one()
    {
        await images.BuildAsync("site");
        var (one, two) = (_operated.Name(), _operated.Name());
        var first = (await Nua.RunAsync("up", "nua-site:1.0", one)).Expect(0).Out.Trim();
        var second = (await Nua.RunAsync("up", "nua-site:1.0", two)).Expect(0).Out.Trim();

        Assert.NotEqual(first, second);
        Assert.Contains("Join us", await Web.AskAsync(new Uri(second).Port, "/join.html"), StringComparison.Ordinal);
    }
}
