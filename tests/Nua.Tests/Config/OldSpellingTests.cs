using Nua.Config;
using Nua.Foundation;
using Xunit;

namespace Nua.Tests.Config;

public sealed class OldSpellingTests
{
    /// <summary>An old file and the same in the modern spelling.</summary>
    public static TheoryData<string, string> Pairs() => new()
    {
        { "[metadata]\nlicence = 'MIT'", "[build]\nlicense = 'MIT'" },
        { "[metadata]\nlicense = 'MIT'", "[build]\nlicense = 'MIT'" },
        { "[metadata]\nsrc-url = 'a.zip'\nchecksum = ''", "[build]\nsrc-url = 'a.zip'" },
        { "[metadata]\nsrc_url = 'a.zip'", "[build]\nsrc-url = 'a.zip'" },
        { "[build]\nsource_url = 'a.zip'", "[build]\nsrc-url = 'a.zip'" },
        { "[sources]\nurl = 'a.zip'", "[build]\nsrc-url = 'a.zip'" },
        { "[metadata]\ngit-url = 'g'\ngit-branch = 'b'", "[build]\ngit-url = 'g'\ngit-branch = 'b'" },
        { "[build]\nsrc_git = 'g'", "[build]\ngit-url = 'g'" },
        { "[metadata]\nimage = 'i'", "[build]\nbase-image = 'i'" },
        {
            "[metadata]\nbase-image = 'i'\n[build]\ndefault-method = 'wrap'",
            "[build]\nbase-image = 'i'\nmethod = 'wrap'"
        },
        { "[build]\nbuild-packages = 'a'\nrun-packages = 'b'", "[build]\npackages = 'a'\n[run]\npackages = 'b'" },
        {
            "[build]\npackages = 'a'\nbuild-packages = 'b'",
            "[build]\npackages = 'b'\n[run]\npackages = 'a'"
        },
        { "[metadata]\ndocker = 'i:{version}'\nversion = '2'", "[metadata]\nversion = '2'\n[build]\nbase-image = 'i:{version}'" },
        { "[build]\nsrc = 'server'", "[build]\nproject = 'server'" },
        {
            "[build]\nbuild-command = 'a'\nstart-command = 'b'\ntest-cmd = 'c'",
            "[build]\nbuild = 'a'\ntest = 'c'\n[run]\nstart = 'b'"
        },
        { "[build]\nnode-version = '16.x'", "[build]\nbuilder = 'node-16.x'" },
        { "[profile]\nnode = '16'", "[build]\nbuilder = 'node-16'" },
        { "[build]\nnua_base = 'nua-builder-nodejs16'", "[build]\nbuilder = 'node-16'" },
        { "[build]\nexpose = 80", "[port.web]\ncontainer = 80" },
        { "[run]\ncontainer_port = 80", "[port.web]\ncontainer = 80" },
        { "[instance]\nport = 80", "[port.web]\ncontainer = 80" },
        { "[run]\nauto_remove = true\nmem_limit = '1G'\ndetach = true\nrestart_policy = { name = 'always' }",
            "[docker]\nauto_remove = true\nmem_limit = '1G'\ndetach = true\nrestart_policy = { name = 'always' }" },
        { "[run_env]\nA = 1", "[env]\nA = 1" },
        { "[run.env]\nA = 1", "[env]\nA = 1" },
        { "[[assign]]\nkey = 'A'\nrandom_str = true", "[env]\nA = { random = true }" },
        {
            "[instance.x]\nkey = 'A'\nrandom_str = true\npersistent = false",
            "[env]\nA = { random = true, persist = false }"
        },
        { "[env]\nA = { environment = 'B' }\nB = 1", "[env]\nA = { key = 'B' }\nB = 1" },
        {
            "[[resource]]\nname = 'r'\n[env]\nA = { resource_host = 'r' }\nB = { resource_property = 'r.POSTGRES_DB' }\n"
            + "C = { property = 'r.domain' }",
            "[[provider]]\nname = 'r'\n[env]\nA = { from = 'r', key = 'hostname' }\n"
            + "B = { from = 'r', key = 'POSTGRES_DB' }\nC = { from = 'r', key = 'domain' }"
        },
        { "[ports.web]\ncontainer = 80", "[port.web]\ncontainer = 80" },
        { "[[ports]]\nname = 'web'\ncontainer = 80\nhost = 'auto'", "[port.web]\ncontainer = 80" },
        { "[[port]]\ncontainer = 25\nhost = 25", "[port.25]\ncontainer = 25\nhost = 25" },
        {
            "[database]\ntype = 'postgres'\nversion = '>=13'",
            "[[provider]]\nname = 'database'\nmodule-name = 'postgres'\nmodule-version = '>=13'"
        },
        {
            "[mariadb]\ntype = 'docker'\nimage = 'i'",
            "[[provider]]\nname = 'mariadb'\ntype = 'docker-image'\nbuild = { base-image = 'i' }"
        },
        { "[addons.postgresql]", "[[provider]]\nname = 'postgresql'\nmodule-name = 'postgres'" },
        {
            "[[resource]]\nname = 'r'\ntype = 'docker'\nimage = 'i'\nrun = { mem_limit = '1G', env = { A = 1 } }\n"
            + "run_env = { B = 2 }",
            "[[provider]]\nname = 'r'\ntype = 'docker-image'\nbuild = { base-image = 'i' }\n"
            + "docker = { mem_limit = '1G' }\nenv = { B = 2, A = 1 }"
        },
        {
            "[[provider]]\nname = 'r'\nplugin-name = 'postgres'\nplugin-version = '>=13'\n"
            + "meta-packages = 'postgres-client'\nbase-image = 'i'",
            "[[provider]]\nname = 'r'\nmodule-name = 'postgres'\nmodule-version = '>=13'\n"
            + "connector = 'postgres-client'\nbuild = { base-image = 'i' }"
        },
        { "[[volume]]\nsource_prefix = 'v'\ndst = '/x'\ntype = 'volume'\nmode = 'ro'",
            "[[volume]]\nname = 'v'\ntarget = '/x'\noptions = { read-only = true }" },
        {
            "[[volume]]\nprefix = 'v'\ntarget = '/x'\ntype = 'bind'",
            "[[volume]]\nname = 'v'\ntarget = '/x'\ntype = 'directory'"
        },
        { "[[volume]]\ntarget = '/x'\ntype = 'tmpfs'\ntmpfs_size = '1M'\ntmpfs_mode = 0o1777",
            "[[volume]]\ntarget = '/x'\ntype = 'tmpfs'\noptions = { tmpfs_size = '1M', tmpfs_mode = 1023 }" },
        {
            "[backup]\nmethod = 'pg_dump'\ndestination = 'local'",
            "[backup]\nmethod = 'pg_dump'\noptions = { destination = 'local' }"
        },
        { "[healthcheck]\ncmd = 'true'", "[healthcheck]\ncommand = 'true'" },
        { "[build]\ndocument_root = '/nua/app/html'", "[build]\ndocument-root = 'html'" },
        { "[lifecycle]\nhealth = { http = '/h' }\nbackup = { command = 'b', mode = 'hot' }",
            "[healthcheck]\nhttp = '/h'\n[lifecycle]\nbackup = 'b'\nbackup-mode = 'hot'" },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Old_spelling_means_the_modern_one(string old, string modern)
    {
        var result = Reading.Toml(old + "\n");

        Assert.DoesNotContain(result.Problems, problem => problem.Severity == Severity.Error);
        Assert.Equal(Description.Of(Reading.Good(modern + "\n")), Description.Of(result.Config));
    }

    [Theory]
    [InlineData("[metadata]\nlicence = 'MIT'", "write build.license")]
    [InlineData("[run.env]\nA = 1", "write env")]
    [InlineData("[[volume]]\nprefix = 'v'\ntarget = '/x'", "write volume[0].name")]
    [InlineData("[[provider]]\nname = 'a'\nbase-image = 'i'", "write provider[0].build.base-image")]
    public void Old_spelling_gets_a_note_that_names_the_modern_one(string toml, string remedy)
    {
        var note = Assert.Single(Reading.Toml(toml + "\n").Problems, problem => problem.Severity == Severity.Note);

        Assert.Equal("NUA1103", note.Code);
        Assert.Equal(remedy, note.Remedy);
    }

    [Fact]
    public void Modern_section_wins_over_the_old_place()
    {
        var result = Reading.Toml("[metadata]\nlicense = 'old'\n[build]\nlicense = 'modern'\n");

        Assert.Equal("modern", result.Config!.Build.License);
        Assert.Contains("NUA1104 2:1", Reading.Findings(result));
    }

    [Fact]
    public void Habits_of_published_files_are_read_without_an_error()
    {
        var result = ConfigReader.Read(RepositoryFiles.Sample("quirks.toml"));

        Assert.DoesNotContain(result.Problems, problem => problem.Severity == Severity.Error);
        var config = result.Config!;
        Assert.Equal("GPLv3", config.Build.License);
        Assert.Equal("https://old.example/v???.zip", config.Build.SrcUrl);
        Assert.Equal(new BuilderConfig("node", "16.x"), config.Build.Builder);
        Assert.Equal("/nua/app/server -http 127.0.0.1:${LISTEN_PORT} -data /nua/app/data", config.Run.Start![0]);
        Assert.Equal(
            "LISTEN_PORT DOMAIN HOST_URL DB_USER CREDENTIALS SECRET SELF PUBLIC DB_NAME DB_HOST ADMIN_PASSWORD USER_PASSWORD",
            string.Join(' ', config.Env.Select(entry => entry.Name)));
        Assert.Equal(["web", "portb"], config.Ports.Select(port => port.Name));
        Assert.Equal(["uploads", "tmpfs"], config.Volumes.Select(volume => volume.Name));
        Assert.Equal("1023", config.Volumes[1].Options["tmpfs_mode"]);
        Assert.Equal(["cache", "database"], config.Providers.Select(provider => provider.Name));
        Assert.Equal("registry.example/library/redis:7", config.Providers[0].Build.BaseImage);
        Assert.Equal("postgres", config.Providers[1].ModuleName);
        Assert.Equal("""{"network":"host","restart_policy":{"name":"always"}}""", config.DockerJson);
    }
}
