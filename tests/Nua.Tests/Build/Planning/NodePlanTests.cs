using Nua.Config;
using Xunit;

namespace Nua.Tests.Build.Planning;

public sealed class NodePlanTests
{
    private const string Lock = """{"name":"x","lockfileVersion":3,"packages":{}}""";

    private static AppTree Express(string extra = "") => AppTree.Empty()
        .With("package.json",
            $$"""{"name":"@acme/api","version":"2.1.0","scripts":{"start":"node server.js"},"dependencies":{"express":"^5"}{{extra}}}""")
        .With("package-lock.json", Lock).With("server.js");

    [Fact]
    public void Server_is_installed_without_development_packages_and_started_directly()
    {
        using var tree = Express();
        var plan = tree.Built();
        Assert.Equal("node", plan.Stack.Name);
        Assert.Equal(["npm ci --omit=dev --no-audit --no-fund"], plan.Commands());
        Assert.Equal("node server.js", plan.StartLine());
        Assert.Equal("/nua/app", plan.Start.WorkDir);
        Assert.Equal(("api", "2.1.0", "nua-api", "2.1.0"), (plan.App.Id, plan.App.Version, plan.App.ImageName,
            plan.App.ImageTag));
        Assert.Equal(["package.json", "package-lock.json"], plan.Phase("dependencies").Inputs);
        Assert.True(plan.Phase("dependencies").Network);
        Assert.True(plan.Tool("node").InImage);
        Assert.False(plan.Tool("npm").InImage);
        Assert.Equal("production", plan.StackEnv["NODE_ENV"]);
        Assert.Contains("node_modules", plan.Collects[0].Dependencies);
        Assert.Contains("**/node_modules", plan.SourceIgnore);
    }

    [Fact]
    public void Build_script_runs_offline_and_development_packages_go()
    {
        using var tree = AppTree.Empty().With("package-lock.json", Lock).With("package.json", """
            {"scripts":{"build":"tsc","start":"node dist/index.js"},"dependencies":{"koa":"3"},"devDependencies":{"typescript":"5"}}
            """);
        var plan = tree.Built();
        Assert.Equal(
            ["npm ci --include=dev --no-audit --no-fund", "npm run build",
                "npm prune --omit=dev --offline --ignore-scripts --no-audit --no-fund"],
            plan.Commands());
        Assert.False(plan.Phase("build").Network);
        Assert.Null(plan.Phase("build").Inputs);
        Assert.Equal("removed after the build", plan.Decided("devDependencies").Value);
    }

    [Theory]
    [InlineData("""{"engines":{"node":"20.11.1"}}""", null, null, "20.11.1")]
    [InlineData("""{"engines":{"node":">=18"}}""", null, null, ">=18 <25")]
    [InlineData("""{"engines":{"node":">=18 <21"}}""", null, null, ">=18 <21")]
    [InlineData("""{"engines":{"node":"18 || 20"}}""", null, null, "18 || 20")]
    [InlineData("""{"engines":{"node":"*"}}""", null, null, "24.x")]
    [InlineData("""{"engines":{"node":"^22.18.0 || >=24.12.0"}}""", null, null, "^22.18.0 || >=24.12.0 <25")]
    [InlineData("""{"engines":{"node":"14 || 16 || >= 20.4.0"}}""", null, null, "14 || 16 || >= 20.4.0 <25")]
    [InlineData("""{"engines":{"node":"^24.15.0 || >=26.0.0"}}""", null, null, "^24.15.0")]
    [InlineData("""{"engines":{"node":">=26"}}""", null, null, ">=26")]
    [InlineData("""{"engines":{"node":">=18"}}""", ".nvmrc", "v20.9.0\n", "20.9.0")]
    [InlineData("{}", ".nvmrc", "lts/hydrogen", "18.x")]
    [InlineData("{}", ".nvmrc", "lts/*", "24.x")]
    [InlineData("{}", ".node-version", "22", "22.x")]
    [InlineData("{}", ".tool-versions", "python 3.12\nnodejs 21.2.0", "21.2.0")]
    [InlineData("""{"volta":{"node":"18.19.0"}}""", null, null, "18.19.0")]
    [InlineData("""{"devEngines":{"runtime":{"name":"node","version":"^22.4"}}}""", null, null, "^22.4")]
    [InlineData("{}", null, null, "24.x")]
    public void Version_comes_from_whoever_asks_first(string package, string? file, string? text, string range)
    {
        using var tree = AppTree.Empty().With("package.json", package).With("index.js");
        if (file is not null)
        {
            tree.With(file, text!);
        }

        Assert.Equal(range, tree.Built().Tool("node").Version);
    }

