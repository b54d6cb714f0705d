using Nua.Config;
using Xunit;

namespace Nua.Tests.Build.Planning;

public sealed class NodeStaticTests
{
    [Theory]
    [InlineData("""{"scripts":{"build":"vite build","start":"vite"},"devDependencies":{"vite":"7"}}""", null, "",
        "dist")]
    [InlineData("""{"scripts":{"build":"vite build --outDir web"},"devDependencies":{"vite":"7"}}""", null, "", "web")]
    [InlineData("""{"scripts":{"build":"tsc && vite build"},"devDependencies":{"vite":"7"}}""", "vite.config.ts",
        "export default { build: { outDir: 'out' } }", "out")]
    [InlineData("""{"scripts":{"build":"vite build"},"devDependencies":{"vite":"7"}}""", "vite.config.js",
        "export default { root: 'client', build: { outDir: '../public' } }", "public")]
    [InlineData("""{"scripts":{"build":"react-scripts build","start":"react-scripts start"},"dependencies":{"react-scripts":"5"}}""", null, "", "build")]
    [InlineData("""{"scripts":{"build":"vue-cli-service build","start":"npm run serve","serve":"vue-cli-service serve"},"devDependencies":{"@vue/cli-service":"5"}}""", null, "", "dist")]
    [InlineData("""{"scripts":{"build":"astro build","start":"astro dev"},"dependencies":{"astro":"5"}}""", null, "",
        "dist")]
    [InlineData("""{"scripts":{"build":"next build","start":"next start"},"dependencies":{"next":"15"}}""",
        "next.config.mjs", "export default { output: 'export' }", "out")]
    [InlineData("""{"scripts":{"build":"gatsby build","start":"gatsby develop"},"dependencies":{"gatsby":"5"}}""", null,
        "", "public")]
    [InlineData("""{"scripts":{"build":"eleventy"},"devDependencies":{"@11ty/eleventy":"3"}}""", null, "", "_site")]
    [InlineData("""{"scripts":{"build":"vite build"},"devDependencies":{"@sveltejs/kit":"2","@sveltejs/adapter-static":"3","vite":"7"}}""", null, "", "build")]
    [InlineData("""{"scripts":{"build":"nuxt generate"},"dependencies":{"nuxt":"3.1"}}""", null, "", ".output/public")]
    [InlineData("""{"scripts":{"build":"docusaurus build","start":"docusaurus start"},"dependencies":{"@docusaurus/core":"3"}}""", null, "", "build")]
    [InlineData("""{"scripts":{"build":"run-p type-check \"build-only {@}\" --","build-only":"vite build --outDir public"},"devDependencies":{"vite":"8","npm-run-all2":"9"}}""", null, "", "public")]
    [InlineData("""{"scripts":{"build":"eleventy","start":"npx @11ty/eleventy --serve"},"devDependencies":{"@11ty/eleventy":"3"}}""", null, "", "_site")]
    [InlineData("""{"scripts":{"build":"webpack","start":"webpack serve"},"devDependencies":{"webpack":"5","html-webpack-plugin":"5"}}""",
        "webpack.config.js", "module.exports = { output: { path: path.resolve(__dirname, 'web/out'), filename: 'x.js' } }", "web/out")]
    [InlineData("""{"scripts":{"build":"gulp","start":"http-server ./site -p 8000"},"devDependencies":{"gulp":"5","http-server":"14"}}""", null, "", "site")]
    public void Build_that_leaves_files_is_served_without_node(string package, string? config, string text,
        string folder)
    {
        using var tree = AppTree.Empty().With("package.json", package).With("package-lock.json", "{}");
        if (config is not null)
        {
            tree.With(config, text);
        }

        var plan = tree.Built();
        Assert.Equal("/nua/app", plan.Start.StaticRoot);
        Assert.Equal("/nua/build/src/" + folder, Assert.Single(plan.Collects).From);
        Assert.All(plan.Toolchains, tool => Assert.False(tool.InImage));
        Assert.Empty(plan.RunPackages);
        Assert.Empty(plan.StackEnv);
        Assert.False(plan.Start.SpaFallback);
        Assert.Equal(["dependencies", "build"], plan.Phases.Select(phase => phase.Name));
    }

