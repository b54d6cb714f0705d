using Xunit;

namespace Nua.Tests.Build.Planning;

/// <summary>Sources of several packages: what is installed, and how the one that is meant is started.</summary>
public sealed class NodeWorkspaceTests
{
    private const string Api = """{"name":"@acme/api","scripts":{"build":"tsc","start":"node dist/index.js"},"dependencies":{"express":"4"},"devDependencies":{"typescript":"5"}}""";

    private static AppTree Monorepo(string start, string more = "") => AppTree.Empty().With("package.json",
        $$"""{"name":"mono","private":true,"workspaces":["apps/*"],"scripts":{"start":"{{start}}"}{{more}}}""")
        .With("apps/api/package.json", Api).With("apps/web/package.json", """{"name":"web","scripts":{"build":"vite build"}}""");

    [Theory]
    [InlineData("npm start --workspace=apps/api")]
    [InlineData("npm run start -w @acme/api")]
    [InlineData("npm -w apps/api start")]
    [InlineData("yarn workspace @acme/api start")]
    [InlineData("pnpm --filter @acme/api start")]
    [InlineData("pnpm --filter=./apps/api run start")]
    [InlineData("npm --prefix apps/api start")]
    [InlineData("cd apps/api && npm start")]
    [InlineData("cd apps/api && node dist/index.js")]
    public void Start_of_a_workspace_is_its_program_in_its_folder(string start)
    {
        using var tree = Monorepo(start);
        var plan = tree.Built();
        Assert.Equal("node dist/index.js", plan.StartLine());
        Assert.Equal("/nua/app/apps/api", plan.Start.WorkDir);
        Assert.False(plan.Tool("npm").InImage);
    }

    [Fact]
    public void Packages_of_workspaces_alone_are_installed()
    {
        using var tree = Monorepo("npm -w @acme/api start");
        var plan = tree.Built();
        Assert.StartsWith("npm install", plan.Commands()[0], StringComparison.Ordinal);
        Assert.Contains("apps/*/package.json", plan.Phase("dependencies").Inputs!);
        Assert.Contains("apps/api/node_modules", plan.Collects[0].Dependencies);
    }

    [Fact]
    public void Commands_of_a_workspace_are_where_its_manager_puts_them()
    {
        const string next = """{"name":"web","scripts":{"start":"next start"},"dependencies":{"next":"15"}}""";
        using var npm = Monorepo("npm -w web start").With("apps/web/package.json", next);
        Assert.Equal("/nua/app/node_modules/.bin/next start", npm.Built().StartLine());
        using var pnpm = Monorepo("pnpm -F web start", """, "packageManager": "pnpm@9.15.0" """).With("apps/web/package.json", next)
            .With("pnpm-workspace.yaml", "packages:\n  - apps/*\n");
        Assert.Equal("/nua/app/apps/web/node_modules/.bin/next start", pnpm.Built().StartLine());
    }

    [Fact]
    public void Development_packages_of_workspaces_go_too()
    {
        using var tree = Monorepo("pnpm --filter @acme/api start", """, "packageManager": "pnpm@9.15.0" """)
            .With("pnpm-workspace.yaml", "packages:\n  - apps/*\n").With("pnpm-lock.yaml", "lockfileVersion: '9.0'\n");
        tree.With("package.json", File.ReadAllText(Path.Combine(tree.Root, "package.json")).Replace("\"scripts\":{", "\"scripts\":{\"build\":\"pnpm -r build\",", StringComparison.Ordinal));
        var plan = tree.Built();
        Assert.Equal(["pnpm install --frozen-lockfile --prod=false", "pnpm run build", "pnpm install --frozen-lockfile --prod --ignore-scripts"], plan.Commands());
        Assert.True(plan.Phase("production dependencies").Network);
    }

    [Fact]
    public void Folder_with_a_manifest_of_its_own_is_installed()
    {
        using var tree = AppTree.Empty().With("package.json", """{"scripts":{"start":"cd server && npm start"}}""")
            .With("server/package.json", """{"scripts":{"start":"node index.js"},"dependencies":{"express":"4"}}""").With("server/package-lock.json", "{}");
        var plan = tree.Built();
        var step = Assert.Single(plan.Phase("dependencies of server").Steps);
        Assert.Equal("npm ci --omit=dev --no-audit --no-fund", string.Join(' ', step.Argv));
        Assert.Equal("/nua/build/src/server", step.WorkDir);
        Assert.Contains("server/node_modules", plan.Collects[0].Dependencies);
    }

    [Fact]
    public void Install_script_alone_is_a_reason_to_install()
    {
        using var tree = AppTree.Empty().With("package.json", """{"scripts":{"postinstall":"npm install --prefix server","start":"npm start --prefix server"}}""")
            .With("server/package.json", """{"scripts":{"start":"node index.js"},"dependencies":{"express":"4"}}""");
        var plan = tree.Built();
        Assert.Null(plan.Phase("dependencies").Inputs);
        Assert.Single(plan.Phases);
        Assert.Equal("/nua/app/server", plan.Start.WorkDir);
    }

    [Fact]
    public void Workspaces_that_can_be_started_are_named_when_nothing_says_which()
    {
        using var tree = Monorepo("x").With("package.json", """{"private":true,"workspaces":["apps/*"]}""");
        Assert.Contains("npm -w apps/api start", tree.Error().Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Applications_below_are_named_when_the_top_holds_none()
    {
        using var tree = AppTree.Empty().With("README.md").With("backend/requirements.txt", "flask\n").With("backend/app.py", "from flask import Flask\napp = Flask('x')\n")
            .With("frontend/package.json", """{"scripts":{"build":"vite build"},"devDependencies":{"vite":"6"}}""");
        var problem = tree.Error();
        Assert.Equal("NUA2002", problem.Code);
        Assert.Contains("`build.project = \"backend\"`", problem.Remedy, StringComparison.Ordinal);
        Assert.Contains("frontend: node", problem.Remedy, StringComparison.Ordinal);
    }
}
