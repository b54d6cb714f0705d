using Nua.Build.Planning;
using Nua.Foundation;
using Xunit;

namespace Nua.Tests.Build.Planning;

public sealed class IgnoreRulesTests
{
    private static IgnoreRules Rules(params string[] lines) => IgnoreRules
        .Parse([(".dockerignore", string.Join('\n', lines))]);

    [Theory]
    [InlineData("dist", "dist", true)]
    [InlineData("dist", "dist/a/b.js", true)]
    [InlineData("dist", "src/dist", false)]
    [InlineData("/dist", "dist", true)]
    [InlineData("dist/", "dist/x", true)]
    [InlineData("./dist", "dist", true)]
    [InlineData("a/../dist", "dist", true)]
    [InlineData("*.log", "x.log", true)]
    [InlineData("*.log", "logs/x.log", false)]
    [InlineData("**/*.log", "x.log", true)]
    [InlineData("**/*.log", "a/b/x.log", true)]
    [InlineData("*/temp*", "a/temporary", true)]
    [InlineData("*/temp*", "a/b/temporary", false)]
    [InlineData("temp?", "tempa", true)]
    [InlineData("temp?", "temp", false)]
    [InlineData("temp?", "temp/", false)]
    [InlineData("a/**/b", "a/b", true)]
    [InlineData("a/**/b", "a/x/y/b", true)]
    [InlineData("a/**/b", "a/xb", false)]
    [InlineData("a/**", "a/x/y", true)]
    [InlineData("a/**", "a", false)]
    [InlineData("**/node_modules", "node_modules/x", true)]
    [InlineData("**/node_modules", "web/node_modules/x", true)]
    [InlineData("**/node_modules", "web/my_node_modules", false)]
    [InlineData("**", "anything/at/all", true)]
    [InlineData(".", "anything", true)]
    [InlineData("[a-c].txt", "b.txt", true)]
    [InlineData("[^a-c].txt", "b.txt", false)]
    [InlineData("[^a-c].txt", "d.txt", true)]
    [InlineData("\\*.txt", "*.txt", true)]
    [InlineData("\\*.txt", "a.txt", false)]
    [InlineData("a.c", "abc", false)]
    [InlineData("# x", "# x", false)]
    [InlineData("Dist", "dist", false)]
    public void Pattern_matches_as_docker_does(string pattern, string path, bool ignored) =>
        Assert.Equal(ignored, Rules(pattern).IsIgnored(path));

    [Fact]
    public void Later_line_wins_when_an_exception_follows()
    {
        var rules = Rules("*", "!src", "src/*.tmp", "!src/keep.tmp");
        Assert.True(rules.IsIgnored("README.md"));
        Assert.False(rules.IsIgnored("src"));
        Assert.False(rules.IsIgnored("src/main.js"));
        Assert.True(rules.IsIgnored("src/a.tmp"));
        Assert.False(rules.IsIgnored("src/keep.tmp"));
    }

    [Fact]
    public void Folder_is_entered_when_something_below_may_be_taken_back()
    {
        var rules = Rules("vendor", "cache", "!vendor/keep/**");
        Assert.False(rules.CanSkip("vendor", rules.Match(default, "vendor")));
        Assert.True(rules.CanSkip("cache", rules.Match(default, "cache")));
        Assert.False(rules.IsIgnored("vendor/keep/x"));
        Assert.True(rules.IsIgnored("vendor/other"));
    }

    [Fact]
    public void Walk_gives_the_same_answers_as_single_questions()
    {
        var rules = Rules("**/b", "!a/b/c", "a/b/c/d", "x*", "!x1/y");
        foreach (var path in (string[])["a/b/c/d/e", "a/b/z", "x1/y/z", "x2/y", "q/b/b"])
        {
            IgnoreMatch match = default;
            for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
            {
                match = rules.Match(match, path[..slash]);
            }

            Assert.Equal(rules.IsIgnored(path), rules.Match(match, path).Ignored);
        }
    }

    [Theory]
    [InlineData(".git")]
    [InlineData(".git/config")]
    [InlineData("sub/.hg/store")]
    [InlineData("CVS/Root")]
    public void Version_control_is_out_even_when_taken_back(string path) => Assert.True(Rules("!**").IsIgnored(path));

    [Fact]
    public void Files_that_only_look_like_version_control_stay() => Assert.False(Rules().IsIgnored(".gitignore"));

    [Fact]
    public void Nuaignore_comes_after_dockerignore()
    {
        var rules = IgnoreRules.Parse([(".dockerignore", "docs\nsecret"), (".nuaignore", "!docs\r\n\r\nextra")]);
        Assert.False(rules.IsIgnored("docs/a.md"));
        Assert.True(rules.IsIgnored("secret"));
        Assert.True(rules.IsIgnored("extra"));
    }

    [Theory]
    [InlineData("[abc")]
    [InlineData("!")]
    [InlineData("x\\")]
    [InlineData("[]")]
    public void Wrong_pattern_is_an_error_with_its_line(string pattern)
    {
        var error = Assert.Throws<ProblemException>(() => Rules("ok", pattern)).Problems[0];
        Assert.Equal("NUA2008", error.Code);
        Assert.Equal("./.dockerignore:2:1", error.Where);
    }

    [Fact]
    public void Hostile_pattern_takes_no_exponential_time()
    {
        var rules = Rules(string.Concat(Enumerable.Repeat("*a", 60))
            + "b", string.Concat(Enumerable.Repeat("**/a", 40)));
        Assert.False(rules.IsIgnored(new string('a', 4000)));
    }

    [Fact]
    public void Own_patterns_follow_those_of_the_folder() => Assert.True(Rules("!x").With(["**/x"]).IsIgnored("a/x/y"));
}
