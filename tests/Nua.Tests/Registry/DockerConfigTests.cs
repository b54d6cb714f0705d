using Nua.Foundation;
using Nua.Registry.Credentials;
using Nua.Registry.Settings;
using Nua.Testing;

namespace Nua.Tests.Registry;

public sealed class DockerConfigTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly List<Problem> _told = [];

    private DockerConfig Config => new(_folder["config.json"], TimeSpan.FromSeconds(2), _told.Add);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"auths":{"registry.example:5000":{"auth":"YWRhOnB3"}}}""", "ada", "pw")]
    [InlineData("""{"auths":{"https://registry.example:5000/v1/":{"auth":"YWRhOnB3"}}}""", "ada", "pw")]
    [InlineData("""{"auths":{"registry.example:5000":{"username":"ada","password":"p:w"}}}""", "ada", "p:w")]
    [InlineData("""{"auths":{"registry.example:5000":{"auth":"","identitytoken":"tok"}}}""", "", "tok")]
    [InlineData("""{"auths":{"registry.example":{"auth":"YWRhOnB3"}}}""", null, null)]
    [InlineData("""{"auths":{"registry.example:5000/team":{"auth":"YWRhOnB3"}}}""", null, null)]
    [InlineData("""{"auths":{"registry.example:5000":{}},"HttpHeaders":{"X":"y"}}""", null, null)]
    [InlineData("{}", null, null)]
    public async Task Credentials_are_found_as_other_tools_write_them(string json, string? user, string? secret)
    {
        _folder.Write("config.json", json);
        var found = await Config.FindAsync("registry.example:5000", default);
        Assert.Equal((user, secret), (found?.User, found?.Secret));
        Assert.DoesNotContain("pw", $"{found}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"auths":{},"auths":{}}""")]
    [InlineData("""{"auths":{"registry.example:5000":{"auth":"%%%"}}}""")]
    public async Task Broken_file_is_a_problem_that_shows_no_secret(string json)
    {
        _folder.Write("config.json", json);
        await Assert.ThrowsAsync<ProblemException>(() => Config.FindAsync("registry.example:5000", default));
    }

    [Fact]
    public async Task File_that_others_can_read_is_told()
    {
        File.SetUnixFileMode(_folder.Write("config.json", """{"auths":{"r.example":{"auth":"YWRhOnB3"}}}"""), (UnixFileMode)0b110_100_100);
        Assert.NotNull(await Config.FindAsync("r.example", default));
        Assert.Equal("NUA3634", Assert.Single(_told).Code);
    }

    [Theory]
    [InlineData("cat > /dev/null; echo '{\"ServerURL\":\"r.example\",\"Username\":\"ada\",\"Secret\":\"pw\"}'", "ada", null)]
    [InlineData("cat > /dev/null; echo 'credentials not found in native keychain'; exit 1", null, null)]
    [InlineData("cat > /dev/null; echo 'the key ring is locked'; exit 1", null, "NUA3633")]
    [InlineData("cat > /dev/null; echo junk", null, "NUA3633")]
    [InlineData("cat > /dev/null; echo '{\"Username\":1}'", null, "NUA3633")]
    [InlineData("sleep 600", null, "NUA3633")]
    [InlineData("yes", null, "NUA3633")]
    [InlineData("yes >&2", null, "NUA3633")]
    public async Task Helper_is_asked_and_not_trusted_with_our_time(string script, string? user, string? code)
    {
        var name = $"nua-test-{Guid.NewGuid():N}"[..20];
        _folder.Write("config.json", $$$"""{"credHelpers":{"r.example":"{{{name}}}"}}""");
        var program = _folder.Write($"bin/docker-credential-{name}", "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        var path = Environment.GetEnvironmentVariable("PATH");
        // The only way to name a helper is through PATH; the name is this test's own, so nobody else is disturbed.
        Environment.SetEnvironmentVariable("PATH", $"{_folder["bin"]}:{path}");
        var error = (ProblemException?)null;
        var found = (Credential?)null;
        try
        {
            found = await Config.FindAsync("r.example", default);
        }
        catch (ProblemException problem)
        {
            error = problem;
        }

        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }

        Assert.Equal((user, code), (found?.User, error?.Problems[0].Code));
    }

    [Theory]
    [InlineData("../../bin/sh")]
    [InlineData("a b")]
    [InlineData("-x")]
    public async Task Name_of_a_helper_is_no_path(string name)
    {
        _folder.Write("config.json", $$"""{"credsStore":"{{name}}"}""");
        Assert.Equal("NUA3632", (await Assert.ThrowsAsync<ProblemException>(() => Config.FindAsync("r.example", default))).Problems[0].Code);
    }

    [Fact]
    public async Task Login_keeps_what_else_is_in_the_file_and_logout_takes_only_its_own()
    {
        _folder.Write("config.json", """{"auths":{"other.example":{"auth":"YTpi"}},"proxies":{"default":{"noProxy":"x"}}}""");
        var logins = new LoginFile(Config, TimeSpan.FromSeconds(2));

        Assert.Equal(_folder["config.json"], await logins.AddAsync("r.example", new Credential("ada", "pässword:1"), default));

        Assert.Equal("pässword:1", (await Config.FindAsync("r.example", default))!.Secret);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["config.json"]));
        Assert.True(await logins.RemoveAsync("r.example", default));
        Assert.False(await logins.RemoveAsync("r.example", default));
        Assert.Null(await Config.FindAsync("r.example", default));
        Assert.NotNull(await Config.FindAsync("other.example", default));
        Assert.Contains("noProxy", await File.ReadAllTextAsync(_folder["config.json"], TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_say_what_they_mean_or_are_refused()
    {
        _folder.Write("registries.json", """
            {"registries": {"registry.example:5000": {"plain-http": true, "ca": "ca.pem", "token-realms": ["auth.example"], "mirrors": ["m.example/cache"]}}}
            """);
        var settings = RegistriesFile.Read(_folder.Path)["registry.example:5000"];
        Assert.Equal((true, _folder["ca.pem"]), (settings.PlainHttp, settings.CaFile));
        RegistriesFile.AllowTokenRealm(_folder.Path, "registry.example:5000", "two.example");
        Assert.Equal(["auth.example", "two.example"], RegistriesFile.Read(_folder.Path)["registry.example:5000"].TokenRealms);

        foreach (var wrong in new[]
        {
            "[]", "{\"registry\":{}}", "{\"registries\":{\"a b\":{}}}", "{\"registries\":{\"r.example\":{\"plain_http\":true}}}",
            "{\"registries\":{\"r.example\":{\"mirrors\":[\"https://m.example\"]}}}",
        })
        {
            _folder.Write("registries.json", wrong);
            Assert.Equal("NUA3630", Assert.Throws<ProblemException>(() => RegistriesFile.Read(_folder.Path)).Problems[0].Code);
        }
    }

    [Theory]
    [InlineData("https://registry.example/", "", true)]
    [InlineData("https://registry.example/", "registry.example", false)]
    [InlineData("https://registry.example/", ".example", false)]
    [InlineData("https://registry.example:5000/", "registry.example:5000", false)]
    [InlineData("https://registry.example/", "other.example, 10.0.0.0/8", true)]
    [InlineData("https://10.1.2.3/", "10.0.0.0/8", false)]
    [InlineData("https://registry.example/", "*", false)]
    [InlineData("https://127.0.0.1:5000/", "", false)]
    [InlineData("https://localhost/", "", false)]
    public void Proxy_is_for_what_the_environment_says(string address, string except, bool isUsed)
    {
        var rules = ProxyRules.From(name => name switch
        {
            "HTTPS_PROXY" => "http://ada:p%40w@proxy.example:3128",
            "no_proxy" => except,
            _ => null,
        })!;
        Assert.Equal(isUsed, !rules.IsBypassed(new Uri(address)));
        Assert.Equal("p@w", ((System.Net.NetworkCredential)rules.Credentials!).Password);
    }
}
