using Nua.Config;
using Xunit;

namespace Nua.Tests.Build.Planning;

/// <summary>Static sites and shell scripts.</summary>
public sealed class SimpleStackTests
{
    [Fact]
    public void Page_at_the_top_is_served_without_its_description()
    {
        using var tree = AppTree.Empty().With("index.html").With(".env").With("nua-config.toml");
        var plan = tree.Built();
        Assert.Equal("static", plan.Stack.Name);
        Assert.Empty(plan.Phases);
        Assert.Empty(plan.RunPackages);
        Assert.Empty(plan.Toolchains);
        Assert.Equal("/nua/app", plan.Start.StaticRoot);
        Assert.Contains(".*", plan.Collects[0].Exclude);
        Assert.Contains("nua-config.*", plan.Collects[0].Exclude);
    }

    [Theory]
    [InlineData("public/index.html", "public")]
    [InlineData("dist/index.html", "dist")]
    [InlineData("_site/index.html", "_site")]
    public void Folder_with_a_page_is_the_root(string file, string root)
    {
        using var tree = AppTree.Empty().With(file);
        Assert.Equal("/nua/build/src/" + root, tree.Built().Collects[0].From);
    }

    [Fact]
    public void Staticfile_names_the_root()
    {
        using var tree = AppTree.Empty().With("Staticfile", "root: web\n").With("web/index.html").With("index.html");
        Assert.Equal("/nua/build/src/web", tree.Built().Collects[0].From);
    }

    [Fact]
    public void Document_root_that_is_not_there_is_an_error()
    {
        using var tree = AppTree.Empty().With("index.html");
        Assert.Equal("NUA2021", tree.Error(new AppConfig { Build = new BuildConfig { DocumentRoot = "web" } }).Code);
        Assert.Equal("NUA2021", tree.Error(new AppConfig { Build = new BuildConfig { DocumentRoot = "../web" } }).Code);
    }

    [Fact]
    public void Start_script_starts_what_serves_the_pages_below_it()
    {
        using var tree = AppTree.Empty().With("start.sh", "exec nginx -c nginx.conf\n").With("www/index.html");
        Assert.Equal(("shell", "/bin/sh /nua/app/start.sh"), (tree.Built().Stack.Name, tree.Built().StartLine()));
        using var page = AppTree.Empty().With("start.sh", "exec x\n").With("index.html");
        Assert.Equal("static", page.Built().Stack.Name);
    }

    [Fact]
    public void Command_that_serves_the_pages_finds_them_where_they_are_in_the_source()
    {
        using var tree = AppTree.Empty().With("Procfile", "web: busybox httpd -f -p $PORT -h www\n").With("www/index.html");
        Assert.Equal("/nua/build/src", Assert.Single(tree.Built().Collects).From);
    }

    [Theory]
    [InlineData("requirements.txt", "requests==2.32.0\n", "tool/serve.py", "python")]
    [InlineData("package.json", """{"dependencies":{"express":"5"}}""", "lib/cli.js", "node")]
    public void Start_script_starts_an_application_that_has_no_other_start(string manifest, string text, string code, string stack)
    {
        using var tree = AppTree.Empty().With(manifest, text).With(code, "x\n").With("start.sh", "#!/bin/bash\nexec x --port $PORT\n");
        var plan = tree.Built();
        Assert.Equal((stack, "/bin/bash /nua/app/start.sh"), (plan.Stack.Name, plan.StartLine()));
        Assert.Contains("bash", plan.RunPackages);
        Assert.NotEmpty(plan.Ports);
    }

    [Fact]
    public void Start_script_with_line_ends_of_Windows_is_told_before_it_fails()
    {
        using var tree = AppTree.Empty().With("start.sh", "while true; do\r\nsleep 1\r\ndone\r\n");
        Assert.Contains("NUA2051", tree.Codes());
        using var unix = AppTree.Empty().With("start.sh", "exec x\n");
        Assert.DoesNotContain("NUA2051", unix.Codes());
    }

    [Theory]
    [InlineData("#!/bin/sh\n", "/bin/sh /nua/app/start.sh", "")]
    [InlineData("echo\n", "/bin/sh /nua/app/start.sh", "")]
    [InlineData("#!/usr/bin/env bash\n", "bash /nua/app/start.sh", "bash")]
    [InlineData("#!/bin/bash -eu\n", "/bin/bash -eu /nua/app/start.sh", "bash")]
    [InlineData("#!/usr/bin/env -S python3 -u\n", "python3 -u /nua/app/start.sh", "python3")]
    public void Script_is_run_by_the_interpreter_it_names(string text, string start, string package)
    {
        using var tree = AppTree.Empty().With("start.sh", text);
        var plan = tree.Built();
        Assert.Equal("shell", plan.Stack.Name);
        Assert.Equal(start, plan.StartLine());
        Assert.Equal(package, string.Join(' ', plan.RunPackages));
    }
}
