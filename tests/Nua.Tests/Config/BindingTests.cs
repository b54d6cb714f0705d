using Nua.Config;
using Nua.Foundation;
using Xunit;

namespace Nua.Tests.Config;

public sealed class BindingTests
{
    [Theory]
    // Keys.
    [InlineData("unknown = 1", "NUA1101 warning")]
    [InlineData("[pakages]", "NUA1101 warning")]
    [InlineData("[build]\npakages = 'a'", "NUA1102 warning")]
    [InlineData("[build]\nsrc-url = 'a.zip'\nsrc_url = 'b.zip'", "NUA1105 warning")]
    [InlineData("[build]\nmanifest = ['a']", "NUA1106 warning")]
    // Types and ranges.
    [InlineData("build = 1", "NUA1107 error")]
    [InlineData("[metadata]\ntags = 'a'", "NUA1107 error")]
    [InlineData("[metadata]\nrelease = 'x'", "NUA1107 error")]
    [InlineData("[run]\nstart = { a = 1 }", "NUA1107 error")]
    [InlineData("[build]\nbuilder = ['node-20']", "NUA1107 error")]
    [InlineData("[volume]\ntarget = '/x'", "NUA1107 error")]
    [InlineData("[build]\nnetwork = 'maybe'", "NUA1107 error")]
    [InlineData("[port.web]\ncontainer = 80\nprotocol = 'sctp'", "NUA1108 error")]
    [InlineData("[build]\nmethod = 'warp'", "NUA1108 error")]
    [InlineData("[build]\nstack = 'pyton'", "NUA1108 error")]
    [InlineData("[[volume]]\ntarget = '/x'\nname = 'x'\ntype = 'nfs'", "NUA1108 error")]
    [InlineData("[metadata]\nrelease = 0", "NUA1109 error")]
    [InlineData("[port.web]\ncontainer = 0", "NUA1109 error")]
    [InlineData("[port.web]\ncontainer = 99999", "NUA1109 error")]
    [InlineData("[port.web]\ncontainer = 9223372036854775807", "NUA1109 error")]
    [InlineData("[port.web]\ncontainer = nan", "NUA1109 error")]
    [InlineData("[healthcheck]\ninterval = -1", "NUA1109 error")]
    [InlineData("[metadata]\nrelease = 2.7", "NUA1110 warning")]
    [InlineData("[metadata]\ntitle = true", "NUA1111 warning")]
    [InlineData("[metadata]\nversion = 2024-01-02", "NUA1112 error")]
    [InlineData("[env]\nDAY = 2024-01-02", "NUA1112 error")]
    // Required keys.
    [InlineData("[port.web]\nssl = true", "NUA1113 error")]
    [InlineData("[[volume]]\nname = 'x'", "NUA1113 error")]
    [InlineData("[backup]\nfrequency = '24h'", "NUA1113 error")]
    [InlineData("[[provider]]\ntype = 'docker-image'", "NUA1113 error")]
    [InlineData("[build]\nbuilder = { version = '20' }", "NUA1113 error")]
    // Metadata and build.
    [InlineData("[metadata]\nid = 'My App'", "NUA1121 warning")]
    [InlineData("[metadata]\nversion = '???'", "NUA1121 warning")]
    [InlineData("[build]\nsrc-checksum = 'sha256:12'", "NUA1122 error")]
    [InlineData("[build]\nsrc-checksum = 'zz86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'", "NUA1122 error")]
    [InlineData("[build]\nsrc-url = 'https://x.example/app.rar'", "NUA1123 warning")]
    [InlineData("[build]\nbuilder = 'cobol-85'", "NUA1124 error")]
    [InlineData("[build]\nmethod = 'wrap'", "NUA1125 error")]
    [InlineData("[build]\nmeta-packages = ['oracle-client']", "NUA1126 warning")]
    [InlineData("[build]\nsrc-url = 'https://x.example/{verson}.zip'", "NUA1127 warning")]
    [InlineData("[build]\nsrc-url = 'https://x.example/{release}.zip'", "NUA1128 warning")]
    [InlineData("[build]\nkeep = ['/nua/x']", "NUA1129 error")]
    [InlineData("[build]\nkeep = ['/usr/../nua']", "NUA1129 error")]
    [InlineData("[build]\nkeep = ['relative']", "NUA1129 error")]
    [InlineData("[build]\nsecrets = ['../x']", "NUA1129 error")]
    [InlineData("[healthcheck]\nhttp = 'health'", "NUA1129 error")]
    [InlineData("[build]\nsrc-url = 'https://x.example/${version}.zip'", "NUA1130 warning")]
    [InlineData("[build]\ndocument-root = '/var/www'", "NUA1131 warning")]
    // Variables.
    [InlineData("[env]\n'a=b' = 1", "NUA1140 error")]
    [InlineData("[env]\n'' = 1", "NUA1140 error")]
    [InlineData("[env]\nA = {}", "NUA1142 warning")]
    [InlineData("[env]\nA = { radom = true }", "NUA1142 warning")]
    [InlineData("[env]\nA = { radom = true }", "NUA1102 warning")]
    [InlineData("[env]\nA = { random = false }", "NUA1142 warning")]
    [InlineData("[env]\nA = { random = true, length = 6 }", "NUA1143 warning")]
    [InlineData("[env]\nA = { random = true, length = 4 }", "NUA1109 error")]
    [InlineData("[env]\nA = { key = { b = 1 } }", "NUA1107 error")]
    [InlineData("[env]\nA = { from = 'databse', key = 'hostname' }", "NUA1144 error")]
    [InlineData("[env]\nA = { key = 'hostnam' }", "NUA1145 warning")]
    [InlineData("[[provider]]\nname = 'db'\nmodule-name = 'postgres'\n[env]\nA = { from = 'db', key = 'MARIADB_PORT' }", "NUA1145 warning")]
    [InlineData("[env]\nA = '{A}'", "NUA1146 error")]
    [InlineData("[env]\nA = 'x{B}'\nB = '{C}'\nC = { key = 'A' }", "NUA1146 error")]
    [InlineData("[env]\nA = '{NOPE}'", "NUA1147 warning")]
    [InlineData("[env]\nA = '${B}'\nB = '1'", "NUA1148 warning")]
    [InlineData("[docker.env]\nA = 1", "NUA1149 warning")]
    // Ports, volumes, providers, backups.
    [InlineData("[port.smtp]\ncontainer = 25", "NUA1160 error")]
    [InlineData("[port.web]\ncontainer = 80\n[port.x]\ncontainer = 80\nhost = 81", "NUA1161 warning")]
    [InlineData("[[volume]]\ntarget = '/x'", "NUA1162 warning")]
    [InlineData("[[volume]]\ntarget = '/x'\nname = 'a'\n[[volume]]\ntarget = '/x'\nname = 'b'", "NUA1163 error")]
    [InlineData("[[volume]]\ntarget = '/x'\nname = 'a'\noptions = { b = 1 }\n[[volume]]\nname = 'a'\ntarget = '/x'\noptions = { b = 1 }", "NUA1174 warning")]
    [InlineData("[[volume]]\ntarget = '/x'\nname = 'a'\n[[volume]]\ntarget = '/x'\nname = 'a'\noptions = { b = 1 }", "NUA1163 error")]
    [InlineData("[[provider]]", "NUA1164 warning")]
    [InlineData("[[provider]]\nname = 'a'\n[[provider]]\nname = 'a'", "NUA1165 error")]
    [InlineData("[[provider]]\nname = 'a'\nmodule-name = 'postgre'", "NUA1166 warning")]
    [InlineData("[[provider]]\nname = 'a'\nmodule-version = '15'", "NUA1167 warning")]
    [InlineData("[[provider]]\nname = 'a'\nmodule-version = 'new'", "NUA1168 error")]
    [InlineData("[backup]\nmethod = 'pg_dumpall'", "NUA1169 warning")]
    [InlineData("[backup]", "NUA1170 warning")]
    // The lifecycle.
    [InlineData("[lifecycle]\nstop-signal = 'SIGWHAT'", "NUA1180 error")]
    [InlineData("[lifecycle]\nsecrets = [{ name = 'K', generate = 'hex' }]", "NUA1181 error")]
    [InlineData("[lifecycle]\nupgrade-from = 1", "NUA1182 error")]
    [InlineData("[lifecycle]\ndata-version = 2\nrollback = { to = 3 }", "NUA1182 error")]
    [InlineData("[lifecycle]\nsecrets = ['K', 'K']", "NUA1183 error")]
    [InlineData("[lifecycle]\nsecrets = ['K-1']", "NUA1140 error")]
    [InlineData("[lifecycle]\nbackup-mode = 'warm'", "NUA1108 error")]
    [InlineData("[lifecycle]\nneeds = [{ type = 'x' }]", "NUA1113 error")]
    [InlineData("verify = 1", "NUA1107 error")]
    public void Mistake_is_reported(string toml, string finding)
    {
        var result = Reading.Toml(toml + "\n");

        Assert.Contains(
            finding,
            result.Problems.Select(problem => $"{problem.Code} {problem.Severity.ToString().ToLowerInvariant()}"));
        Assert.Equal(result.Problems.Any(problem => problem.Severity == Severity.Error), result.Config is null);
        Assert.All(
            result.Problems,
            problem => Assert.StartsWith("nua-config.toml:", problem.Where, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[build]\npakages = 'a'", "did you mean packages?")]
    [InlineData("[build]\nlicense_ = 'a'", "did you mean license?")]
    [InlineData("[biuld]", "did you mean build?")]
    [InlineData("[build]\nstart = 'a'", "write it as run.start")]
    [InlineData("[build]\nbuilder = 'nodee-16'", "did you mean node?")]
    [InlineData("[build]\nstack = 'pyton'", "did you mean python?")]
    [InlineData("[[provider]]\nname = 'database'\n[env]\nA = { from = 'databse', key = 'hostname' }", "did you mean database?")]
    [InlineData("[env]\nDB_NAME = 'x'\nA = '{DB_NAM}'", "did you mean DB_NAME?")]
    [InlineData("[metadata]\nversion = 2024-01-02", "write \"2024-01-02\" in quotes")]
    public void Message_says_what_to_do(string toml, string remedy) =>
        Assert.Contains(remedy, Reading.Toml(toml + "\n").Problems.Select(problem => problem.Remedy));

    [Fact]
    public void Everything_wrong_is_reported_at_once_in_file_order()
    {
        var result = Reading.Toml(Reading.Who + """
            [build]
            pakages = "a"
            stack = "cobol"
            src-checksum = "1"
            [port.web]
            container = 0
            [env]
            A = { from = "nobody", key = "x" }

            """);

        Assert.Equal(
            ["NUA1102 3:1", "NUA1108 4:9", "NUA1122 5:16", "NUA1109 7:13", "NUA1144 9:1"],
            Reading.Findings(result));
    }

    [Theory]
    [InlineData("1.10", "1.10")]
    [InlineData("1_000", "1000")]
    [InlineData("2301", "2301")]
    [InlineData("1e3", "1e3")]
    [InlineData("0x10", "0x10")]
    [InlineData("'unknown'", "unknown")]
    public void Version_keeps_its_digits(string toml, string version) =>
        Assert.Equal(version, Reading.Good($"[metadata]\nversion = {toml}\n").Metadata.Version);

    [Fact]
    public void Key_spelling_does_not_count_but_names_are_data()
    {
        var config = Reading.Good("""
            [METADATA]
            Id = "x"
            [build]
            SRC_URL = "a.zip"
            Git-Url = "g"
            [env]
            Mixed_Case-Name = "v"
            [port.WEB_1]
            Container = 80
            PROXY = 443
            [docker]
            Mem_Limit = "1G"
            [[volume]]
            target = "/x"
            name = "x"
            options = { IdentityFile = "/k", Tmpfs-Size = "1M", READ_ONLY = true }

            """);

        Assert.Equal(("x", "a.zip", "g"), (config.Metadata.Id, config.Build.SrcUrl, config.Build.GitUrl));
        Assert.Equal("Mixed_Case-Name", config.Env[0].Name);
        Assert.Equal("WEB_1", config.Ports[0].Name);
        Assert.Equal("""{"Mem_Limit":"1G"}""", config.DockerJson);
        Assert.Equal(
            ["IdentityFile", "read-only", "tmpfs_size"],
            config.Volumes[0].Options.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("src-url = 'modern.zip'\nsrc_url = 'old.zip'")]
    [InlineData("src_url = 'old.zip'\nsrc-url = 'modern.zip'")]
    [InlineData("source_url = 'old.zip'\nsrc-url = 'modern.zip'")]
    public void Modern_spelling_wins_whatever_the_order(string lines) =>
        Assert.Equal("modern.zip", Reading.Good($"[build]\n{lines}\n").Build.SrcUrl);

    [Fact]
    public void Coercions_are_lenient_where_the_meaning_is_clear()
    {
        var config = Reading.Good("""
            [metadata]
            title = 2048
            release = "3"
            profile = "test"
            [build]
            packages = " gcc  make "
            meta-packages = "psycopg2"
            test = "true"
            build = "make && make install"
            network = "yes"
            src-checksum = ""
            [port.web]
            container = "80"
            ssl = 0
            [run]
            start = ""
            packages = []

            """);

        Assert.Equal(("2048", 3), (config.Metadata.Title, config.Metadata.Release));
        Assert.Equal(["test"], config.Metadata.Profile);
        Assert.Equal(["gcc", "make"], config.Build.Packages);
        Assert.Equal(["make && make install"], config.Build.Commands);
        Assert.True(config.Build.Network);
        Assert.Null(config.Build.SrcChecksum);
        Assert.Equal((80, false), (config.Ports[0].Container, config.Ports[0].Ssl));
        Assert.Null(config.Run.Start);
    }

    [Theory]
    [InlineData("[]", 0)]
    [InlineData("'true'", 1)]
    public void Build_that_does_nothing_is_not_an_absent_build(string value, int count) =>
        Assert.Equal(count, Reading.Good($"[build]\nbuild = {value}\n").Build.Commands!.Count);

    [Theory]
    [InlineData("node-16", "node", "16")]
    [InlineData("nodejs18", "node", "18")]
    [InlineData("node_20", "node", "20")]
    [InlineData("nua-builder-nodejs20", "node", "20")]
    [InlineData("ruby27", "ruby", "2.7")]
    [InlineData("ruby-278", "ruby", "2.7.8")]
    [InlineData("nua-builder-ruby314", "ruby", "3.1.4")]
    [InlineData("ruby-3.2", "ruby", "3.2")]
    [InlineData("python311", "python", "3.11")]
    [InlineData("python-3.13", "python", "3.13")]
    [InlineData("deno", "deno", null)]
    [InlineData("dotnet-10", "dotnet", "10")]
    public void Builder_names_say_language_and_version(string name, string language, string? version) =>
        Assert.Equal(
            new BuilderConfig(language, version),
            Reading.Good($"[build]\nbuilder = '{name}'\n").Build.Builder);

    [Fact]
    public void Builder_table_counts_as_the_name_does() =>
        Assert.Equal(
            new BuilderConfig("ruby", "2.7"),
            Reading.Good("[build]\nbuilder = { name = 'ruby', version = '2.7' }\n").Build.Builder);

    [Fact]
    public void Lifecycle_of_an_image_is_read_in_the_shape_of_the_contract()
    {
        var result = Reading.Json("""
            {"metadata": {"id": "x", "version": "1", "title": "X", "author": "A"}, "schema": 1, "runtime": {"port": 8080},
             "lifecycle": {
              "contract": 1, "data_version": 7, "upgrade_from": 4, "waypoints": [5],
              "rollback": {"mode": "script", "to": 6},
              "backup": {"mode": "hot", "timeout": 3600, "stale_is_dangerous": []},
              "start": {"ready_timeout": 120}, "stop": {"signal": "SIGTERM", "timeout": 30},
              "health": {"interval": 10, "timeout": 5, "retries": 3, "http": "/health"}, "overlap": false,
              "volumes": [{"name": "data", "path": "/nua/data"}],
              "secrets": [{"name": "SECRET_KEY", "generate": "hex:64", "scope": "data", "rotatable": false}],
              "needs": [{"binding": "db", "type": "postgresql", "versions": ">=15"}]}}
            """);

        Assert.Empty(result.Problems);
        var lifecycle = result.Config!.Lifecycle;
        Assert.Equal((7, 4, 6), (lifecycle.DataVersion, lifecycle.UpgradeFrom, lifecycle.RollbackTo));
        Assert.Equal(("hot", 3600, 120), (lifecycle.BackupMode, lifecycle.BackupTimeout, lifecycle.ReadyTimeout));
        Assert.Equal(
            ("SIGTERM", 30, "/health"),
            (lifecycle.StopSignal, lifecycle.StopTimeout, result.Config.Healthcheck!.Http));
        Assert.Equal("SECRET_KEY", Assert.Single(lifecycle.Secrets).Name);
        Assert.Equal("db", Assert.Single(lifecycle.Needs).Binding);
    }

    [Fact]
    public void Volumes_may_be_given_in_the_shape_of_the_contract_or_as_sections_or_both()
    {
        var config = Reading.Good("""
            [[volume]]
            name = "uploads"
            target = "/srv/uploads"

            [[lifecycle.volumes]]
            name = "data"
            path = "/nua/data"

            [[lifecycle.volumes]]
            name = "uploads"
            path = "/srv/uploads"

            [[lifecycle.volumes]]
            name = "thumbs"
            path = "/srv/thumbs"
            class = "cache"

            """);

        Assert.Equal([("/srv/uploads", "uploads", false), ("/srv/thumbs", "thumbs", true)], config.Volumes.Select(volume => (volume.Target, volume.Name, volume.IsCache)));
    }

    [Fact]
    public void Nulls_are_absent_keys() =>
        Assert.Empty(Reading.Json("""
            {"metadata": {"id": "x", "version": "1", "title": "X", "author": "A", "release": null, "tags": null},
             "build": null, "run": {"start": null}, "volume": null, "provider": null, "port": null, "healthcheck": null}
            """).Problems);

    [Fact]
    public void Text_from_the_file_is_escaped_in_messages()
    {
        var result = Reading.Toml("[build]\n\"x\\u001b[31m\" = 1\n");

        Assert.DoesNotContain('\x1b', string.Join('\n', result.Problems));
    }
}
