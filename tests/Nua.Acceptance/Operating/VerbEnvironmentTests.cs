using System.Globalization;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Operating;

/// <summary>What the operator tells each verb (contract, section 1): the verbs of this application write their environment down.</summary>
public sealed class VerbEnvironmentTests(ExampleImages images) : IDisposable
{
    private static readonly string[] _everywhere =
    [
        "NUA_CONTRACT=1", "NUA_APP_ID=told", "NUA_DATA_DIR=/nua/data", "NUA_CACHE_DIR=/nua/cache", "NUA_RUN_DIR=/run/nua", "NUA_BACKUP_DIR=/nua/backup",
        "NUA_SECRETS_DIR=/run/secrets", "CREDENTIALS_DIRECTORY=/run/secrets", "KEY_FILE=/run/secrets/KEY", "TMPDIR=/tmp", "TZ=UTC", "LANG=C.UTF-8",
        "HOME=/nua/data/home", "XDG_CONFIG_HOME=/nua/data/home/.config", "XDG_DATA_HOME=/nua/data/home/.local/share",
        "XDG_STATE_HOME=/nua/data/home/.local/state", "XDG_RUNTIME_DIR=/run/nua", "NUA_PUBLIC_URL=https://told.example", "NUA_TRUSTED_PROXIES=10.0.0.1",
        "OTEL_SERVICE_NAME=told", "WEB_CONCURRENCY=2", "HTTPS_PROXY=http://proxy.example:3128",
    ];

    private readonly Operated _operated = new(images.Nua);
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _operated.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_verb_is_told_what_the_contract_says()
    {
        await BuildAsync(1);
        await BuildAsync(2);
        var (name, other, nua) = (_operated.Name(), _operated.Name(), _operated.Nua);
        string[] given = [.. new[] { "NUA_PUBLIC_URL=https://told.example", "NUA_TRUSTED_PROXIES=10.0.0.1", "OTEL_SERVICE_NAME=told", "WEB_CONCURRENCY=2",
            "HTTPS_PROXY=http://proxy.example:3128" }.SelectMany(line => (string[])["--env", line])];

        (await nua.RunAsync(["up", "nua-told:1", name, .. given])).Expect(0);
        Told(name, "upgrade", 1, name, "NUA_REASON=install", "NUA_FROM_DATA_VERSION=0", "NUA_TO_DATA_VERSION=1", "NUA_DATA_EXPECTED=empty", "NUA_TIMEOUT=1800");
        Assert.DoesNotContain(Told(name, "start", 1, name), line => line.StartsWith("NUA_TIMEOUT=", StringComparison.Ordinal));
        (await nua.RunAsync("health", name)).Expect(0);
        Told(name, "healthcheck", 1, name, "NUA_HEALTH=ready", "NUA_TIMEOUT=5");

        (await nua.RunAsync("upgrade", name, "nua-told:2", "--steady", "0")).Expect(0);
        Told(name, "upgrade", 2, name, "NUA_REASON=update", "NUA_FROM_DATA_VERSION=1", "NUA_TO_DATA_VERSION=2", "NUA_FROM_VERSION=1", "NUA_DATA_EXPECTED=existing",
            "NUA_TIMEOUT=1800");
        Told(name, "start", 2, name);
        (await nua.RunAsync("rollback", name, "--steady", "0")).Expect(0);
        Told(name, "rollback", 2, name, "NUA_REASON=rollback", "NUA_FROM_DATA_VERSION=2", "NUA_TO_DATA_VERSION=1", "NUA_TIMEOUT=1800");

        (await nua.RunAsync("backup", name, "-o", _folder["told.tar.zst"])).Expect(0);
        (await nua.RunAsync(["restore", other, _folder["told.tar.zst"], .. given])).Expect(0);
        Told(other, "backup", 1, name, "NUA_TIMEOUT=3600");
        Told(other, "restore", 1, other, "NUA_REASON=restore", "NUA_FROM_DATA_VERSION=1", "NUA_FROM_VERSION=1", "NUA_TIMEOUT=3600");
        (await nua.RunAsync("stop", name)).Expect(0);
        Told(name, "stop", 1, name, "NUA_REASON=shutdown", "NUA_TIMEOUT=30");
    }

    /// <returns>All that the verb was told.</returns>
    private string[] Told(string instance, string verb, int version, string toldName, params string[] lines)
    {
        var newest = Directory.GetDirectories(Path.Combine(_operated.Folder(instance), "generations")).MaxBy(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture));
        var told = File.ReadAllLines(Path.Combine(newest!, "data", $"told-{verb}"));
        string[] wanted = [.. _everywhere, .. lines, $"NUA_VERB={verb}", $"NUA_INSTANCE={toldName}", $"NUA_VERSION={version}", $"NUA_DATA_VERSION={version}"];
        var missing = wanted.Except(told).ToArray();
        Assert.True(missing.Length == 0, $"{verb} was not told {string.Join(", ", missing)}, but:\n{string.Join('\n', told)}");
        return told;
    }

    private async Task BuildAsync(int version)
    {
        var app = _folder[$"app{version}"];
        Directory.CreateDirectory(app);
        await File.WriteAllTextAsync(Path.Combine(app, "nua-config.toml"), $"""
            [metadata]
            id = "told"
            version = "{version}"
            title = "t"
            author = "a"

            [build]
            build = "true"

            [run]
            start = "env >/nua/data/told-start; exec sleep 1000"

            [lifecycle]
            data-version = {version}
            upgrade-from = 1
            rollback-to = 1
            upgrade = "env >/nua/data/told-upgrade"
            rollback = "env >/nua/data/told-rollback"
            backup = "env >$NUA_BACKUP_DIR/told-backup"
            restore = "cp $NUA_BACKUP_DIR/told-backup /nua/data/; env >/nua/data/told-restore"
            stop = "env >/nua/data/told-stop"
            health.command = "env >/nua/data/told-healthcheck"

            [[lifecycle.secrets]]
            name = "KEY"
            generate = "hex:32"
            scope = "instance"
            """);
        (await images.Nua.RunAsync("build", app, "--base", await images.BaseAsync())).Expect(0);
    }
}
