using Nua.Acceptance.Running;

namespace Nua.Acceptance.Building;

/// <summary>What a source folder may hold, and what of it an image cannot.</summary>
public sealed class SourceFolderTests(ExampleImages images) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_name_that_a_file_can_have_gets_into_the_image_byte_for_byte()
    {
        var app = new SmallApplications(_folder).Site();
        await Shell.ScriptAsync(
            "for name in \"$(printf 'new\\nline')\" \"$(printf 'bad\\377utf')\" \"$(printf '\\033[31mred')\" \"$(printf 'x%.0s' $(seq 255))\" ' ' '-rf' '\\\\'; do echo kept > \"./$name\"; done",
            app);
        var built = (await images.Nua.RunAsync("build", app)).Expect(0);
        Assert.DoesNotContain('\x1b', built.Error);
        (await images.Nua.RunAsync("save", built.Out.Trim(), $"oci:{_folder["layout"]}:1")).Expect(0);
        await Judges.Judge.UmociAsync(_folder["layout"], "1", _folder["bundle"]);
        var files = "find . -type f -print0 | sort -z | xargs -0 sha256sum --zero";
        var given = (await Shell.ScriptAsync(files, app)).Expect(0).Out;
        Assert.Equal(given, (await Shell.ScriptAsync(files, _folder["bundle/rootfs/nua/app"])).Expect(0).Out);
        (await images.Nua.RunAsync("check", built.Out.Trim())).Expect(0);
    }

    [Fact]
    public async Task Special_files_are_refused_all_at_once_and_may_be_ignored()
    {
        var app = new SmallApplications(_folder).Site();
        await Shell.ScriptAsync(
            "mkfifo pipe; mknod device c 1 3 || mkfifo device; /usr/bin/python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"socket\")'; mkdir sub; touch sub/.wh.x", app);
        var refused = (await images.Nua.RunAsync("build", app)).Expect(1);
        Assert.All(
            (string[])["NUA2152: 'pipe'", "NUA2152: 'device'", "NUA2152: 'socket'", "NUA2153: 'sub/.wh.x'", ".nuaignore"],
            text => Assert.Contains(text, refused.Error, StringComparison.Ordinal));

        File.WriteAllText(Path.Combine(app, ".nuaignore"), "pipe\ndevice\nsocket\n**/.wh.*\n");
        (await images.Nua.RunAsync("build", app)).Expect(0);
    }

    [Fact]
    public async Task Links_are_kept_as_they_are_and_nothing_of_the_host_comes_with_them()
    {
        var secret = _folder.Write("outside", $"outside-{Guid.NewGuid():n}");
        var app = new SmallApplications(_folder).Site();
        await Shell.ScriptAsync($"ln -s {secret} escaping; ln -s ../outside climbing; ln -s nowhere dangling; ln -s loop loop; ln -s index.html good", app);
        var built = (await images.Nua.RunAsync("build", app)).Expect(0);
        Assert.Contains("NUA2154: the link 'escaping'", built.Error, StringComparison.Ordinal);
        Assert.Contains("NUA2154: the link 'climbing'", built.Error, StringComparison.Ordinal);
        (await images.Nua.RunAsync("save", built.Out.Trim(), $"oci:{_folder["layout"]}:1")).Expect(0);
        await Judges.Judge.UmociAsync(_folder["layout"], "1", _folder["bundle"]);
        var links = (await Shell.ScriptAsync("find . -type l -printf '%P %l\\n' | sort", _folder["bundle/rootfs/nua/app"])).Expect(0).Out;
        Assert.Equal($"climbing ../outside\ndangling nowhere\nescaping {secret}\ngood index.html\nloop loop\n", links);
        Assert.Empty((await Shell.ScriptAsync($"grep -rlF {File.ReadAllText(secret)} {_folder["bundle"]} || true")).Out);
    }

    [Fact]
    public async Task File_that_the_user_may_not_read_is_named()
    {
        Assert.SkipUnless(Environment.UserName == "root", "root reads everything; it becomes somebody else for this");
        var app = new SmallApplications(_folder).Site();
        await Shell.ScriptAsync(
            $"echo x > {app}/closed; mkdir bin home; cp {Repository.Nua} {Repository.Nua}-agent bin; chmod 0000 {app}/closed; chown nua-test home", _folder.Path);
        var program = new NuaProgram(_folder["home"]).Shell with { Program = _folder["bin/nua"] };
        var said = (await program.With("build", app).Set("HOME", _folder["home"])
            .Wrapped("/usr/bin/setpriv", "--reuid", "nua-test", "--regid", "nua-test", "--init-groups").RunAsync()).Expect(1);
        Assert.Contains("error NUA", said.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("NUA9001", said.Error, StringComparison.Ordinal);
        Assert.Contains("closed", said.Error, StringComparison.Ordinal);
        Assert.Contains("fix: ", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_kinds_that_are_equally_likely_are_the_authors_choice()
    {
        _folder.Write("app/package.json", """{"name":"x","version":"1.0.0","scripts":{"start":"node a.js"},"dependencies":{"express":"^4"}}""");
        _folder.Write("app/a.js", "require('express')\n");
        _folder.Write("app/requirements.txt", "flask\n");
        _folder.Write("app/app.py", "from flask import Flask\napp = Flask(__name__)\n");
        var outcome = (await images.Nua.RunAsync("build", _folder["app"])).Expect(1);
        Assert.Contains("NUA2003", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("write `build.stack = \"node\"` or `build.stack = \"python\"` in nua-config.toml", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_lock_file_is_a_warning_with_the_command_that_writes_it()
    {
        _folder.Write("app/package.json", """{"name":"x","version":"1.0.0","scripts":{"start":"node a.js"},"dependencies":{"express":"^4"}}""");
        _folder.Write("app/a.js", "require('express')\n");
        var outcome = (await images.Nua.RunAsync("plan", _folder["app"])).Expect(0);
        Assert.Contains("warning NUA2028: package.json has no lock file", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("fix: run `npm install` once", outcome.Error, StringComparison.Ordinal);
    }
}
