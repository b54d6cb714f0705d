using Nua.Build.Planning;
using Nua.Config;
using Xunit;

namespace Nua.Tests.Build.Planning;

public sealed class CommandPlanTests
{
    private static AppConfig Config(BuildConfig build, params string[] start) =>
        new() { Build = build, Run = new RunConfig { Start = start.Length == 0 ? null : start } };

    private static BuildConfig Commands(params string[] commands) => new() { Commands = commands };

    [Fact]
    public void Commands_are_shell_lines_in_the_source()
    {
        using var tree = AppTree.Empty().With("main.c");
        var plan = tree
            .Built(Config(Commands("gcc -o app main.c", "strip app") with { Packages = ["libfoo-dev"] }, "./app"));
        Assert.Equal("commands", plan.Stack.Name);
        Assert.Equal(["/bin/sh -e -c gcc -o app main.c", "/bin/sh -e -c strip app"], plan.Commands());
        Assert.Equal(["gcc", "libc6-dev", "libfoo-dev"], plan.BuildPackages);
        Assert.Equal("./app", plan.StartLine());
        Assert.False(plan.Phase("build").Network);
        Assert.Contains(plan.Collects, collect => collect is { From: "/nua/app", Optional: true });
    }

    [Theory]
    [InlineData("pip install x", true)]
    [InlineData("python3 -m pip install x", true)]
    [InlineData("pip install --no-index x", false)]
    [InlineData("npm ci", true)]
    [InlineData("npm run build", false)]
    [InlineData("yarn", true)]
    [InlineData("yarn build", false)]
    [InlineData("cd web && npm install", true)]
    [InlineData("A=1 curl -O x", true)]
    [InlineData("echo curl", false)]
    [InlineData("echo 'a && curl'", false)]
    [InlineData("x=$(wget -qO- y)", true)]
    [InlineData("git clone x", true)]
    [InlineData("git describe", false)]
    [InlineData("go build ./...", true)]
    [InlineData("cargo build --release", true)]
    [InlineData("make all", false)]
    [InlineData("tar xf a.tar", false)]
    [InlineData("/usr/bin/curl x", true)]
    [InlineData("# curl x", false)]
    [InlineData("if true; then curl x; fi", true)]
    public void Network_is_on_exactly_when_a_command_fetches(string command, bool network)
    {
        using var tree = AppTree.Empty().With("x");
        Assert.Equal(network, tree.Built(Config(Commands(command), "./app")).Phase("build").Network);
    }

    [Fact]
    public void Makefile_and_scripts_are_looked_into()
    {
        using var tree = AppTree.Empty().With("Makefile", "all:\n\t@curl -O x\n").With("b.sh", "#!/bin/sh\necho hi\n");
        Assert.True(tree.Built(Config(Commands("make"), "./app")).Phase("build").Network);
        Assert.False(tree.Built(Config(Commands("./b.sh"), "./app")).Phase("build").Network);
    }

    [Fact]
    public void Network_is_what_the_configuration_or_the_command_line_says()
    {
        using var tree = AppTree.Empty().With("x");
        var config = Config(Commands("curl x") with { Network = false }, "./app");
        Assert.False(tree.Built(config).Phase("build").Network);
        Assert.True(tree.Built(config, new PlanOptions { Network = true }).Phase("build").Network);
    }

    [Fact]
    public void Pip_gets_a_virtual_environment()
    {
        using var tree = AppTree.Empty().With("x");
        var plan = tree.Built(Config(Commands("pip install flask"), "flask run -p $PORT"));
        Assert.Equal("/usr/bin/python3 -m venv --without-pip /nua/venv", plan.Commands()[0]);
        Assert.Equal("/nua/venv/bin/python", plan.Phase("build").Steps[0].Env["PIP_PYTHON"]);
        Assert.Contains("python3-pip", plan.BuildPackages);
        Assert.Contains("python3", plan.RunPackages);
        Assert.Equal("/nua/venv", plan.Collects[0].From);
        Assert.DoesNotContain("PYTHONPATH", plan.Phase("build").Steps[0].Env.Keys);
        var module = tree.Built(Config(Commands("python3 -m pip install flask"), "flask run")).Phase("build").Steps[0];
        Assert.Equal("/usr/lib/python3/dist-packages", module.Env["PYTHONPATH"]);
    }

