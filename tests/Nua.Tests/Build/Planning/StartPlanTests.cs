using Nua.Config;
using Xunit;

namespace Nua.Tests.Build.Planning;

public sealed class StartPlanTests
{
    private static AppConfig Start(params string[] lines) =>
        new() { Run = new RunConfig { Start = lines }, Metadata = new Metadata { Id = "hedgedoc" } };

    private static AppTree Page => AppTree.Empty().With("start.sh");

    [Theory]
    [InlineData("./galene -http :8080", "./galene|-http|:8080")]
    [InlineData("A=b ./x 'y z'", "env|A=b|./x|y z")]
    [InlineData("sh -c 'echo hi && exec ./x'", "sh|-c|echo hi && exec ./x")]
    public void Plain_command_is_an_argv(string line, string argv)
    {
        using var tree = Page;
        Assert.Equal(argv.Split('|'), tree.Built(Start(line)).Start.Argv);
    }

    [Fact]
    public void Shell_syntax_and_several_lines_go_to_a_shell()
    {
        using var tree = Page;
        Assert.Equal(["./x --name=${NAME:-y}"], tree.Built(Start("./x --name=${NAME:-y}")).Start.Shell);
        Assert.Equal(["./prepare", "./x"], tree.Built(Start("./prepare", "./x")).Start.Shell);
    }

    [Fact]
    public void Folder_before_the_command_is_the_working_folder()
    {
        using var tree = Page;
        var plan = tree.Built(Start("cd server && ./x"));
        Assert.Equal(("/nua/app/server", "./x"), (plan.Start.WorkDir, plan.StartLine()));
    }

    [Theory]
    [InlineData("/nua/build/hedgedoc/bin/x", "/nua/app/bin/x")]
    [InlineData("/nua/build/src/x", "/nua/app/x")]
    [InlineData("/nua/build/x", "/nua/app/x")]
    [InlineData("/nua/build", "/nua/app")]
    [InlineData("/nua/build/nua/run.sh", "/nua/scripts/run.sh")]
    public void Build_paths_of_old_files_are_rewritten_with_a_warning(string was, string now)
    {
        using var tree = Page;
        var result = tree.Plan(Start($"node {was}"));
        Assert.Equal(["node", now], result.Plan!.Start.Argv);
        var warning = Assert.Single(result.Problems, problem => problem.Code == "NUA2014");
        Assert.Equal($"'{was}' is read as '{now}'", warning.What);
    }

    [Fact]
    public void Only_whole_paths_are_rewritten()
    {
        using var tree = Page;
        Assert.Equal(["./x", "/my/nua/build/y", "/nua/builder"], tree
            .Built(Start("./x /my/nua/build/y /nua/builder")).Start.Argv);
    }

    [Fact]
    public void Before_run_comes_first()
    {
        using var tree = Page;
        var config = new AppConfig { Run = new RunConfig { BeforeRun = ["echo hi"] } };
        Assert.Equal(["echo hi", "/bin/sh /nua/app/start.sh"], tree.Built(config).Start.Shell);
    }

    [Fact]
    public void Procfile_is_the_authors_word()
    {
        using var tree = AppTree.Empty().With("Procfile", "worker: x\nweb: gunicorn app:app --bind 0.0.0.0:$PORT\n")
            .With("requirements.txt", "gunicorn==1\n");
        var plan = tree.Built();
        Assert.Equal("gunicorn app:app --bind 0.0.0.0:$PORT", plan.StartLine());
        Assert.Contains("Procfile", plan.Start.Because);
    }

    [Fact]
    public void Order_is_configuration_then_packager_then_procfile()
    {
        using var tree = Page.With("nua/start.sh", "#!/bin/bash\n").With("Procfile", "web: ./p\n");
        Assert.Equal("./c", tree.Built(Start("./c")).StartLine());
        var plan = tree.Built();
        Assert.Equal("/bin/bash /nua/scripts/start.sh", plan.StartLine());
        Assert.Contains("bash", plan.RunPackages);
    }

    [Fact]
    public void Interpreter_of_the_command_is_installed()
    {
        using var tree = Page;
        Assert.Contains("python3", tree.Built(Start("python3 x.py")).RunPackages);
    }
}
