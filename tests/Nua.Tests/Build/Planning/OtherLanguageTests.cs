using Nua.Config;
using Xunit;

namespace Nua.Tests.Build.Planning;

/// <summary>Languages that Nua knows and does not build: their source is never served or half built as something else.</summary>
public sealed class OtherLanguageTests
{
    private const string Vite = """{"scripts":{"build":"vite build"},"devDependencies":{"vite":"6"}}""";

    [Theory]
    [InlineData("composer.json", "package.json", Vite, "PHP")]
    [InlineData("index.php", "index.html", "<p>", "PHP")]
    [InlineData("contact.php", "index.html", "<p>", "PHP")]
    [InlineData("Gemfile", "package.json", """{"devDependencies":{"esbuild":"0.25"}}""", "Ruby")]
    [InlineData("go.mod", "public/index.html", "<p>", "Go")]
    [InlineData("pom.xml", "start.sh", "exec x", "Java")]
    public void Manifest_of_another_language_is_an_error_that_names_both(string file, string other, string text, string language)
    {
        using var tree = AppTree.Empty().With(file, "{}").With(other, text);
        var problem = tree.Error();
        Assert.Equal("NUA2048", problem.Code);
        Assert.Contains(language, problem.What, StringComparison.Ordinal);
        Assert.Contains("build.stack", problem.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Application_that_says_how_it_starts_wins()
    {
        using var tree = AppTree.Empty().With("Cargo.toml").With("package.json", """{"scripts":{"start":"node server.js"}}""").With("server.js");
        Assert.Equal("node", tree.Built().Stack.Name);
    }

    [Fact]
    public void Author_decides()
    {
        using var tree = AppTree.Empty().With("index.php").With("index.html").With("public/index.html");
        Assert.Equal("static", tree.Built(new AppConfig { Build = new BuildConfig { Stack = "static" } }).Stack.Name);
        Assert.Equal("static", tree.Built(new AppConfig { Build = new BuildConfig { DocumentRoot = "public" } }).Stack.Name);
    }

    [Theory]
    [InlineData("Makefile")]
    [InlineData("CMakeLists.txt")]
    [InlineData("Dockerfile")]
    public void Files_found_beside_any_language_say_nothing(string file)
    {
        using var tree = AppTree.Empty().With(file).With("index.html");
        Assert.Equal("static", tree.Built().Stack.Name);
    }
}
