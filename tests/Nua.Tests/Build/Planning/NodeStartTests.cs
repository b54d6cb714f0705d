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
    [InlineData("\"start\":\"pm2 start app.json\"", "\"pm2\":\"5\"", "/nua/app/node_modules/.bin/pm2-runtime start app.json")]
    [InlineData("\"start\":\"npx @11ty/eleventy-dev@1 x\"", "\"express\":\"5\"", "eleventy-dev x")]
    [InlineData("\"start\":\"yarn tsx index.ts\"", "\"tsx\":\"4\"", "/nua/app/node_modules/.bin/tsx index.ts")]
    [InlineData("\"start\":\"npm exec -- tsx index.ts\"", "\"tsx\":\"4\"", "/nua/app/node_modules/.bin/tsx index.ts")]
    [InlineData("\"start\":\"babel-node -- index.js\"", "\"@babel/node\":\"7\"", "/nua/app/node_modules/.bin/babel-node -- index.js")]
    [InlineData("\"start\":\"node --env-file=.env --enable-source-maps server.js\"", "\"express\":\"5\"", "node --enable-source-maps server.js")]
    [InlineData("\"start\":\"node --env-file .env.shared server.js\"", "\"express\":\"5\"", "node server.js")]
    public void Command_is_one_that_runs_in_an_image(string scripts, string dependencies, string start)
    {
        using var tree = App(scripts, dependencies).With(".env", "A=b");
        Assert.Equal(start, tree.Built().StartLine());
    }

    [Theory]
    [InlineData("\"start\":\"npm run build:ts && node server.js\",\"build:ts\":\"npm run clean && tsc\",\"clean\":\"rm -rf dist\"", "npm run build:ts")]
    [InlineData("\"start\":\"tsc && node server.js\"", "/bin/sh -e -c tsc")]
    [InlineData("\"start\":\"npm install && npm run build && node server.js\",\"build\":\"tsc\"", "npm run build")]
    public void What_the_start_script_builds_is_built_once(string scripts, string command)
    {
        using var tree = App(scripts, "\"express\":\"5\"", "\"typescript\":\"5\"");
        var plan = tree.Built();
        Assert.Equal("node server.js", plan.StartLine());
        Assert.Equal(command, string.Join(' ', Assert.Single(plan.Phase("build").Steps, step => !step.Title.Contains("prune", StringComparison.Ordinal)).Argv));
        Assert.Equal("removed after the build", plan.Decided("devDependencies").Value);
    }

    [Fact]
    public void Tool_of_an_earlier_step_is_kept()
    {
        using var tree = App("\"build\":\"tsc\",\"prestart\":\"prisma migrate deploy\",\"start\":\"node server.js\"", "\"express\":\"5\"", "\"prisma\":\"5\"");
        var plan = tree.Built();
        Assert.Equal(["/nua/app/node_modules/.bin/prisma migrate deploy", "node server.js"], plan.Start.Shell);
        Assert.Equal("kept", plan.Decided("devDependencies").Value);
        Assert.Contains("NUA2038", tree.Codes());
    }

    [Fact]
    public void Command_that_no_known_package_brings_is_looked_for_in_all()
    {
        using var tree = App("\"start\":\"sometool run\"", "\"express\":\"5\"", "\"some-tool-cli\":\"1\"");
        var plan = tree.Built();
        Assert.StartsWith("/nua/bin:/nua/app/node_modules/.bin:/nua/venv/bin:", plan.StackEnv["PATH"]);
        Assert.Equal("kept", plan.Decided("devDependencies").Value);
    }

    [Fact]
    public void Development_server_gives_way_to_the_server_of_the_framework()
    {
        using var tree = AppTree.Empty().With("package.json", """{"scripts":{"start":"ng serve","build":"ng build"},"dependencies":{"@angular/core":"20","express":"5"},"devDependencies":{"@angular/cli":"20"}}""")
            .With("angular.json", """{"projects":{"shop":{"projectType":"application","architect":{"build":{"builder":"@angular/build:application","options":{"ssr":{"entry":"src/server.ts"}}}}}}}""");
        var plan = tree.Built();
        Assert.Equal("node dist/shop/server/server.mjs", plan.StartLine());
        Assert.Contains("NUA2031", tree.Codes());
    }

    [Fact]
    public void Development_server_with_nothing_better_is_a_warning()
    {
        using var tree = App("\"start\":\"vite --mode ssr\",\"build\":\"qwik build\"", "\"vite\":\"6\"");
        Assert.Contains("NUA2046", tree.Codes());
    }

    [Fact]
    public void Server_that_listens_on_localhost_is_told_better()
    {
        using var tree = App("\"start\":\"fastify start app.js\"", "\"fastify-cli\":\"7\"");
        Assert.Equal("0.0.0.0", tree.Built().StackEnv["FASTIFY_ADDRESS"]);
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
        Assert.StartsWith("/nua/bin:/nua/app/node_modules/.bin:/nua/venv/bin:", plan.StackEnv["PATH"]);
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
    [InlineData("""{"main":"index.js","scripts":{"build":"npm run c","c":"tsc -p ."}}""", "src/index.ts", "node out/index.js")]
    public void Entry_file_is_found_without_a_start_script(string package, string file, string start)
    {
        using var tree = AppTree.Empty().With("package.json", package).With(file).With("tsconfig.json", """{"compilerOptions":{"outDir":"./out"}}""");
        Assert.Equal(start, tree.Built().StartLine());
    }

    [Fact]
    public void Command_of_a_package_is_called_through_yarn_with_Plug_and_Play()
    {
        using var tree = AppTree.Empty().With("package.json", """{"packageManager":"yarn@4.5.0","scripts":{"start":"next start"},"dependencies":{"next":"15"}}""")
            .With("yarn.lock", "__metadata:\n  version: 8\n");
        var plan = tree.Built();
        Assert.Equal("yarn run next start", plan.StartLine());
        Assert.True(plan.Tool("yarn").InImage);
    }

    [Fact]
    public void Program_without_packages_and_build_needs_no_package_manager()
    {
        using var tree = AppTree.Empty().With("package.json", """{"scripts":{"start":"node index.js"}}""").With("index.js");
        Assert.Equal("node", Assert.Single(tree.Built().Toolchains).Name);
    }

    [Fact]
    public void Bun_starts_TypeScript()
    {
        using var tree = AppTree.Empty().With("package.json", """{"dependencies":{"hono":"4"}}""").With("bun.lock").With("src/index.ts");
        Assert.Equal("bun src/index.ts", tree.Built().StartLine());
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
