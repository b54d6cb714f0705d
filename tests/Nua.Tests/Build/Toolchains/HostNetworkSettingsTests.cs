using Nua.Build.Toolchains;
using Nua.Tests.Build.Sources;
using Xunit;

namespace Nua.Tests.Build.Toolchains;

public sealed class HostNetworkSettingsTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly Dictionary<string, string> _environment;

    public HostNetworkSettingsTests() => _environment = new() { ["HOME"] = _temp.Folder("home") };

    public void Dispose() => _temp.Dispose();

    private HostNetworkSettings Read() => HostNetworkSettings.Read(_environment, "/sandbox/home", _temp.Path);

    private string? SourceOf(string target) => Read().Binds.FirstOrDefault(b => b.Target == target)?.Source;

    [Fact]
    public void Bare_host_gives_nothing()
    {
        var settings = Read();
        Assert.Empty(settings.Env);
        Assert.Empty(settings.Binds);
        Assert.Empty(settings.Files);
    }

    [Fact]
    public void Other_variables_of_the_host_stay_outside()
    {
        _environment["AWS_SECRET_ACCESS_KEY"] = "canary";
        _environment["https_proxy"] = "http://proxy.test:3128";
        Assert.DoesNotContain("canary", string.Join('\n', Read().Env.Values));
    }

    [Fact]
    public void Proxies_are_given_in_both_spellings_and_their_password_is_a_secret()
    {
        _environment["HTTPS_PROXY"] = "http://me:p%40ss@proxy.test:3128";
        _environment["no_proxy"] = "localhost";
        var settings = Read();
        Assert.Equal("http://me:p%40ss@proxy.test:3128", settings.Env["https_proxy"]);
        Assert.Equal(settings.Env["https_proxy"], settings.Env["HTTPS_PROXY"]);
        Assert.Equal("localhost", settings.Env["NO_PROXY"]);
        Assert.Contains("p%40ss", settings.Secrets);
        Assert.Contains("p@ss", settings.Secrets);
    }

    [Fact]
    public void Ca_bundle_is_bound_and_every_tool_told()
    {
        _temp.Write("etc/ssl/certs/ca-certificates.crt", "ca");
        Assert.Equal(_temp["etc", "ssl", "certs", "ca-certificates.crt"], SourceOf("/run/nua/host/ca-certificates.crt"));
        _environment["SSL_CERT_FILE"] = _temp.Write("own.crt", "own");
        Assert.Equal(_temp["own.crt"], SourceOf("/run/nua/host/ca-certificates.crt"));
        foreach (var name in new[] { "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "PIP_CERT", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE" })
        {
            Assert.Equal("/run/nua/host/ca-certificates.crt", Read().Env[name]);
        }
    }

    [Fact]
    public void Resolver_files_are_bound_through_their_links()
    {
        _temp.Write("run/stub-resolv.conf", "nameserver 127.0.0.53");
        _temp.Folder("etc");
        File.CreateSymbolicLink(_temp["etc", "resolv.conf"], "../run/stub-resolv.conf");
        Assert.Equal(_temp["run", "stub-resolv.conf"], SourceOf("/etc/resolv.conf"));
    }

    [Fact]
    public void Pip_files_and_variables_say_where_wheels_are()
    {
        _temp.Folder("wheels");
        _temp.Write("etc/pip.conf",
            "[global]\nindex-url = https://u:s3cret@pypi.test/simple\n# c\ntrusted-host = a.test\n  b.test\n[freeze]\ntimeout = 3\n[install]\n"
            + $"find_links = {_temp["wheels"]}\n  file://{_temp["wheels"]}\n  https://w.test/\n  /missing\n");
        _environment["PIP_EXTRA_INDEX_URL"] = "https://extra.test";
        var settings = Read();
        Assert.Equal("https://u:s3cret@pypi.test/simple", settings.Env["PIP_INDEX_URL"]);
        Assert.Equal("https://extra.test", settings.Env["PIP_EXTRA_INDEX_URL"]);
        Assert.Equal("a.test b.test", settings.Env["PIP_TRUSTED_HOST"]);
        Assert.Equal("/run/nua/host/find-links-0 /run/nua/host/find-links-1 https://w.test/", settings.Env["PIP_FIND_LINKS"]);
        Assert.Equal(_temp["wheels"], SourceOf("/run/nua/host/find-links-1"));
        Assert.False(settings.Env.ContainsKey("PIP_DEFAULT_TIMEOUT"));
        Assert.Contains("s3cret", settings.Secrets);
    }

    [Fact]
    public void Npm_gets_registries_and_their_tokens_in_a_file_and_nothing_else_of_the_users()
    {
        _temp.Write("home/.npmrc", "registry=https://npm.test/\n//npm.test/:_authToken=t0ken\nnodedir=/usr\n@x:registry=https://x.test/\n");
        var settings = Read();
        Assert.Equal("https://npm.test/", settings.Env["npm_config_registry"]);
        Assert.Equal("/run/nua/host/npmrc", settings.Env["npm_config_userconfig"]);
        Assert.Equal("//npm.test/:_authToken=t0ken\n@x:registry=https://x.test/\nregistry=https://npm.test/\n", settings.Files.Single().Content);
        Assert.Contains("t0ken", settings.Secrets);
        Assert.DoesNotContain("t0ken", string.Join('\n', settings.Env.Values) + settings.Files.Single());
    }

    [Fact]
    public void Nuget_configuration_is_bound_with_its_local_feeds()
    {
        _temp.Folder("feed");
        _temp.Write("home/.nuget/NuGet/NuGet.Config",
            $"""
            <configuration><packageSources><add key="a" value="{_temp["feed"]}" /><add key="b" value="https://b.test/" /></packageSources>
            <packageSourceCredentials><b><add key="Username" value="u" /><add key="ClearTextPassword" value="s3cret" /></b></packageSourceCredentials></configuration>
            """);
        Assert.Equal(_temp["home", ".nuget", "NuGet", "NuGet.Config"], SourceOf("/sandbox/home/.nuget/NuGet/NuGet.Config"));
        Assert.Equal(_temp["feed"], SourceOf(_temp["feed"]));
        Assert.Contains("s3cret", Read().Secrets);
    }

    [Fact]
    public void Broken_nuget_configuration_is_left_to_nuget()
    {
        _temp.Write("home/.nuget/NuGet/NuGet.Config", "<!DOCTYPE x [<!ENTITY a 'b'>]><configuration>");
        Assert.NotNull(SourceOf("/sandbox/home/.nuget/NuGet/NuGet.Config"));
    }
}
