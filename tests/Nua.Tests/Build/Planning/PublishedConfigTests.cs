using Nua.Build.Planning;
using Nua.Config;
using Nua.Foundation;
using Xunit;

namespace Nua.Tests.Build.Planning;

/// <summary>What published configurations take for granted: the first Nua's superuser, shell, library and services.</summary>
public sealed class PublishedConfigTests
{
    private static AppTree Project => AppTree.Empty("shop").With("main.py", "import http.server\n");

    [Theory]
    [InlineData("sudo init-db", "init-db")]
    [InlineData("a && sudo -n b; (sudo -u root c)", "a && b; (c)")]
    [InlineData("sudo -nu nua d | sudo --user=x e", "d | e")]
    [InlineData("if sudo -E true; then A=1 sudo f; fi", "if true; then A=1 f; fi")]
    [InlineData("sudo -- g", "g")]
    [InlineData("echo sudo h", "echo sudo h")]
    [InlineData("echo 'x; sudo i'", "echo 'x; sudo i'")]
    [InlineData("pseudo j", "pseudo j")]
    [InlineData("visudo", "visudo")]
    [InlineData("sudo", "sudo")]
    public void Sudo_is_left_out_of_commands(string was, string now)
    {
        using var tree = Project;
        var config = new AppConfig { Build = new BuildConfig { Commands = [was]} };
        Assert.Equal(now, Assert.Single(tree.Built(config).Phase("build").Steps).Title);
        Assert.Equal(was != now, tree.Codes(config).Contains("NUA2054"));
    }