    [Theory]
    [InlineData("vitepress", """{"docs:dev":"vitepress dev docs","docs:build":"vitepress build docs"}""", "docs/index.md", "docs/.vitepress/dist", "npm run docs:build")]
    [InlineData("vuepress", """{"docs:build":"vuepress build src"}""", "src/README.md", "src/.vuepress/dist", "npm run docs:build")]
    [InlineData("vitepress", """{"build":"vitepress build"}""", "index.md", ".vitepress/dist", "npm run build")]
    [InlineData("vitepress", """{"build":"tsc","docs:build":"vitepress build docs"}""", "docs/.vitepress/config.ts", "docs/.vitepress/dist", "npm run build|npm run docs:build")]
    [InlineData("vitepress", """{"x":"y"}""", "docs/.vitepress/config.ts", "docs/.vitepress/dist", "node_modules/.bin/vitepress build docs")]
    [InlineData("vitepress", """{"docs:build":"vitepress build docs"}""", "docs/.vitepress/config.mts=export default { outDir: '../public' }", "public", "npm run docs:build")]
    public void Documentation_is_built_by_the_script_that_builds_it(string generator, string scripts, string file, string folder, string commands)
    {
        using var tree = AppTree.Empty().With("package-lock.json", "{}").With(file.Split('=')[0], file.Contains('=', StringComparison.Ordinal) ? file[(file.IndexOf('=') + 1)..] : "x")
            .With("package.json", $$"""{"scripts":{{scripts}},"devDependencies":{"{{generator}}":"1"} }""");
        var plan = tree.Built();
        Assert.Equal("/nua/build/src/" + folder, Assert.Single(plan.Collects).From);
        Assert.Equal(commands.Split('|'), plan.Phase("build").Steps.Select(step => step.Title));
    }

    /// <summary>The adapter of SvelteKit's own template makes nothing, unless it sees a provider that it knows.</summary>
    [Theory]
    [InlineData("\"@sveltejs/adapter-auto\":\"7\"", true)]
    [InlineData("\"@sveltejs/adapter-auto\":\"7\",\"@sveltejs/adapter-node\":\"5\"", false)]
    public void Adapter_that_looks_for_a_provider_makes_a_server(string adapters, bool fetches)
    {
        using var tree = AppTree.Empty().With("package-lock.json", "{}").With("vite.config.ts", "import adapter from '@sveltejs/adapter-auto';")
            .With("package.json", $$"""{"scripts":{"build":"vite build"},"devDependencies":{"@sveltejs/kit":"2","vite":"8",{{adapters}}} }""");
        var plan = tree.Built();
        Assert.Equal("node build/index.js", plan.StartLine());
        Assert.Equal("1", plan.Phase("build").Steps[0].Env["GCP_BUILDPACKS"]);
        Assert.Equal(fetches, plan.Phase("build").Network);
        Assert.DoesNotContain("GCP_BUILDPACKS", plan.StackEnv.Keys);
    }

