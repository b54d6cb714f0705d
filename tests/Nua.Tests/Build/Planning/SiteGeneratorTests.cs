using Nua.Build.Planning;
using Nua.Config;
using Xunit;

namespace Nua.Tests.Build.Planning;

/// <summary>Sites of generators that Debian has.</summary>
public sealed class SiteGeneratorTests
{
    [Theory]
    [InlineData("hugo.toml", "baseURL = 'https://x.example/'", "content/a.md", "hugo", "public", "hugo")]
    [InlineData("config.yaml", "title: x\nbaseURL: https://x.example/\npublishDir: web/out", "layouts/index.html", "hugo", "web/out", "hugo")]
    [InlineData("_config.yml", "title: x\ntheme: minima\nplugins:\n  - jekyll-paginate-v2\n  # - jekyll-toc\n", "index.markdown",
        "jekyll jekyll-theme-minima ruby-jekyll-paginate-v2", "_site", "jekyll build --disable-disk-cache")]
    [InlineData("_config.yml", "destination: ./out", "index.html", "jekyll", "out", "jekyll build --disable-disk-cache")]
    [InlineData("mkdocs.yml", "site_name: x\ntheme:\n  name: material\n", "docs/index.md", "mkdocs mkdocs-material", "site", "mkdocs build")]
    [InlineData("pelicanconf.py", "OUTPUT_PATH = 'web/'", "content/a.md", "pelican python3-markdown", "web", "pelican -s pelicanconf.py -o web")]
    [InlineData("conf.py", "html_theme = 'sphinx_rtd_theme'", "index.rst", "python3-sphinx python3-sphinx-rtd-theme", "_build/html",
        "sphinx-build -b html . _build/html")]
    [InlineData("source/conf.py", "extensions = ['myst_parser']", "source/index.md", "python3-myst-parser python3-sphinx", "_build/html",
        "sphinx-build -b html source _build/html")]
    public void Generator_of_Debian_makes_the_site(string file, string text, string page, string packages, string folder, string command)
    {
        using var tree = AppTree.Empty().With(file, text).With(page);
        var plan = tree.Built();
        Assert.Equal("static", plan.Stack.Name);
        Assert.Equal(packages, string.Join(' ', plan.BuildPackages.Where(name => name != "ca-certificates")));
        Assert.Equal("/nua/build/src/" + folder, Assert.Single(plan.Collects).From);
        Assert.Equal([command], plan.Commands());
        Assert.False(plan.Phase("build").Network);
        Assert.Empty(plan.RunPackages);
        Assert.Equal("/nua/app", plan.Start.StaticRoot);
    }

    [Fact]
    public void Plugins_of_a_gemfile_come_from_Debian_too()
    {
        using var tree = AppTree.Empty().With("_config.yml").With("about.md")
            .With("Gemfile", "gem \"jekyll\", \"~> 4.3\"\ngem \"minima\"\ngroup :jekyll_plugins do\n  gem \"jekyll-feed\"\n# gem \"jekyll-toc\"\nend\n");
        var plan = tree.Built();
        Assert.Equal(["jekyll", "ruby-jekyll-feed"], plan.BuildPackages);
        Assert.Equal("true", plan.Phase("build").Steps[0].Env["JEKYLL_NO_BUNDLER_REQUIRE"]);
    }

    [Fact]
    public void Version_that_a_list_of_packages_names_is_installed()
    {
        using var tree = AppTree.Empty().With("mkdocs.yml").With("docs/index.md").With("requirements.txt", "mkdocs==1.6.1\nmkdocs-awesome-nav\n");
        var plan = tree.Built();
        Assert.DoesNotContain("mkdocs", plan.BuildPackages);
        Assert.Equal(["requirements.txt"], plan.Phase("dependencies").Inputs!);
        Assert.True(plan.Phase("dependencies").Network);
        Assert.Equal("/nua/venv/bin/mkdocs", plan.Phase("build").Steps[0].Argv[0]);
        Assert.Equal("/nua/build/src/site", Assert.Single(plan.Collects).From);
    }

    [Theory]
    [InlineData("requirements.txt", "flask", "app.py", "from flask import Flask\napp = Flask(__name__)\n", "python")]
    [InlineData("package.json", """{"scripts":{"start":"node server.js"}}""", "server.js", "", "node")]
    [InlineData("package.json", """{"scripts":{"build":"hexo generate"},"dependencies":{"hexo":"7"}}""", "source/_posts/a.md", "", "node")]
    public void Application_with_its_documentation_beside_it_wins(string file, string text, string other, string code, string stack)
    {
        using var tree = AppTree.Empty().With(file, text).With(other, code).With("mkdocs.yml").With("_config.yml").With("index.md");
        Assert.Equal(stack, tree.Built().Stack.Name);
    }

    [Fact]
    public void Library_with_its_documentation_is_not_decided_for_the_author()
    {
        using var tree = AppTree.Empty().With("pyproject.toml", "[project]\nname = \"lib\"\nversion = \"1\"\n").With("mkdocs.yml").With("docs/index.md");
        Assert.Contains("build.stack", tree.Error().Remedy, StringComparison.Ordinal);
        Assert.Equal(["mkdocs build"], tree.Built(new AppConfig { Build = new BuildConfig { Stack = "static" } }).Commands());
    }

    [Theory]
    [InlineData("config.toml", "base_url = 'https://x.example'", "templates/index.html")]
    [InlineData("_config.yml", "title: x", "README.md")]
    [InlineData("conf.py", "x = 1", "main.txt")]
    public void Other_files_of_these_names_are_no_site(string file, string text, string other)
    {
        using var tree = AppTree.Empty().With(file, text).With(other);
        Assert.Equal("NUA2002", tree.Error().Code);
    }

    [Fact]
    public void Folder_of_the_author_is_served()
    {
        using var tree = AppTree.Empty().With("hugo.toml").With("content/a.md");
        var plan = tree.Built(new AppConfig { Build = new BuildConfig { DocumentRoot = "public/en" } });
        Assert.Equal("/nua/build/src/public/en", Assert.Single(plan.Collects).From);
        Assert.Equal(["hugo"], plan.Commands());
    }
}