    [Fact]
    public void Sudo_is_left_out_wherever_an_author_writes_commands()
    {
        using var tree = Project;
        var config = new AppConfig
        {
            Build = new BuildConfig { Commands = ["sudo make x"], BeforeBuild = ["sudo make y"], Test = ["sudo test -d /"] },
            Run = new RunConfig { Start = ["sudo ./a", "sudo ./b"], BeforeRun = ["sudo ./c"] },
        };
        var plan = tree.Built(config);
        Assert.Equal(["/bin/sh -e -c make y", "/bin/sh -e -c make x"], plan.Commands());
        Assert.Equal(["./c", "./a", "./b"], plan.Start.Shell);
        Assert.Equal(["test -d /"], plan.Test);
        Assert.Equal(["build.before-build", "build.build", "build.test", "run.before-run", "run.start"],
            tree.Plan(config).Problems.Where(problem => problem.Code == "NUA2054").Select(problem => problem.Where!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("mkdir -p x/{a,b}", true)]
    [InlineData("cp f.{1..3} d", true)]
    [InlineData("[[ -f x ]] && ./y", true)]
    [InlineData("source ./env && ./y", true)]
    [InlineData("echo -e 'a\\tb'", true)]
    [InlineData("set -o pipefail; a | b", true)]
    [InlineData("diff <(a) <(b)", true)]
    [InlineData("a &> log", true)]
    [InlineData("x=(a b)", true)]
    [InlineData("./x --json '{\"a\":1,\"b\":2}'", false)]
    [InlineData("./x ${A:-b,c}", false)]
    [InlineData("awk '{print $1,$2}' f", false)]
    [InlineData("find . -exec rm {} +", false)]
    [InlineData("a=$((1+2)) && ./x $(b) \\{c,d\\}", false)]
    [InlineData("./x # {not,run", false)]
    public void Lines_that_only_bash_understands_are_known(string line, bool isBash)
    {
        using var tree = Project;
        var step = Assert.Single(tree.Built(new AppConfig { Build = new BuildConfig { Commands = [line] } }).Phase("build").Steps);
        Assert.Equal([isBash ? "/bin/bash" : "/bin/sh", "-e", "-c", line], step.Argv);
    }

    [Fact]
    public void Bash_runs_what_it_alone_understands()
    {
        using var tree = Project;
        var plan = tree.Built(new AppConfig
        {
            Build = new BuildConfig { Commands = ["mkdir -p out/{a,b}", "cp main.py out"] },
            Run = new RunConfig { Start = ["mkdir -p /nua/data/{a,b}", "./it's {1..2}"] },
        });
        Assert.Equal(["/bin/bash -e -c mkdir -p out/{a,b}", "/bin/sh -e -c cp main.py out"], plan.Commands());
        Assert.Equal("bash -c 'mkdir -p /nua/data/{a,b}'", plan.Start.Shell[0]);
        Assert.Contains("bash", plan.RunPackages);
    }

    [Theory]
    [InlineData("nua/start.py")]
    [InlineData("start.py")]
    public void Start_script_of_the_first_nua_is_the_command_it_hands_over_to(string path)
    {
        using var tree = Project.With(path, "\"\"\"Says\nhello.\"\"\"\nfrom nua.lib.exec import exec_as_nua\n\ncmd = 'sudo ./server -v'\n# now\nexec_as_nua(cmd)\n");
        Assert.Equal(["./server", "-v"], tree.Built(Named()).Start.Argv);
    }

    [Fact]
    public void What_a_start_script_prepares_comes_first()
    {
        using var tree = Project.With("nua/start.py",
            "import os\nfrom shop.db import setup\nfrom nua.lib.exec import exec_as_root as run\nsetup(1)\nrun(\"./server\", cwd=\"/nua/build/shop/web\", env=os.environ)\n");
        var plan = tree.Built(Named());
        Assert.Equal(["python3 -c \"import os; from shop.db import setup; setup(1)\"", "cd /nua/app/web", "./server"], plan.Start.Shell);
        Assert.Contains("python3", plan.RunPackages);
    }

    [Theory]
    [InlineData("from nua.lib.exec import exec_as_nua\ndef main():\n    exec_as_nua('x')\nmain()\n")]
    [InlineData("from nua.lib.exec import exec_as_nua\nfrom nua.runtime.db import wait\nwait()\nexec_as_nua('x')\n")]
    [InlineData("from nua.lib.exec import exec_as_nua\nexec_as_nua(f'x {y}')\n")]
    [InlineData("import nua.lib.shell\nnua.lib.shell.sh('x')\n")]
    [InlineData("from nua.lib.exec import exec_as_nua\nexec_as_nua('x', env={'A': 'b'})\n")]
    public void Start_script_that_needs_the_library_is_a_problem(string text)
    {
        using var tree = Project.With("nua/start.py", text);
        Assert.Equal("NUA2053", tree.Error(Named()).Code);
    }

    [Fact]
    public void Ports_without_one_named_web_are_all_there_are()
    {
        using var tree = Project;
        var config = new AppConfig { Ports = [new PortConfig("smtp") { Container = 2525, Host = 25 }] };
        Assert.Equal(["smtp"], tree.Built(config).Ports.Select(port => port.Name));
        Assert.Equal(["web", "smtp"], tree.Built(config with { Run = new RunConfig { Listens = true } }).Ports.Select(port => port.Name));
        Assert.Equal(["web", "smtp"], tree.Built(config with { Run = new RunConfig { Start = ["./x $PORT"] } }).Ports.Select(port => port.Name));
    }

    [Fact]
    public void Sqlite_is_a_file_in_the_data()
    {
        using var tree = Project;
        var plan = tree.Built(new AppConfig
        {
            Env = [From("DIR", "store", "SQLITE_DIR"), From("FILE", "store", "SQLITE_DB"), From("HOST", "db", "hostname")],
            Providers = [new ProviderConfig("store") { ModuleName = "sqlite" }, new ProviderConfig("db") { ModuleName = "postgres", ModuleVersion = ">=15" }],
        });
        Assert.Equal(["/nua/data", "store.db", null], plan.Config.Env.Select(entry => entry.Value));
        Assert.Equal("/nua/data/store.db", plan.Decided("service store").Value);
        var service = plan.Decided("service db");
        Assert.Equal("postgres >=15", service.Value);
        Assert.Contains("--binding db=FOLDER", service.Because);
        Assert.Contains("setting      HOST: hostname of db\n", PlanText.Write(plan));
    }

    [Fact]
    public void Places_of_the_old_build_tree_are_rewritten_in_the_whole_configuration()
    {
        using var tree = Project;
        var plan = tree.Built(Named() with
        {
            Env = [new EnvEntry("UPLOADS", "/nua/build/shop/up", null)],
            Volumes = [new VolumeConfig("/nua/build/shop/up") { Name = "up" }],
            Healthcheck = new HealthcheckConfig { Command = "test -d /nua/build/shop" },
        });
        Assert.Equal(("/nua/app/up", "/nua/app/up", "test -d /nua/app"),
            (plan.Config.Env[0].Value, plan.Config.Volumes[0].Target, plan.Config.Healthcheck!.Command));
    }

    [Fact]
    public void What_only_an_operator_could_do_is_told()
    {
        using var tree = Project;
        var result = tree.Plan(new AppConfig
        {
            DockerJson = "{}",
            Backup = new BackupConfig("pg_dump") { Frequency = "24h" },
            Run = new RunConfig { PostRun = ["sh -c true"] },
        });
        Assert.Contains(result.Problems, problem => problem is { Code: "NUA2055", Severity: Severity.Warning });
        Assert.StartsWith("pg_dump every 24h", result.Plan!.Decided("[backup]").Value, StringComparison.Ordinal);
        Assert.Contains("--memory", result.Plan!.Decided("[docker]").Because);
    }

    [Fact]
    public void Packages_asked_for_are_shown_before_the_source_is_there()
    {
        using var tree = AppTree.Empty("shop");
        var config = new AppConfig { Build = new BuildConfig { SrcUrl = "https://shop.example/shop.zip", PipInstall = ["waitress"] } };
        Assert.Contains("build        decided when the source is there, with pip install waitress\n", PlanText.Write(tree.Built(config)));
    }

    [Fact]
    public void Builder_alone_does_not_say_what_to_build()
    {
        using var tree = AppTree.Empty("shop").With("nua/x");
        var error = tree.Error(Named() with { Build = new BuildConfig { Builder = new BuilderConfig("ruby", "3.2") } });
        Assert.StartsWith("build.builder only brings ruby; say how it is built and started", error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("import subprocess\nsubprocess.run(['npm', 'ci'])\n", true)]
    [InlineData("from urllib.request import urlopen\n", true)]
    [InlineData("import shutil\nshutil.copy('a', 'b')  # no yarn here\n", false)]
    public void Build_script_in_python_that_fetches_has_the_network(string text, bool network)
    {
        using var tree = Project.With("nua/build.py", text);
        Assert.Equal(network, tree.Built(Named()).Phase("build").Network);
    }

    private static AppConfig Named() => new() { Metadata = new Metadata { Id = "shop" } };

    private static EnvEntry From(string name, string from, string key) => new(name, null, new DynamicValue("key") { From = from, Key = key });
}
