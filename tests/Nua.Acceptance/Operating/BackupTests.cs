using Nua.Acceptance.Running;

namespace Nua.Acceptance.Operating;

/// <summary>Backups as an operator makes, checks and proves them.</summary>
public sealed class BackupTests(ExampleImages images) : IDisposable
{
    private readonly Operated _operated = new(images.Nua);

    private NuaProgram Nua => images.Nua;

    public void Dispose() => _operated.Dispose();

    [Fact]
    public async Task Backup_is_one_file_that_is_whole_and_the_application_runs_on()
    {
        var (name, port) = await UpAsync();

        var made = (await Nua.JsonAsync("backup", name, "--check"));

        var file = made.GetProperty("file").GetString()!;
        Assert.Equal(("checked", "copy", 1), (made.GetProperty("state").GetString(), made.GetProperty("kind").GetString(), made.GetProperty("data_version").GetInt32()));
        Assert.Contains("one", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);
        var listed = (await Nua.JsonAsync("backups", name)).GetProperty("backups").EnumerateArray().Single();
        Assert.Equal(file, listed.GetProperty("file").GetString());
        var verified = await Nua.JsonAsync("backup", "verify", file);
        Assert.Equal(("notes", made.GetProperty("id").GetString()), (verified.GetProperty("app_id").GetString(), verified.GetProperty("id").GetString()));
        var names = (await Shell.ScriptAsync($"zstd -dc '{file}' | tar t")).Expect(0).Out;
        Assert.StartsWith("nua-backup.json\nvolumes/data/\n", names, StringComparison.Ordinal);
        Assert.EndsWith("\nmanifest.json\n", names, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damage_is_found_with_65()
    {
        var (name, _) = await UpAsync();
        var file = (await Nua.RunAsync("backup", name)).Expect(0).Out.Trim();
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        var random = new Random(7);
        for (var i = 0; i < 20; i++)
        {
            var at = i == 0 ? bytes.Length - 1 : random.Next(bytes.Length);
            bytes[at] ^= 16;
            await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
            (await Nua.RunAsync("backup", "verify", file)).Expect(65);
            bytes[at] ^= 16;
        }

        await File.WriteAllBytesAsync(file, bytes[..^1], TestContext.Current.CancellationToken);
        Assert.Contains("NUA5123", (await Nua.RunAsync("backup", "verify", file)).Expect(65).Error, StringComparison.Ordinal);
        Assert.Contains("NUA5120", (await Nua.RunAsync("backup", "verify", "/etc/passwd")).Expect(65).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damage_that_is_met_while_unpacking_ends_the_restore_and_the_application_runs_on()
    {
        var (name, port) = await UpAsync();
        var file = (await Nua.RunAsync("backup", name)).Expect(0).Out.Trim();
        var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        var random = new Random(8);
        for (var i = 0; i < 8; i++)
        {
            var at = random.Next(bytes.Length / 2, bytes.Length - 20);
            var damaged = bytes.ToArray();
            damaged[at] ^= 4;
            await File.WriteAllBytesAsync(file, i % 2 == 0 ? damaged : bytes[..at], TestContext.Current.CancellationToken);
            Assert.Contains("NUA512", (await Nua.RunAsync("restore", name, file, "--no-backup")).Expect(65).Error, StringComparison.Ordinal);
            Assert.Contains("NUA512", (await Nua.RunAsync("restore", _operated.Name(), file)).Expect(65).Error, StringComparison.Ordinal);
        }

        Assert.Equal("ready", await _operated.StateAsync(name));
        Assert.Contains("one", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encrypted_backup_with_the_image_is_proven_with_what_was_seeded()
    {
        var (name, _) = await UpAsync();
        (await Nua.RunAsync("seed", name)).Expect(0);
        (await Nua.RunAsync("seed", name)).Expect(0);
        Assert.Contains("2 seedings", (await Nua.RunAsync("seed", name, "--check")).Expect(0).Error, StringComparison.Ordinal);
        using var folder = new TemporaryFolder();
        await Shell.ScriptAsync($"age-keygen -o {folder["key"]}");

        var made = await Nua.JsonAsync("backup", name, "-o", folder[""], "--key", folder["key"], "--with-image", "--prove");

        Assert.Equal("proven", made.GetProperty("state").GetString());
        var file = made.GetProperty("file").GetString()!;
        Assert.Contains("NUA5135", (await Nua.RunAsync("backup", "verify", file)).Expect(65).Error, StringComparison.Ordinal);
        (await Nua.RunAsync("backup", "verify", file, "--key", folder["key"])).Expect(0);
        Assert.DoesNotContain((await Nua.JsonAsync("ps")).GetProperty("instances").EnumerateArray(), item =>
            item.GetProperty("name").GetString()!.StartsWith("prove-", StringComparison.Ordinal));
    }

    /// <summary>SQLite's own online backup, as the guide has it, while others write.</summary>
    [Fact]
    public async Task Application_with_a_hot_backup_runs_on_and_restores_by_its_own_command()
    {
        using var folder = new TemporaryFolder();
        await Shell.ScriptAsync($"cp -r '{Repository.Example("notes")}' '{folder["app"]}'");
        var config = await File.ReadAllTextAsync(folder["app/nua-config.toml"], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            folder["app/nua-config.toml"],
            config.Replace("id = \"notes\"", "id = \"hotnotes\"", StringComparison.Ordinal).Replace("[lifecycle]\n", await HotBackupAsync(), StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        var (name, other, port, otherPort) = (_operated.Name(), _operated.Name(), Web.FreePort(), Web.FreePort());
        (await Nua.RunAsync("up", folder["app"], name, "-p", $"{port}")).Expect(0);
        (await Nua.RunAsync("seed", name)).Expect(0);

        using var writer = new NoteWriter(port);
        var made = await Nua.JsonAsync("backup", name, "--prove");

        Assert.Equal(("command", "proven", 0), (made.GetProperty("kind").GetString(), made.GetProperty("state").GetString(), made.GetProperty("away_ms").GetInt32()));
        (await Nua.RunAsync("restore", other, made.GetProperty("file").GetString()!, "-p", $"{otherPort}")).Expect(0);
        Assert.Contains("seed 1", await Web.AskAsync(otherPort, "/api/notes"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(150)]
    [InlineData(300)]
    [InlineData(600)]
    public async Task Backup_that_is_killed_leaves_the_application_running_and_nothing_half(int milliseconds)
    {
        var (name, port) = await UpAsync();
        using (var backup = Nua.Shell.With("backup", name).Start())
        {
            await Task.Delay(milliseconds);
            backup.KillOnlyItself();
            await backup.EndAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        }

        (await Nua.RunAsync("start", name)).Expect(0);

        Assert.Contains("one", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);
        var file = (await Nua.RunAsync("backup", name)).Expect(0).Out.Trim();
        Assert.DoesNotContain(Directory.GetFiles(Path.GetDirectoryName(file)!), path => path.EndsWith(".part", StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(_operated.Folder(name), "generations", "backup")));
        (await Nua.RunAsync("backup", "verify", file)).Expect(0);
    }

    private static async Task<string> HotBackupAsync()
    {
        var guide = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/guide/backups.md"), TestContext.Current.CancellationToken);
        var block = guide.Split("```toml\n")[1].Split("```\n")[0];
        Assert.StartsWith("[lifecycle]\n", block, StringComparison.Ordinal);
        return block;
    }

    private async Task<(string Name, int Port)> UpAsync()
    {
        await images.BuildAsync("notes");
        var (name, port) = (_operated.Name(), Web.FreePort());
        (await Nua.RunAsync("up", "nua-notes:1.0", name, "-p", $"{port}")).Expect(0);
        await Web.SendAsync(HttpMethod.Post, port, "/api/notes", """{"text":"one"}""");
        return (name, port);
    }
}