    [Theory]
    [InlineData(">=12", "11.x")]
    [InlineData("^20.19.0 || >=22.12.0", "11.x")]
    [InlineData("18.x", "10.x")]
    [InlineData(">=18 <=22.x", "10.x")]
    [InlineData(">=14 <15", "6.x")]
    [InlineData("14 - 16", "8.x")]
    public void Npm_is_the_one_of_the_newest_Node_that_fits(string engines, string version)
    {
        using var tree = AppTree.Empty().With("package.json", $$"""{"engines":{"node":"{{engines}}"},"dependencies":{"koa":"3"} }""").With("index.js");
        Assert.Equal(version, tree.Built().Tool("npm").Version);
    }

    /// <summary>As npm writes it where its registry lacks a package of another platform; newer npm says "Missing: … from lock file".</summary>
    [Theory]
    [InlineData("node_modules/oxlint", "@ox/linux", "node_modules/@ox/linux", "11.x")]
    [InlineData("node_modules/oxlint", "@ox/linux", "node_modules/oxlint/node_modules/@ox/linux", "11.x")]
    [InlineData("node_modules/a/node_modules/@s/b", "@ox/linux", "node_modules/a/node_modules/@ox/linux", "11.x")]
    [InlineData("packages/web", "@ox/linux", "node_modules/@ox/linux", "11.x")]
    [InlineData("node_modules/oxlint", "@ox/linux", "node_modules/@ox/darwin", "10.x")]
    [InlineData("node_modules/a", "@ox/linux", "node_modules/b/node_modules/@ox/linux", "10.x")]
    [InlineData("", "fsevents", "node_modules/other", "10.x")]
    [InlineData("node_modules/\\ud800", "fsevents", "node_modules/other", "11.x")]
    public void Lock_file_without_every_optional_package_is_installed_by_npm_10(string place, string optional, string other, string npm)
    {
        using var tree = AppTree.Empty().With("package.json", """{"dependencies":{"koa":"3"} }""").With("index.js").With("package-lock.json", $$"""
            {"lockfileVersion":3,"packages":{"{{place}}":{"optionalDependencies":{"{{optional}}":"1"} },"{{other}}":{"version":"1"} } }
            """);
        Assert.Equal(npm, tree.Built().Tool("npm").Version);
        Assert.Equal(npm == "10.x", tree.Built().Decided("package manager").Because.Contains($"leaves out {optional}", StringComparison.Ordinal));
    }

    /// <summary>npm 11.6 and later write such files and then refuse them.</summary>
    [Theory]
    [InlineData("npm@11.21.2", "10.x")]
    [InlineData("npm@11.5.0", "11.5.0")]
    [InlineData("npm@10.9.0", "10.9.0")]
    public void Npm_that_would_refuse_the_lock_file_is_not_taken_though_it_is_named(string named, string npm)
    {
        using var tree = AppTree.Empty().With("index.js").With("package.json", $$"""{"packageManager":"{{named}}","dependencies":{"koa":"3"} }""")
            .With("package-lock.json", """{"lockfileVersion":3,"packages":{"node_modules/koa":{"optionalDependencies":{"@a/b":"1"}}}}""");
        Assert.Equal(npm, tree.Built().Tool("npm").Version);
    }

