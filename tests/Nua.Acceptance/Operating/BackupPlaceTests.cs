using Nua.Acceptance.Running;

namespace Nua.Acceptance.Operating;

/// <summary>Backups in a restic repository and on what rclone reaches.</summary>
public sealed class BackupPlaceTests(ExampleImages images) : IDisposable
{
    private readonly Operated _operated = new(images.Nua);
    private readonly TemporaryFolder _folder = new();

    private NuaProgram Nua => images.Nua;

    private string Restic => $"restic:{_folder["repository"]}";

    public void Dispose()
    {
        _operated.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Snapshot_in_a_restic_repository_brings_the_application_back_on_another_machine()
    {
        var (name, port) = await UpAsync("one");
        await MakeRepositoryAsync();
        await RunAsync(Nua, "backup", name, "-o", Restic, "--with-image");
        await Web.SendAsync(HttpMethod.Post, port, "/api/notes", """{"text":"two"}""");

        var made = (await RunAsync(Nua, "backup", name, "-o", Restic, "--with-image", "--check", "--json")).Out;

        Assert.Contains("\"state\": \"checked\"", made, StringComparison.Ordinal);
        var listed = (await Nua.JsonAsync("backups", name)).GetProperty("backups")[1];
        var place = listed.GetProperty("file").GetString()!;
        Assert.Matches($"^{Restic}:[0-9a-f]{{64}}$", place);
        Assert.False(listed.TryGetProperty("is_there", out _));
        (await Nua.RunAsync("destroy", name, "--yes", "--no-backup")).Expect(0);

        // Nothing of the first machine is there but the repository and its password.
        var elsewhere = new NuaProgram(_folder["elsewhere"]);
        try
        {
            Assert.Contains("whole and unchanged", (await RunAsync(elsewhere, "backup", "verify", place)).Error, StringComparison.Ordinal);
            await RunAsync(elsewhere, "restore", name, Restic, "-p", $"{port}");
            Assert.Contains("two", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);
            var next = (await RunAsync(elsewhere, "backup", name, "-o", _folder["next/"])).Out;
            Assert.Contains($"{name}-0003-", next, StringComparison.Ordinal);
        }
        finally
        {
            await elsewhere.RunAsync("destroy", name, "--yes", "--no-backup");
        }
    }

    [Fact]
    public async Task Password_and_repository_are_arguments_of_no_program_and_in_no_message()
    {
        var (name, _) = await UpAsync("one");
        await MakeRepositoryAsync();
        Tool("restic", $"""printf '%s\n' "$*" >>'{_folder["arguments"]}'; exec /usr/bin/restic "$@" """);

        var said = await RunAsync(Nua, "backup", name, "-o", Restic, "--check");

        var arguments = await File.ReadAllTextAsync(_folder["arguments"], TestContext.Current.CancellationToken);
        Assert.Contains("--stdin", arguments, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", arguments + said, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder["repository"], arguments, StringComparison.Ordinal);
        foreach (var place in (string[])["restic:rest:https://me:canary@backups.example/", "rclone::s3,secret_access_key=canary:bucket"])
        {
            var refused = (await Nua.RunAsync("backup", name, "-o", place)).Expect(2);
            Assert.Contains("NUA5145", refused.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("canary", refused.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Encrypted_backup_goes_through_rclone_to_a_server_and_comes_back()
    {
        var (name, port) = await UpAsync("one");
        using var server = await ServeAsync();
        await Shell.ScriptAsync($"age-keygen -o {_folder["key"]}");

        var place = (await RunAsync(Nua, "backup", name, "-o", "rclone:store:a/b/", "--key", _folder["key"], "--check")).Out.Trim();

        var file = Assert.Single(Directory.GetFiles(_folder["served/a/b"]));
        Assert.Equal($"rclone:store:a/b/{Path.GetFileName(file)}", place);
        (await Nua.RunAsync("destroy", name, "--yes", "--no-backup")).Expect(0);
        await RunAsync(Nua, "restore", name, place, "--key", _folder["key"], "-p", $"{port}");
        Assert.Contains("one", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);
        Assert.Contains("NUA5146", (await TryAsync("backup", "verify", "rclone:store:a/b", "--key", _folder["key"])).Expect(66).Error, StringComparison.Ordinal);
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        bytes[^9] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        Assert.Contains("NUA5121", (await TryAsync("backup", "verify", place, "--key", _folder["key"])).Expect(65).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_is_away_costs_neither_the_application_nor_a_backup()
    {
        var (name, port) = await UpAsync("one");
        var server = await ServeAsync();
        var place = (await RunAsync(Nua, "backup", name, "-o", "rclone:store:")).Out.Trim();
        server.Dispose();

        var write = (await TryAsync("backup", name, "-o", "rclone:store:")).Expect(73);
        var read = (await TryAsync("restore", name, place)).Expect(69);

        Assert.Contains("NUA5144", write.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("away for", write.Error, StringComparison.Ordinal);
        Assert.Contains("NUA5144", read.Error, StringComparison.Ordinal);
        Assert.Contains("one", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);
        Assert.Single((await Nua.JsonAsync("backups", name)).GetProperty("backups").EnumerateArray());
    }

    /// <summary>To a program on a pipe, a writer that was killed looks like one that is done.</summary>
    [Theory]
    [InlineData("tool")]
    [InlineData("nua")]
    [InlineData("interrupt")]
    public async Task Half_of_a_backup_is_no_snapshot(string killed)
    {
        var (name, port) = await UpAsync("one");
        await MakeRepositoryAsync();
        (await Nua.RunAsync("exec", name, "--", "sh", "-c", "head -c 40000000 /dev/urandom >/nua/data/noise")).Expect(0);
        // Slow enough to be cut off: twenty seconds.
        Tool("restic", $"""[ "$1" != backup ] || echo $$ >'{_folder["pid"]}'; exec /usr/bin/restic --limit-upload 2000 "$@" """);

        using (var backup = With(Nua.Shell).With("backup", name, "-o", Restic).Start())
        {
            await AwaitAsync(() => File.Exists(_folder["pid"]) && Directory.EnumerateFiles(_folder["repository/data"], "*", SearchOption.AllDirectories).Any());
            await KillAsync(killed, backup);
            var outcome = await backup.EndAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Assert.Equal(killed switch { "tool" => 73, "nua" => 137, _ => 143 }, outcome.Status);
        }

        var pid = (await File.ReadAllTextAsync(_folder["pid"], TestContext.Current.CancellationToken)).Trim();
        await AwaitAsync(() => !Directory.Exists($"/proc/{pid}") || File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal));
        Assert.Equal("[]", (await ResticAsync("snapshots", "--json", "--no-lock")).Expect(0).Out.Trim());
        (await Nua.RunAsync("start", name)).Expect(0);
        Assert.Contains("one", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);
        Assert.Empty((await Nua.JsonAsync("backups", name)).GetProperty("backups").EnumerateArray());
    }

    [Theory]
    [InlineData("restic")]
    [InlineData("rclone")]
    public async Task Program_that_is_missing_is_named_with_the_command_that_installs_it(string program)
    {
        var (name, port) = await UpAsync("one");

        var outcome = (await Nua.Shell.With("backup", name, "-o", $"{program}:store:x").Without($"/usr/bin/{program}", _folder).RunAsync()).Expect(1);

        Assert.Contains("NUA5143", outcome.Error, StringComparison.Ordinal);
        Assert.Contains($"fix: apt-get install {program}\n", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("one", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repository_with_several_instances_asks_which()
    {
        var (one, _) = await UpAsync("one");
        var (two, _) = await UpAsync("two");
        await MakeRepositoryAsync();
        await RunAsync(Nua, "backup", one, "-o", Restic);
        await RunAsync(Nua, "backup", two, "-o", Restic);

        var verify = (await TryAsync("backup", "verify", Restic)).Expect(66);
        var (other, port) = (_operated.Name(), Web.FreePort());
        Assert.Contains(other, (await TryAsync("restore", other, Restic, "-p", $"{port}")).Expect(66).CommandLine, StringComparison.Ordinal);

        Assert.Contains($"({one})", verify.Error, StringComparison.Ordinal);
        Assert.Contains($"({two})", verify.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_operated.Folder(other)));
        await RunAsync(Nua, "restore", one, Restic, "--steady", "0");
    }

    private async Task KillAsync(string killed, RunningProcess backup)
    {
        switch (killed)
        {
            case "tool":
                (await Shell.ScriptAsync($"kill -9 $(cat '{_folder["pid"]}')")).Expect(0);
                break;
            case "nua":
                backup.KillOnlyItself();
                break;
            default:
                backup.Signal(System.Runtime.InteropServices.PosixSignal.SIGTERM);
                break;
        }
    }

    private async Task<(string Name, int Port)> UpAsync(string note)
    {
        await images.BuildAsync("notes");
        var (name, port) = (_operated.Name(), Web.FreePort());
        (await Nua.RunAsync("up", "nua-notes:1.0", name, "-p", $"{port}")).Expect(0);
        await Web.SendAsync(HttpMethod.Post, port, "/api/notes", $$"""{"text":"{{note}}"}""");
        return (name, port);
    }

    private async Task MakeRepositoryAsync()
    {
        _folder.Write("password", "canary");
        (await ResticAsync("init")).Expect(0);
    }

    private Task<Outcome> ResticAsync(params IReadOnlyList<string> arguments) =>
        With(new Shell("/usr/bin/restic")).With(["--repo", _folder["repository"], .. arguments]).RunAsync();

    private Shell With(Shell shell) => shell
        .Set("RESTIC_PASSWORD_FILE", _folder["password"]).Set("XDG_CACHE_HOME", _folder["cache"]).Set("RCLONE_CONFIG", _folder["rclone.conf"])
        .Set("RCLONE_RETRIES", "1").Set("RCLONE_LOW_LEVEL_RETRIES", "1")
        .Set("PATH", $"{_folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}");

    private Task<Outcome> TryAsync(params IReadOnlyList<string> arguments) => With(Nua.Shell).With(arguments).RunAsync();

    private async Task<Outcome> RunAsync(NuaProgram nua, params IReadOnlyList<string> arguments) =>
        (await With(nua.Shell).With(arguments).RunAsync()).Expect(0);

    /// <summary>A program of that name, found before the machine's.</summary>
    private void Tool(string name, string script)
    {
        var path = _folder.Write($"bin/{name}", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
    }

    /// <summary>A folder behind WebDAV on this machine, and rclone's remote <c>store:</c> for it.</summary>
    private async Task<RunningProcess> ServeAsync()
    {
        var port = Web.FreePort();
        Directory.CreateDirectory(_folder["served"]);
        _folder.Write("rclone.conf", $"[store]\ntype = webdav\nvendor = other\nurl = http://127.0.0.1:{port}\n");
        var server = new Shell("/usr/bin/rclone").With("serve", "webdav", "--addr", $"127.0.0.1:{port}", "--config", _folder["none.conf"], _folder["served"]).Start();
        await Web.AskAsync(port, "/", () => server.HasEnded);
        return server;
    }

    private static async Task AwaitAsync(Func<bool> isSo)
    {
        for (var tries = 0; !isSo(); tries++)
        {
            Assert.True(tries < 300, "still not so after 30 s");
            await Task.Delay(100);
        }
    }
}
