using Nua.Build.Toolchains;
using Xunit;

namespace Nua.Tests.Build.Toolchains;

public sealed class SemVerTests
{
    [Theory]
    [InlineData("1.2.3", "1.2.3")]
    [InlineData("v1.2.3", "1.2.3")]
    [InlineData("=1.2.3", "1.2.3")]
    [InlineData(" 1.2.3 ", "1.2.3")]
    [InlineData("1.2.3-rc.1", "1.2.3-rc.1")]
    [InlineData("1.2.3-0a.--", "1.2.3-0a.--")]
    [InlineData("1.2.3+build.007", "1.2.3")]
    [InlineData("1.2.3-a+b", "1.2.3-a")]
    [InlineData("9007199254740991.0.0", "9007199254740991.0.0")]
    public void Version_is_read(string text, string canonical)
    {
        Assert.True(SemVer.TryParse(text, out var version));
        Assert.Equal(canonical, version.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("1")]
    [InlineData("1.2")]
    [InlineData("1.2.3.4")]
    [InlineData("01.2.3")]
    [InlineData("1.2.x")]
    [InlineData("1.2.3-")]
    [InlineData("1.2.3-01")]
    [InlineData("1.2.3-a..b")]
    [InlineData("1.2.3+")]
    [InlineData("1.2.-3")]
    [InlineData("9007199254740992.0.0")]
    [InlineData("1.2.3-ä")]
    [InlineData("latest")]
    public void Text_that_is_no_version_is_not_read(string? text) => Assert.False(SemVer.TryParse(text, out _));

    [Fact]
    public void Overlong_text_is_not_read() => Assert.False(SemVer.TryParse("1.2.3-" + new string('a', 300), out _));

    [Fact]
    public void Order_is_the_specifications_own_example()
    {
        string[] rising =
        [
            "0.0.1", "0.1.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
            "1.0.0-rc.1", "1.0.0", "1.0.1", "1.9.0", "1.10.0", "2.0.0",
        ];
        for (var i = 0; i < rising.Length; i++)
        {
            for (var j = 0; j < rising.Length; j++)
            {
                Assert.Equal(i.CompareTo(j), Math.Sign(SemVer.Parse(rising[i]).CompareTo(SemVer.Parse(rising[j]))));
            }
        }
    }

    [Fact]
    public void Build_metadata_does_not_make_another_version()
    {
        Assert.Equal(SemVer.Parse("1.0.0+a"), SemVer.Parse("1.0.0+b"));
        Assert.Equal(SemVer.Parse("1.0.0+a").GetHashCode(), SemVer.Parse("1.0.0").GetHashCode());
    }
}
