using Xunit;

namespace Nua.Tests.Build.Planning;

public sealed class NodeStartTests
{
    private static AppTree App(string scripts, string dependencies = "\"express\":\"5\"", string development = "") =>
        AppTree.Empty()
        .With("package.json",
            $$"""{"scripts":{ {{scripts}} },"dependencies":{ {{dependencies}} },"devDependencies":{ {{development}} } }""")
        .With("package-lock.json", "{}").With("server.js").With("index.js");

    [Theory]
    [InlineData("\"start\":\"node server.js\"", "node server.js")]
    [InlineData("\"start\":\"NODE_OPTIONS=--max-old-space-size=512 node server.js\"",
        "env NODE_OPTIONS=--max-old-space-size=512 node server.js")]
    [InlineData("\"start\":\"cross-env A=b node server.js\"", "env A=b node server.js")]
    [InlineData("\"start\":\"npm run serve\",\"serve\":\"yarn go\",\"go\":\"node server.js --x\"",
        "node server.js --x")]
    [InlineData("\"start\":\"npm run serve -- --y\",\"serve\":\"node server.js\"", "node server.js --y")]
    [InlineData("\"start\":\"npm run build && node server.js\",\"build\":\"tsc\"", "node server.js")]
    [InlineData("\"start\":\"tsc && node server.js\"", "node server.js")]
    [InlineData("\"start\":\"nodemon server.js\"", "node server.js")]
    [InlineData("\"start\":\"nest start\",\"start:prod\":\"node dist/main\"", "node dist/main")]
    [InlineData("\"prestart\":\"npm run build\",\"build\":\"tsc\",\"start\":\"node server.js\"", "node server.js")]
    public void Script_is_resolved_to_its_program(string scripts, string start)
    {
        using var tree = App(scripts);
        Assert.Equal(start, tree.Built().StartLine());
    }

    [Theory]
    [InlineData("\"start\":\"node a.js | tee log\"")]
    [InlineData("\"start\":\"node server.js > log\"")]
    [InlineData("\"start\":\"node $ARGS server.js\"")]
    public void Script_with_shell_syntax_goes_to_a_shell(string scripts)
    {
        using var tree = App(scripts);
        var plan = tree.Built();
        Assert.Empty(plan.Start.Argv);
        Assert.Single(plan.Start.Shell);
        Assert.StartsWith("/nua/app/node_modules/.bin:", plan.StackEnv["PATH"]);
    }

    [Fact]
    public void Steps_before_the_server_become_lines_of_a_shell()
    {
        using var tree = App("\"start\":\"node migrate.js && node server.js\"");
        Assert.Equal(["node migrate.js", "node server.js"], tree.Built().Start.Shell);
    }

    [Fact]
    public void Prestart_runs_first()
    {
        using var tree = App("\"prestart\":\"node check.js\",\"start\":\"node server.js\"");
        Assert.Equal(["node check.js", "node server.js"], tree.Built().Start.Shell);
    }

    [Fact]
    public void Command_of_a_dependency_is_called_by_its_path()
    {
        using var tree = App("\"start\":\"next start -p $PORT\",\"build\":\"next build\"", "\"next\":\"15\"");
        var plan = tree.Built();
        Assert.Equal("/nua/app/node_modules/.bin/next start -p $PORT", plan.StartLine());
    }

    [Fact]
    public void Command_of_a_development_package_keeps_these()
    {
        using var tree = App("\"start\":\"tsx index.ts\"", "\"express\":\"5\"", "\"tsx\":\"4\"");
        var plan = tree.Built();
        Assert.Equal("/nua/app/node_modules/.bin/tsx index.ts", plan.StartLine());
        Assert.Contains("NUA2038", tree.Codes());
        Assert.Equal("npm ci --include=dev --no-audit --no-fund", Assert.Single(plan.Commands()));
    }

    [Fact]
    public void Scripts_that_go_in_circles_end()
    {
        using var tree = App("\"start\":\"npm run a\",\"a\":\"npm run b\",\"b\":\"npm run a\"");
        Assert.NotNull(tree.Plan());
    }

    [Theory]
    [InlineData("""{"main":"lib/run.js"}""", "lib/run.js", "node lib/run.js")]
    [InlineData("""{"main":"./lib/run"}""", "lib/run.js", "node lib/run.js")]
    [InlineData("""{"main":"missing.js"}""", "app.js", "node app.js")]
    [InlineData("""{}""", "src/index.mjs", "node src/index.mjs")]
    [InlineData("""{"main":"dist/index.js","scripts":{"build":"tsc"}}""", "src/x.ts", "node dist/index.js")]
    public void Entry_file_is_found_without_a_start_script(string package, string file, string start)
    {
        using var tree = AppTree.Empty().With("package.json", package).With(file);
        Assert.Equal(start, tree.Built().StartLine());
    }

    [Fact]
    public void Nothing_to_start_is_an_error_that_says_where_it_looked()
    {
        using var tree = AppTree.Empty().With("package.json", """{"dependencies":{"lodash":"4"}}""");
        Assert.Equal("NUA2015", tree.Error().Code);
        Assert.Contains("run.start", tree.Error().Remedy);
    }

    [Fact]
    public void Lone_server_file_needs_no_manifest()
    {
        using var tree = AppTree.Empty().With("server.js");
        var plan = tree.Built();
        Assert.Empty(plan.Phases);
        Assert.Equal("node server.js", plan.StartLine());
    }
}