    [Theory]
    [InlineData("""{"scripts":{"build":"vite build"},"devDependencies":{"@sveltejs/kit":"2","@sveltejs/adapter-vercel":"5","vite":"7"}}""", "npm install -D @sveltejs/adapter-node")]
    [InlineData("""{"scripts":{"build":"astro build"},"dependencies":{"astro":"5","@astrojs/vercel":"9"}}""", "npx astro add node")]
    public void Server_of_a_provider_is_an_error_that_names_another(string package, string remedy)
    {
        using var tree = AppTree.Empty().With("package.json", package).With("package-lock.json", "{}").With("astro.config.mjs", "export default { output: 'server' }");
        var problem = tree.Error();
        Assert.Equal("NUA2015", problem.Code);
        Assert.Contains(remedy, problem.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Server_of_files_for_one_page_answers_unknown_paths()
    {
        using var tree = AppTree.Empty().With("package.json", """{"scripts":{"build":"react-scripts build","start":"npx serve@14 -s build -l 3000"},"dependencies":{"react-scripts":"5"}}""");
        var plan = tree.Built();
        Assert.True(plan.Start.SpaFallback);
        Assert.Equal("/nua/build/src/build", plan.Collects[0].From);
        Assert.False(tree.Built(new AppConfig { Build = new BuildConfig { SpaFallback = false } }).Start.SpaFallback);
    }

    [Fact]
    public void Build_script_beside_pages_is_a_warning_until_its_folder_is_known()
    {
        using var tree = AppTree.Empty().With("index.html").With("package.json", """{"scripts":{"build":"gulp build"},"devDependencies":{"gulp":"5"}}""");
        Assert.Equal("static", tree.Built().Stack.Name);
        Assert.Contains("NUA2050", tree.Codes());
        var config = new AppConfig { Build = new BuildConfig { Stack = "node", DocumentRoot = "dist" } };
        Assert.Equal("/nua/build/src/dist", tree.Built(config).Collects[0].From);
        Assert.DoesNotContain("NUA2050", tree.Codes(config));
    }

    [Fact]
    public void Angular_workspace_tells_the_folder()
    {
        using var tree = AppTree.Empty()
            .With("package.json",
            """{"scripts":{"build":"ng build","start":"ng serve"},"dependencies":{"@angular/core":"20"}}""")
            .With("angular.json",
                """{"projects":{"shop":{"projectType":"application","architect":{"build":{"builder":"@angular/build:application","options":{}}}}}}""");
        Assert.Equal("/nua/build/src/dist/shop/browser", tree.Built().Collects[0].From);
    }

    [Theory]
    [InlineData("""{"scripts":{"build":"next build","start":"next start"},"dependencies":{"next":"15"}}""",
        "/nua/app/node_modules/.bin/next start")]
    [InlineData("""{"scripts":{"build":"nuxt build"},"dependencies":{"nuxt":"4"}}""", "node .output/server/index.mjs")]
    [InlineData("""{"scripts":{"build":"vite build"},"devDependencies":{"@sveltejs/kit":"2","@sveltejs/adapter-node":"5","vite":"7"}}""", "node build/index.js")]
    [InlineData("""{"scripts":{"build":"astro build"},"dependencies":{"astro":"5","@astrojs/node":"9"}}""",
        "node dist/server/entry.mjs")]
    [InlineData("""{"scripts":{"build":"vite build","start":"node server.js"},"devDependencies":{"vite":"7"}}""",
        "node server.js")]
    public void Server_side_framework_runs_its_server(string package, string start)
    {
        using var tree = AppTree.Empty().With("package.json", package).With("package-lock.json", "{}");
        var plan = tree.Built();
        Assert.Null(plan.Start.StaticRoot);
        Assert.Equal(start, plan.StartLine());
    }

    private const string Nuxt = """{"scripts":{"build":"nuxt build","preview":"nuxt preview"},"dependencies":{"nuxt":"4"},"devDependencies":{"x":"1"}}""";
    private const string NextStart = """{"scripts":{"build":"next build","start":"next start"},"dependencies":{"next":"16"},"devDependencies":{"x":"1"}}""";

    [Theory]
    [InlineData(Nuxt, "node .output/server/index.mjs", ".output>/.output", "HOST")]
    [InlineData(NextStart, "node server.js", ".next/standalone>|.next/static>/.next/static|public>/public", "HOSTNAME")]
    public void Server_that_its_build_makes_whole_is_all_of_the_image(string package, string start, string collects, string host)
    {
        using var tree = AppTree.Empty().With("package.json", package).With("package-lock.json", "{}")
            .With("next.config.ts", "export default { output: \"standalone\" }").With("app.db", "SQLite format 3\0");
        var plan = tree.Built();
        Assert.Equal(start, plan.StartLine());
        Assert.Equal(collects, string.Join('|', plan.Collects.Select(c => $"{c.From["/nua/build/src/".Length..]}>{c.To["/nua/app".Length..]}")));
        Assert.Equal("0.0.0.0", plan.StackEnv[host]);
        // Nothing has to be removed from what is not taken.
        Assert.DoesNotContain(plan.Commands(), command => command.Contains("prune", StringComparison.Ordinal));
        Assert.Empty(tree.Codes());
    }

    [Theory]
    [InlineData("nua-config.toml", "next.config.js", "module.exports = { output: 'standalone', outputFileTracingRoot: '..' }", "next start")]
    [InlineData("Procfile", "next.config.js", "module.exports = { output: 'standalone' }", "next start")]
    [InlineData("nua/backup.sh", "next.config.js", "module.exports = { output: 'standalone' }", "next start")]
    [InlineData("README", "next.config.js", "module.exports = { output: 'standalone' }", "next start -p 4000")]
    [InlineData("README", "next.config.js", "module.exports = { output: 'standalone' }", "node server.js --own")]
    [InlineData("README", "next.config.js", "module.exports = {}", "next start")]
    [InlineData("README", "next.config.js", "module.exports = { output: 'standalone' }", "prisma migrate deploy && next start")]
    [InlineData("README", "next.config.js", "module.exports = { output: 'standalone' }", "next start\",\"prestart\":\"node migrate.js")]
    public void Source_stays_where_something_may_need_it(string file, string config, string text, string start)
    {
        using var tree = AppTree.Empty().With("package.json", NextStart.Replace("next start", start, StringComparison.Ordinal))
            .With("package-lock.json", "{}").With(file, file == "Procfile" ? "release: node migrate.js\n" : "").With(config, text);
        Assert.Equal("/nua/build/src", Assert.Single(tree.Built().Collects).From);
    }

    [Fact]
    public void Verb_of_the_author_has_the_source()
    {
        using var tree = AppTree.Empty().With("package.json", Nuxt).With("package-lock.json", "{}");
        var plan = tree.Built(new AppConfig { Lifecycle = new LifecycleConfig { Upgrade = "node migrate.js" } });
        Assert.Equal(("/nua/build/src", "node .output/server/index.mjs"), (plan.Collects[0].From, plan.StartLine()));
    }

    [Fact]
    public void Fallback_is_on_request()
    {
        using var tree = AppTree.Empty()
            .With("package.json", """{"scripts":{"build":"vite build"},"devDependencies":{"vite":"7"}}""");
        var plan = tree.Built(new AppConfig { Build = new BuildConfig { SpaFallback = true } });
        Assert.True(plan.Start.SpaFallback);
        Assert.Equal("build.spa-fallback = true", tree.Built().Decided("unknown paths").Override);
    }

    [Fact]
    public void Document_root_of_the_configuration_wins()
    {
        using var tree = AppTree.Empty()
            .With("package.json", """{"scripts":{"build":"webpack"},"devDependencies":{"webpack":"5"}}""");
        var plan = tree.Built(new AppConfig { Build = new BuildConfig { DocumentRoot = "www" } });
        Assert.Equal("/nua/build/src/www", plan.Collects[0].From);
        Assert.NotNull(plan.Start.StaticRoot);
    }

    [Fact]
    public void Start_of_the_author_keeps_everything()
    {
        using var tree = AppTree.Empty()
            .With("package.json", """{"scripts":{"build":"vite build"},"devDependencies":{"vite":"7"}}""");
        var plan = tree.Built(new AppConfig { Run = new RunConfig { Start = ["node serve.js"] } });
        Assert.Equal("node serve.js", plan.StartLine());
        Assert.Equal("/nua/build/src", plan.Collects[0].From);
        Assert.True(plan.Tool("node").InImage);
    }
}