    [Fact]
    public void Builder_brings_node_into_build_and_image()
    {
        using var tree = AppTree.Empty().With("x.js");
        var plan = tree
            .Built(Config(Commands("yarn install") with { Builder = new BuilderConfig("node", "16") }, "yarn start"));
        Assert.Equal("16.x", plan.Tool("node").Version);
        Assert.True(plan.Tool("node").InImage);
        Assert.True(plan.Tool("yarn").InImage);
        Assert.Equal("NUA2013", tree
            .Error(Config(Commands("x") with { Builder = new BuilderConfig("cobol", "1") }, "x")).Code);
    }

    [Fact]
    public void Stack_under_commands_gives_tools_and_resolves_the_start()
    {
        using var tree = AppTree.Empty()
            .With("package.json",
            """{"scripts":{"start":"node app.js"},"dependencies":{"express":"4"},"engines":{"node":"18.x"}}""")
            .With("app.js").With("yarn.lock", "# yarn lockfile v1\n");
        var plan = tree.Built(Config(Commands("yarn install --production=true"), "cd /nua/app && yarn start"));
        Assert.Equal("node app.js", plan.StartLine());
        Assert.Equal("18.x", plan.Tool("node").Version);
        Assert.Equal(["build"], plan.Phases.Select(phase => phase.Name));
        Assert.Equal(["yarn"], plan.Phases[0].Caches);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("")]
    public void Doing_nothing_detects_nothing(string command)
    {
        using var tree = AppTree.Empty().With("package.json", "{broken").With("run");
        var plan = tree.Built(Config(Commands(command), "./run"));
        Assert.Empty(plan.Phases);
        Assert.Empty(plan.Toolchains);
    }

    [Fact]
    public void Document_root_that_commands_make_is_served()
    {
        using var tree = AppTree.Empty().With("config.toml");
        var plan = tree.Built(Config(Commands("hugo") with { DocumentRoot = "public" }));
        Assert.Equal("/nua/build/src/public", Assert.Single(plan.Collects).From);
        Assert.Equal(["hugo"], plan.BuildPackages);
    }

    [Fact]
    public void Before_build_runs_when_dependencies_are_there()
    {
        using var tree = AppTree.Empty()
            .With("package.json", """{"scripts":{"build":"tsc","start":"node a"},"dependencies":{"express":"4"}}""")
            .With("package-lock.json", "{}");
        var plan = tree.Built(Config(new BuildConfig { BeforeBuild = ["echo hi"], Timeout = 60, Secrets = ["token"] }));
        Assert.Equal(["dependencies", "before build", "build"], plan.Phases.Select(phase => phase.Name));
        Assert.All(plan.Phases, phase => Assert
            .Equal((60, "token"), (phase.TimeoutSeconds, Assert.Single(phase.Secrets))));
    }

    [Fact]
    public void Packagers_build_script_runs()
    {
        using var tree = AppTree.Empty().With("nua/build.py", "from nua.agent import x\n").With("nua/start.py");
        var plan = tree.Built();
        Assert.Equal(["python3 /nua/build/metadata/build.py"], plan.Commands());
        Assert.Equal("python3 /nua/scripts/start.py", plan.StartLine());
        Assert.Contains(new PackagerFile("nua/build.py", "/nua/build/metadata/build.py"), plan.PackagerFiles);
        Assert.Contains("NUA2025", tree.Codes());
    }

    [Fact]
    public void Root_scripts_count_in_a_folder_packaged_for_nua()
    {
        using var tree = AppTree.Empty().With("app.py", "from flask import Flask\napp = Flask('x')\n").With("start.py")
            .With("build.py").With("requirements.txt", "flask==3\n");
        var config = new AppConfig { Metadata = new Metadata { Id = "x" } };
        Assert.Equal("python3 /nua/app/start.py", tree.Built(config).StartLine());
        Assert.Equal(["python3 /nua/build/src/build.py"], tree.Built(config).Commands());
        Assert.Contains("gunicorn", tree.Built().StartLine());
    }
}
