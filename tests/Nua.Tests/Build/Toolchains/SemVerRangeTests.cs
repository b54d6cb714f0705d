using Nua.Build.Toolchains;
using Xunit;

namespace Nua.Tests.Build.Toolchains;

/// <summary>Every verdict here was compared with npm's own range library.</summary>
public sealed class SemVerRangeTests
{
    [Theory]
    [InlineData("1.2.3", "1.2.3")]
    [InlineData("=1.2.3", "1.2.3")]
    [InlineData("v1.2.3", "1.2.3")]
    [InlineData("^1.2.3", "1.2.3 1.9.0 1.2.4")]
    [InlineData("^1.2", "1.2.0 1.9.9")]
    [InlineData("^1.x", "1.0.0 1.9.9")]
    [InlineData("^0.2.3", "0.2.3 0.2.9")]
    [InlineData("^0.0.3", "0.0.3")]
    [InlineData("^0.0", "0.0.0 0.0.9")]
    [InlineData("^0", "0.0.0 0.9.9")]
    [InlineData("^0.x", "0.0.0 0.9.9")]
    [InlineData("^1.2.3-beta.2", "1.2.3-beta.2 1.2.3-beta.4 1.2.3 1.5.0")]
    [InlineData("~1.2.3", "1.2.3 1.2.9")]
    [InlineData("~1.2", "1.2.0 1.2.9")]
    [InlineData("~1", "1.0.0 1.9.9")]
    [InlineData("~> 1.2.3", "1.2.3 1.2.9")]
    [InlineData("~0.2.3", "0.2.3 0.2.9")]
    [InlineData("1.2.3 - 2.3.4", "1.2.3 2.0.0 2.3.4")]
    [InlineData("1.2 - 2.3.4", "1.2.0 2.3.4")]
    [InlineData("1.2.3 - 2.3", "1.2.3 2.3.9")]
    [InlineData("1.2.3 - 2", "1.2.3 2.9.9")]
    [InlineData("1.2.3 - *", "1.2.3 9.0.0")]
    [InlineData("*", "0.0.0 1.2.3 99.0.0")]
    [InlineData("", "0.0.0 1.2.3")]
    [InlineData("x", "1.2.3")]
    [InlineData("1.x", "1.0.0 1.9.9")]
    [InlineData("1.X.*", "1.0.0 1.9.9")]
    [InlineData("1.2.*", "1.2.0 1.2.9")]
    [InlineData("20", "20.0.0 20.99.1")]
    [InlineData("20.x", "20.11.1")]
    [InlineData(">=18 <21", "18.0.0 20.99.0")]
    [InlineData(">= 18.0.0   < 21", "18.0.0 20.99.0")]
    [InlineData(">18", "19.0.0 20.0.0")]
    [InlineData(">1.2", "1.3.0 2.0.0")]
    [InlineData("<=1.2", "1.2.9 0.1.0")]
    [InlineData("<1.2", "1.1.9 0.0.1")]
    [InlineData("^14 || ^16 || >=18", "14.1.0 16.0.0 18.0.0 22.1.0")]
    [InlineData("||", "1.2.3")]
    [InlineData(">=1.2.3-rc.1", "1.2.3-rc.1 1.2.3-rc.9 1.2.3 2.0.0")]
    [InlineData(">=1.2.3-rc.1 <2.0.0", "1.2.3-rc.2 1.9.0")]
    public void Range_contains(string range, string versions) =>
        Assert.All(versions.Split(' '), v => Assert.True(SemVerRange.Parse(range).Contains(SemVer.Parse(v)), v));

    [Theory]
    [InlineData("1.2.3", "1.2.4 1.2.3-rc.1")]
    [InlineData("^1.2.3", "2.0.0 1.2.2 2.0.0-rc.1 1.3.0-beta")]
    [InlineData("^0.2.3", "0.3.0 0.2.2")]
    [InlineData("^0.0.3", "0.0.4 0.0.2")]
    [InlineData("^0.0", "0.1.0")]
    [InlineData("^0", "1.0.0")]
    [InlineData("^1.2.3-beta.2", "1.2.3-beta.1 1.2.4-beta.3 2.0.0")]
    [InlineData("~1.2.3", "1.3.0 1.2.2 1.3.0-0")]
    [InlineData("~1", "2.0.0 2.0.0-alpha")]
    [InlineData("1.2.3 - 2.3.4", "1.2.2 2.3.5")]
    [InlineData("1.2.3 - 2.3", "2.4.0 2.4.0-0")]
    [InlineData("*", "1.0.0-rc.1")]
    [InlineData("", "1.0.0-rc.1")]
    [InlineData("1.x", "2.0.0 1.1.0-rc.1")]
    [InlineData(">=18 <21", "17.9.9 21.0.0 21.0.0-rc.1")]
    [InlineData(">18", "18.0.0 18.99.0")]
    [InlineData(">1.2", "1.2.9 1.2.0")]
    [InlineData("<=1.2", "1.3.0 1.3.0-0")]
    [InlineData("<1.2", "1.2.0 1.2.0-rc")]
    [InlineData(">*", "0.0.0 1.0.0 99.0.0")]
    [InlineData("<*", "0.0.0 1.0.0")]
    [InlineData(">=1.2.3-rc.1", "1.2.3-beta 1.2.4-rc.1")]
    [InlineData("^14 || ^16", "15.0.0 17.0.0")]
    public void Range_does_not_contain(string range, string versions) =>
        Assert.All(versions.Split(' '), v => Assert.False(SemVerRange.Parse(range).Contains(SemVer.Parse(v)), v));

    [Theory]
    [InlineData("latest")]
    [InlineData("lts/*")]
    [InlineData(">")]
    [InlineData("1.2.3.4")]
    [InlineData("1.X.3")]
    [InlineData("^^1")]
    [InlineData("1.2.3 -")]
    [InlineData("- 2")]
    [InlineData("a || b")]
    [InlineData("1.2.3 - 2 - 3")]
    [InlineData(">=01.2.3")]
    [InlineData("workspace:*")]
    [InlineData("1.2.y")]
    [InlineData(null)]
    public void Text_that_is_no_range_is_not_read(string? text) => Assert.False(SemVerRange.TryParse(text, out _));

    [Theory]
    [InlineData("20.11.1", "20.11.1")]
    [InlineData("v20.11.1", "20.11.1")]
    [InlineData("=20.11.1-rc.1", "20.11.1-rc.1")]
    [InlineData("20", null)]
    [InlineData("^20.11.1", null)]
    [InlineData("20.11.1 || 18.0.0", null)]
    [InlineData("*", null)]
    public void Exact_is_the_only_version(string range, string? exact) => Assert.Equal(exact, SemVerRange.Parse(range).Exact?.ToString());

    [Fact]
    public void Highest_is_by_version_not_by_text()
    {
        var versions = new[] { "9.0.0", "10.2.0", "10.10.0", "11.0.0-rc.1" }.Select(SemVer.Parse);
        Assert.Equal("10.10.0", SemVerRange.Parse("*").Highest(versions)!.ToString());
        Assert.Null(SemVerRange.Parse("^12").Highest(versions));
    }
}
