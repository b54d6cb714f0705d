using Nua.Build.Toolchains;
using Nua.Foundation;
using Nua.Tests.Build.Sources;
using Xunit;

namespace Nua.Tests.Build.Toolchains;

public sealed class DotnetSdkFinderTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    private void Install(string root, params string[] versions)
    {
        _temp.Write($"{root}/dotnet", "");
        foreach (var version in versions)
        {
            _temp.Write($"{root}/sdk/{version}/dotnet.dll", "");
        }
    }

    private ResolvedToolchain Find(Dictionary<string, string>? environment = null) =>
        DotnetSdkFinder.Find(environment ?? [], _temp.Folder("project"), _temp.Path);

    [Fact]
    public void Named_root_comes_before_path_and_usual_places()
    {
        Install("usr/share/dotnet", "9.0.100");
        Install("opt/x", "8.0.100");
        Install("named", "10.0.100", "10.0.401", "11.0.100-preview.1");
        Directory.CreateDirectory(_temp["bin"]);
        File.CreateSymbolicLink(_temp["bin", "dotnet"], _temp["opt", "x", "dotnet"]);

        Assert.Equal("9.0.100", Find().Version);
        Assert.Equal("8.0.100", Find(new() { ["PATH"] = _temp["bin"] }).Version);
        var sdk = Find(new() { ["PATH"] = _temp["bin"], ["DOTNET_ROOT"] = _temp["named"] });
        Assert.Equal("10.0.401", sdk.Version);
        Assert.Equal(new ToolchainPlacement(_temp["named"], "/nua/build/agent/toolchains/dotnet-sdk"), sdk.Build);
        Assert.Empty(sdk.Image);
    }

    [Fact]
    public void Runtime_without_an_sdk_does_not_count()
    {
        _temp.Write("usr/share/dotnet/dotnet", "");
        Assert.Equal("NUA2132", Assert.Throws<ProblemException>(() => Find()).Problems[0].Code);
    }

    [Fact]
    public void Pin_that_is_not_installed_names_the_sdk_wanted()
    {
        Install("usr/lib/dotnet", "10.0.100");
        _temp.Write("project/global.json", """{ "sdk": { "version": "9.0.200", /* x */ "rollForward": "latestPatch" }, }""");
        var problem = Assert.Throws<ProblemException>(() => Find()).Problems[0];
        Assert.Equal("NUA2133", problem.Code);
        Assert.Contains("9.0.200", problem.What);
        Assert.Contains("10.0.100", problem.Why);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"sdk":{"version":"10"}}""")]
    [InlineData("""{"sdk":{"version":10}}""")]
    [InlineData("""{"sdk":{"version":"10.0.100","rollForward":"sideways"}}""")]
    public void Broken_global_json_is_told(string text)
    {
        Install("usr/lib/dotnet", "10.0.100");
        _temp.Write("project/global.json", text);
        Assert.Equal("NUA2134", Assert.Throws<ProblemException>(() => Find()).Problems[0].Code);
    }

    [Theory]
    [InlineData("""{}""", "11.0.100")]
    [InlineData("""{"sdk":{}}""", "11.0.100")]
    public void File_without_a_pin_allows_the_newest(string text, string expected)
    {
        Install("usr/lib/dotnet", "10.0.100", "11.0.100");
        _temp.Write("project/global.json", text);
        Assert.Equal(expected, Find().Version);
    }

    [Theory]
    [InlineData("9.0.105", "disable", "9.0.105")]
    [InlineData("9.0.104", "disable", null)]
    [InlineData("9.0.105", "patch", "9.0.105")]
    [InlineData("9.0.104", "patch", "9.0.107")]
    [InlineData("9.0.105", "latestPatch", "9.0.107")]
    [InlineData("9.0.108", "latestPatch", null)]
    [InlineData("9.0.108", "feature", "9.0.203")]
    [InlineData("9.0.301", "feature", "9.0.402")]
    [InlineData("9.0.105", "latestFeature", "9.0.402")]
    [InlineData("9.0.500", "minor", "9.1.100")]
    [InlineData("9.0.105", "latestMinor", "9.1.100")]
    [InlineData("8.0.100", "latestMinor", null)]
    [InlineData("8.0.100", "major", "9.0.107")]
    [InlineData("8.0.100", "latestMajor", "10.0.100")]
    public void Roll_forward_follows_its_policy(string wanted, string policy, string? expected)
    {
        var installed = new[] { "9.0.105", "9.0.107", "9.0.202", "9.0.203", "9.0.402", "9.1.100", "10.0.100" }.Select(SemVer.Parse).ToList();
        Assert.Equal(expected, new DotnetSdkPin(SemVer.Parse(wanted), policy, true).Choose(installed)?.ToString());
    }
}
