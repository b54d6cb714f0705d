using Nua.Config;
using Xunit;

namespace Nua.Tests.Build.Planning;

public sealed class ProcfileTests
{
    [Theory]
    [InlineData("web: a\nworker: b\n", "a")]
    [InlineData("worker: b\nclock: c\n", "b")]
    [InlineData("clock: c\nrelease: r\n", "c")]
    [InlineData("# web: no\nnot a line\nweb:a --x: y\r\n", "a --x: y")]
    public void One_process_is_started(string text, string start)
    {
        using var tree = AppTree.Empty().With("Procfile", text).With("requirements.txt", "x==1\n");
        Assert.Equal(start, tree.Built().StartLine());
    }

    [Fact]
    public void Processes_that_are_not_started_are_named()
    {
        using var tree = AppTree.Empty().With("Procfile", "web: a\nworker: b c\n").With("requirements.txt", "x==1\n");
        Assert.Equal("run.start = \"b c\"", tree.Built().Decided("process worker").Override);
    }

    [Fact]
    public void Several_processes_without_a_known_name_are_a_question()
    {
        using var tree = AppTree.Empty().With("Procfile", "one: a\ntwo: b\n").With("requirements.txt", "x==1\n");
        Assert.Equal("NUA2016", tree.Error().Code);
    }

    [Fact]
    public void Release_is_the_upgrade_unless_the_author_gives_one()
    {
        using var tree = AppTree.Empty().With("Procfile", "web: a\nrelease: python manage.py migrate\n").With("requirements.txt", "x==1\n");
        var plan = tree.Built();
        Assert.Equal("python manage.py migrate", plan.Config.Lifecycle.Upgrade);
        Assert.Equal("lifecycle.upgrade = \"python manage.py migrate\"", plan.Decided("upgrade").Override);

        var own = new AppConfig { Lifecycle = new LifecycleConfig { Upgrade = "mine" } };
        Assert.Equal("mine", tree.Built(own).Config.Lifecycle.Upgrade);
    }

    [Fact]
    public void Release_alone_does_not_say_how_to_start()
    {
        using var tree = AppTree.Empty().With("Procfile", "release: x\n").With("app.py", "from flask import Flask\napp = Flask('x')\n")
            .With("requirements.txt", "flask==3\n");
        Assert.Contains("gunicorn", tree.Built().StartLine(), StringComparison.Ordinal);
    }
}
