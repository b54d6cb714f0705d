using Nua.Acceptance.Running;

namespace Nua.Acceptance.Operating;

/// <summary>Backups in a store that speaks S3, a server of its own on this machine.</summary>
public sealed class ObjectStoreTests(ExampleImages images) : IAsyncLifetime
{
    private readonly Operated _operated = new(images.Nua);
    private readonly TemporaryFolder _folder = new();
    private RunningProcess _server = null!;
    private string _endpoint = "";

    private NuaProgram Nua => images.Nua;

    public async ValueTask InitializeAsync()
    {
        var tools = Environment.GetEnvironmentVariable("NUA_TEST_NPM")
            ?? throw new InvalidOperationException("NUA_TEST_NPM is not set: run the tests through ./test");
        var port = Web.FreePort();
        _endpoint = $"http://127.0.0.1:{port}";
        _server = new Shell("node").With(
            $"{tools}/node_modules/.bin/s3rver", "--directory", _folder["stored"], "--address", "127.0.0.1", "--port", $"{port}",
            "--configure-bucket", "backups").Start();
        await Web.AskAsync(port, "/", () => _server.HasEnded);
        _folder.Write("rclone.conf", $"""
            [store]
            type = s3
            provider = Other
            endpoint = {_endpoint}
            force_path_style = true
            env_auth = true
            """);
    }

    public ValueTask DisposeAsync()
    {
        _operated.Dispose();
        _server.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Backup_goes_to_the_store_and_brings_the_application_back_on_another_machine()
    {
        await images.BuildAsync("notes");
        var (name, port) = (_operated.Name(), Web.FreePort());
        (await Nua.RunAsync("up", "nua-notes:1.0", name, "-p", $"{port}")).Expect(0);
        await Web.SendAsync(HttpMethod.Post, port, "/api/notes", """{"text":"kept far away"}""");
        // More than one part of an upload.
        (await Nua.RunAsync("exec", name, "--", "sh", "-c", "head -c 20000000 /dev/urandom >/nua/data/noise")).Expect(0);
        var made = (await With(Nua.Shell).With("backup", name, "-o", "rclone:store:backups/of/notes/", "--with-image", "--check").RunAsync()).Expect(0).Out.Trim();
        (await Nua.RunAsync("destroy", name, "--yes", "--no-backup")).Expect(0);

        Assert.DoesNotContain(Directory.EnumerateFiles(_folder["stored/backups"], "*", SearchOption.AllDirectories), file => file.Contains(".part", StringComparison.Ordinal));
        var elsewhere = new NuaProgram(_folder["elsewhere"]);
        try
        {
            (await With(elsewhere.Shell).With("backup", "verify", made).RunAsync()).Expect(0);
            (await With(elsewhere.Shell).With("restore", name, made, "-p", $"{port}").RunAsync()).Expect(0);
            Assert.Contains("kept far away", await Web.AskAsync(port, "/api/notes"), StringComparison.Ordinal);
        }
        finally
        {
            await elsewhere.RunAsync("destroy", name, "--yes", "--no-backup");
        }
    }

    private Shell With(Shell shell) => shell
        .Set("RCLONE_CONFIG", _folder["rclone.conf"]).Set("AWS_ACCESS_KEY_ID", "S3RVER").Set("AWS_SECRET_ACCESS_KEY", "S3RVER")
        // Where the machine names one, this rclone cannot load it.
        .Set("AWS_CA_BUNDLE", null);
}