    [Fact]
    public void Archives_that_only_the_lock_file_names_are_there_when_packages_are_installed()
    {
        using var tree = AppTree.Empty().With("index.js").With("package.json", """{"dependencies":{"a":"file:parts/a.tgz"}}""")
            .With("pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages:\n  b@file:parts/b-1.0.tgz:\n    resolution: {tarball: file:parts/b-1.0.tgz}\n  c@file:../out.tgz: {}\n")
            .With("parts/a.tgz").With("parts/b-1.0.tgz");
        var inputs = tree.Built().Phase("dependencies").Inputs!;
        Assert.Equal(["parts/a.tgz", "parts/b-1.0.tgz"], inputs.Where(path => path.EndsWith(".tgz", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("lts/*", ">=18 <23", ">=18 <23")]
    [InlineData("node", "^20.10", "^20.10")]
    [InlineData("lts/*", ">=18", ">=18 <25")]
    [InlineData("lts/jod", ">=18 <21", "22.x")]
    [InlineData("24", "<23", "24.x")]
    public void Wish_for_any_version_leaves_the_choice_to_engines(string nvmrc, string engines, string range)
    {
        using var tree = AppTree.Empty().With("index.js").With(".nvmrc", nvmrc).With("package.json", $$"""{"engines":{"node":"{{engines}}"} }""");
        Assert.Equal(range, tree.Built().Tool("node").Version);
    }

    [Fact]
    public void Program_without_a_start_is_told_of_its_own_command()
    {
        using var tree = AppTree.Empty().With("package.json", """{"name":"hut","bin":{"hut":"cli.js"}}""").With("cli.js");
        Assert.Contains("node cli.js", tree.Error().Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Lock_file_made_to_be_slow_is_not_searched_to_its_end()
    {
        var deep = string.Concat(Enumerable.Repeat("a/", 240)) + "a";
        var names = string.Join(',', Enumerable.Range(0, 20_000).Select(n => $"\"p{n}\":\"1\""));
        var there = string.Join(',', Enumerable.Range(0, 19_999).Select(n => $"\"node_modules/p{n}\":1"));
        using var tree = AppTree.Empty().With("package.json", """{"dependencies":{"koa":"3"} }""").With("index.js")
            .With("package-lock.json", $$"""{"packages":{"{{deep}}":{"optionalDependencies":{ {{names}} } },{{there}} } }""");
        // The last one is left out, which is not seen any more.
        Assert.Equal("11.x", tree.Built().Tool("npm").Version);
    }

    [Theory]
    [InlineData("16", "8.x", "8.x")]
    [InlineData("22", "10.x", "9.x")]
    public void Managers_that_commands_call_run_with_the_Node_that_is_asked_for(string node, string npm, string pnpm)
    {
        using var tree = AppTree.Empty();
        var plan = tree.Built(new AppConfig
        {
            Build = new BuildConfig { Builder = new BuilderConfig("node", node), Commands = ["npm ci", "pnpm install"] },
            Run = new RunConfig { Start = ["node app.js"] },
        });
        Assert.Equal((npm, pnpm), (plan.Tool("npm").Version, plan.Tool("pnpm").Version));
    }

    [Theory]
    [InlineData("cd client && npm install && npm run build", "npm", true)]
    [InlineData("npx tsc && npm run css", "", false)]
    public void Build_that_installs_has_network(string build, string fetcher, bool network)
    {
        using var tree = AppTree.Empty().With("package.json", $$"""{"scripts":{"build":"{{build}}","css":"sass a b"},"devDependencies":{"typescript":"5"} }""").With("index.js");
        var plan = tree.Built();
        Assert.Equal(network, plan.Phase("build").Network);
        Assert.Equal(network, plan.Decisions.Any(item => item.Subject == "network of the build" && item.Because.StartsWith(fetcher, StringComparison.Ordinal)));
    }

    [Fact]
    public void Fonts_that_Next_fetches_need_network()
    {
        using var tree = AppTree.Empty().With("package.json", """{"scripts":{"build":"next build","start":"next start"},"dependencies":{"next":"16"}}""")
            .With("app/layout.tsx", "import { Geist } from \"next/font/google\";\n");
        Assert.True(tree.Built().Phase("build").Network);
    }

    [Fact]
    public void Builder_of_the_configuration_wins()
    {
        using var tree = Express().With(".nvmrc", "20");
        var config = new AppConfig { Build = new BuildConfig { Builder = new BuilderConfig("node", "16") } };
        Assert.Equal("16.x", tree.Built(config).Tool("node").Version);
    }

    [Fact]
    public void Nonsense_version_is_an_error_that_names_the_file()
    {
        using var tree = Express().With(".nvmrc", "latest-ish $(rm)");
        Assert.Equal(("NUA2039", "./.nvmrc"), (tree.Error().Code, tree.Error().Where));
    }

    [Theory]
    [InlineData("pnpm-lock.yaml", "lockfileVersion: '9.0'\n", "pnpm", "9.x", "pnpm install --frozen-lockfile --prod")]
    [InlineData("pnpm-lock.yaml", "lockfileVersion: '6.0'\n", "pnpm", "8.x", "pnpm install --frozen-lockfile --prod")]
    [InlineData("pnpm-lock.yaml", "lockfileVersion: 5.4\n", "pnpm", "7.x", "pnpm install --frozen-lockfile --prod")]
    [InlineData("yarn.lock", "# yarn lockfile v1\n", "yarn", "1.x",
        "yarn install --non-interactive --frozen-lockfile --production=true")]
    [InlineData("yarn.lock", "__metadata:\n  version: 8\n", "yarn", "4.x", "yarn install --immutable")]
    [InlineData("yarn.lock", "__metadata:\n  version: 6\n", "yarn", "3.x", "yarn install --immutable")]
    [InlineData("bun.lock", "{}", "bun", "1.x", "bun install --frozen-lockfile --production")]
    [InlineData("npm-shrinkwrap.json", Lock, "npm", "11.x", "npm ci --omit=dev --no-audit --no-fund")]
    public void Lock_file_names_the_package_manager(string file, string text, string name, string version,
        string install)
    {
        using var tree = AppTree.Empty()
            .With("package.json", """{"scripts":{"start":"node a.js"},"dependencies":{"express":"5"}}""")
            .With("a.js").With(file, text).With(".yarnrc.yml", "nodeLinker: node-modules\n");
        var plan = tree.Built();
        Assert.Equal(version, plan.Tool(name).Version);
        Assert.Equal(install, plan.Commands()[0]);
        Assert.Contains(file, plan.Phase("dependencies").Inputs!);
    }

    [Fact]
    public void Package_manager_field_wins_and_loses_its_hash()
    {
        using var tree = Express(""","packageManager":"pnpm@9.12.3+sha512.abc" """)
            .With("pnpm-lock.yaml", "lockfileVersion: '9.0'\n");
        var plan = tree.Built();
        Assert.Equal("9.12.3", plan.Tool("pnpm").Version);
        Assert.DoesNotContain("NUA2027", tree.Codes());
    }

    [Fact]
    public void Several_lock_files_are_a_warning()
    {
        using var tree = Express().With("yarn.lock");
        Assert.Contains("NUA2027", tree.Codes());
    }

    [Fact]
    public void Missing_lock_file_is_a_warning()
    {
        using var tree = AppTree.Empty()
            .With("package.json", """{"scripts":{"start":"node a.js"},"dependencies":{"express":"5"}}""").With("a.js");
        Assert.Contains("NUA2028", tree.Codes());
        Assert.Equal("npm install --omit=dev --no-audit --no-fund", tree.Built().Commands()[0]);
    }

    [Fact]
    public void Plug_and_play_starts_node_with_its_loader()
    {
        using var tree = AppTree.Empty()
            .With("package.json", """{"scripts":{"start":"node a.js"},"dependencies":{"express":"5"}}""")
            .With("a.js").With("yarn.lock", "__metadata:\n  version: 8\n");
        var plan = tree.Built();
        Assert.Equal("node -r /nua/app/.pnp.cjs a.js", plan.StartLine());
        Assert.Equal("false", plan.Phase("dependencies").Steps[0].Env["YARN_ENABLE_GLOBAL_CACHE"]);
        Assert.Empty(plan.Phase("dependencies").Caches);
    }

    [Fact]
    public void Yarn_of_the_source_is_run_by_node()
    {
        using var tree = AppTree.Empty()
            .With("package.json", """{"scripts":{"start":"node a.js"},"dependencies":{"express":"5"}}""")
            .With("a.js").With("yarn.lock", "__metadata:\n  version: 6\n").With(".yarn/releases/yarn-3.6.1.cjs")
            .With(".yarnrc.yml", "nodeLinker: node-modules\nyarnPath: .yarn/releases/yarn-3.6.1.cjs\n");
        var plan = tree.Built();
        Assert.Equal("node .yarn/releases/yarn-3.6.1.cjs install --immutable", plan.Commands()[0]);
        Assert.DoesNotContain(plan.Toolchains, tool => tool.Name == "yarn");
    }

    [Fact]
    public void Bun_needs_no_node_when_it_runs_the_program()
    {
        using var tree = AppTree.Empty()
            .With("package.json", """{"scripts":{"start":"bun server.ts"},"dependencies":{"hono":"4"}}""")
            .With("server.ts").With("bun.lock", "{}");
        var plan = tree.Built();
        Assert.Equal("bun server.ts", plan.StartLine());
        Assert.True(plan.Tool("bun").InImage);
        Assert.DoesNotContain(plan.Toolchains, tool => tool.Name == "node");
    }

    [Fact]
    public void Workspaces_and_local_folders_are_inputs_and_dependencies()
    {
        using var tree = Express(""","workspaces":["packages/*"]""").With("packages/a/package.json", "{}");
        var plan = tree.Built();
        Assert.Contains("packages/*/package.json", plan.Phase("dependencies").Inputs!);
        Assert.Contains("packages/a/node_modules", plan.Collects[0].Dependencies);
    }

    [Fact]
    public void Install_scripts_of_the_application_see_the_whole_source()
    {
        using var tree = AppTree.Empty().With("package-lock.json", Lock)
            .With("package.json",
                """{"scripts":{"start":"node a.js","postinstall":"node make.js"},"dependencies":{"express":"5"}}""")
                .With("a.js");
        Assert.Null(tree.Built().Phase("dependencies").Inputs);
    }

    [Fact]
    public void Native_modules_bring_debian_packages_even_through_the_lock_file()
    {
        using var tree = Express()
            .With("package-lock.json", """{"packages":{"node_modules/canvas":{"version":"3"}}}""");
        var plan = tree.Built();
        Assert.Contains("libcairo2-dev", plan.BuildPackages);
        Assert.Contains("g++", plan.BuildPackages);
        Assert.Contains("libcairo2", plan.RunPackages);
        Assert.DoesNotContain("libcairo2", plan.BuildPackages);
    }

    [Theory]
    [InlineData("node_modules/prebuild-install")]
    [InlineData("node_modules/a/node_modules/@mapbox/node-pre-gyp")]
    [InlineData("node_modules/nan")]
    public void Module_of_any_name_has_a_compiler_when_it_uses_what_modules_that_compile_use(string locked)
    {
        using var tree = Express().With("package-lock.json", "{\"packages\":{\"" + locked + "\":{\"version\":\"1.0.0\"}}}");
        Assert.Contains("make", tree.Built().BuildPackages);
        // node-gyp of years ago calls distutils, which Debian's Python has not got any more.
        Assert.Contains("python3-setuptools", tree.Built().BuildPackages);
    }

    [Fact]
    public void Broken_manifest_is_an_error_with_its_place()
    {
        using var tree = AppTree.Empty()
            .With("package.json", "{\n  \"name\": \"x\",\n  \"scripts\": {\n    broken\n  }\n}");
        Assert.Equal(("NUA2010", "./package.json:4:5"), (tree.Error().Code, tree.Error().Where));
    }

    [Theory]
    [InlineData("{\n  \"scripts\": {\n    \"start\": \"node a.js\",\n  }\n}", "./package.json:4:3", "trailing comma")]
    [InlineData("{\n  // the name\n  \"name\": \"x\"\n}", "./package.json:2:3", "'/'")]
    public void Manifest_that_npm_refuses_is_an_error_but_for_bun(string text, string where, string why)
    {
        using var tree = AppTree.Empty().With("package.json", text).With("index.js");
        var error = tree.Error();
        Assert.Equal(("NUA2010", where), (error.Code, error.Where));
        Assert.Contains(why, error.Why!, StringComparison.Ordinal);
        Assert.DoesNotContain("options", error.Why!, StringComparison.Ordinal);
        tree.With("bun.lock", "{}");
        Assert.Equal("bun", tree.Built().Tool("bun").Name);
    }

    [Fact]
    public void Key_given_twice_is_a_warning_and_the_last_counts()
    {
        using var tree = AppTree.Empty()
            .With("package.json", """{"scripts":{"start":"node a.js"},"scripts":{"start":"node b.js"}}""");
        Assert.Contains("NUA2011", tree.Codes());
        Assert.Equal("node b.js", tree.Built().StartLine());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"scripts":[],"dependencies":"x","engines":5,"workspaces":{"packages":7},"main":{}}""")]
    [InlineData("""{"scripts":{"start":5,"build":null},"dependencies":{"express":{}},"packageManager":12}""")]
    public void Manifest_of_wrong_types_never_throws(string text)
    {
        using var tree = AppTree.Empty().With("package.json", text);
        Assert.NotEmpty(tree.Plan().Problems);
    }

    [Fact]
    public void Deep_manifest_is_an_error()
    {
        using var tree = AppTree.Empty().With("package.json", new string('[', 100_000));
        Assert.Equal("NUA2010", tree.Error().Code);
    }
}
