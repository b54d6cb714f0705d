using Nua.Foundation;
using Nua.Oci.Storage;
using Nua.Registry;
using Nua.Registry.Credentials;
using Nua.Registry.Settings;
using Nua.Testing;
using Nua.Testing.Registries;

namespace Nua.Tests.Registry;

/// <summary>Credentials reach whom they are for, and nobody else whatever a registry says.</summary>
public sealed class CredentialTests
{
    private const string Secret = "hunter2-canary";

    [Theory]
    [InlineData("basic")]
    [InlineData("token on the same host")]
    public async Task Registry_that_asks_gets_them(string how)
    {
        using var world = WithCredentials();
        var root = world.Serve("team/app", "1.0");
        if (how == "basic")
        {
            world.Registry.BasicCredentials = "ada:" + Secret;
        }
        else
        {
            world.Registry.Realm = world.Registry.Url + "/token";
        }

        Assert.Equal(root, (await world.PullAsync("team/app:1.0")).Digest);
        await world.PushAsync(world.Large(300_000), "team/app:2.0");
        Assert.True(SawSecret(world.Registry));
    }

    [Fact]
    public async Task Token_that_expires_is_renewed_in_the_middle()
    {
        using var world = WithCredentials();
        // One after the other, so that each finds another token than the last.
        world.Options = world.Options with { Parallel = 1 };
        var root = world.Large(1 << 20);
        world.Upload("team/app", "1.0", root);
        world.Registry.Realm = world.Registry.Url + "/token";
        var count = 0;
        world.Registry.Script = (request, answer) =>
        {
            if (++count % 3 == 0)
            {
                world.Registry.Token = $"token-{count}";
            }

            return request.Path.Contains("/blobs/", StringComparison.Ordinal) ? answer with { CutAfter = 100_000 } : answer;
        };

        Assert.Equal(root.Digest, (await world.PullAsync("team/app:1.0")).Digest);
        world.Registry.Script = (_, answer) =>
        {
            world.Registry.Token = ++count % 4 == 0 ? $"token-{count}" : world.Registry.Token;
            return answer;
        };
        await world.PushAsync(world.Large(1 << 20, seed: 3), "team/app:2.0");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Realm_on_another_host_gets_them_only_when_the_user_said_so(bool isAllowed)
    {
        using var world = WithCredentials();
        using var other = new TestRegistry("127.0.0.2");
        world.Serve("team/app", "1.0");
        world.Registry.Realm = other.Url + "/token";
        other.Token = world.Registry.Token;
        other.Instead = request => request["authorization"] is null ? new TestAnswer(401) : null;
        world.Options = isAllowed ? world.Options.AllowTokenRealm(world.Registry.Host, other.Host) : world.Options;

        var error = await Record.ExceptionAsync(() => world.PullAsync("team/app:1.0"));

        Assert.Equal(isAllowed, SawSecret(other));
        Assert.Equal(isAllowed, error is null);
        if (error is ProblemException problem)
        {
            Assert.Equal(77, problem.ExitCode);
            Assert.Contains("--token-realm " + other.Host, error.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Every way in which a registry can point elsewhere; the other host answers everything with success.</summary>
    [Theory]
    [InlineData("redirect of a manifest")]
    [InlineData("redirect of a blob")]
    [InlineData("redirect of the token request")]
    [InlineData("realm elsewhere")]
    [InlineData("realm with a user in front")]
    [InlineData("realm twice")]
    [InlineData("realm of another scheme")]
    [InlineData("realm by a name for the other host")]
    [InlineData("place of an upload")]
    [InlineData("next place of an upload")]
    [InlineData("link of a list")]
    [InlineData("mirror")]
    public async Task Nothing_leads_them_to_another_host(string way)
    {
        using var world = WithCredentials();
        using var other = new TestRegistry("127.0.0.2");
        other.Instead = _ => new TestAnswer(200, """{"token":"x","access_token":"x","tags":[]}""");
        world.Serve("team/app", "1.0");
        var isToken = way.Contains("realm", StringComparison.Ordinal) || way.Contains("token", StringComparison.Ordinal);
        world.Registry.BasicCredentials = isToken ? null : "ada:" + Secret;
        world.Registry.Realm = way switch
        {
            "redirect of the token request" => world.Registry.Url + "/token",
            "realm elsewhere" => other.Url + "/token",
            "realm with a user in front" => $"http://{world.Registry.Host}@{other.Host}/token",
            "realm twice" => $"{other.Url}/token\",realm=\"{world.Registry.Url}/token",
            "realm of another scheme" => "ftp://" + other.Host,
            "realm by a name for the other host" => $"http://localhost:{other.Host.Split(':')[1]}/token",
            _ => null,
        };
        world.Registry.Script = (request, answer) => (way, request.Method, answer.Status) switch
        {
            ("redirect of a manifest", "GET", 200) when request.Path.Contains("/manifests/", StringComparison.Ordinal) => Redirect(other, 302),
            ("redirect of a blob", "GET", 200) when request.Path.Contains("/blobs/", StringComparison.Ordinal) => Redirect(other, 307),
            ("redirect of the token request", _, 200) when request.Path == "/token" => Redirect(other, 301),
            ("place of an upload", "POST", 202) => answer.With("Location", other.Url + "/upload"),
            ("next place of an upload", "PATCH", 202) => answer.With("Location", other.Url + "/upload"),
            ("link of a list", "GET", 200) when request.Path.Contains("/tags/", StringComparison.Ordinal) =>
                answer.With("Link", $"<{other.Url}/more>; rel=\"next\""),
            _ => answer,
        };
        if (way == "mirror")
        {
            world.Options = world.Options with
            {
                Hosts = new Dictionary<string, HostSettings> { [world.Registry.Host] = new HostSettings { Mirrors = [other.Host] } },
            };
        }

        await Record.ExceptionAsync(() => world.PullAsync("team/app:1.0"));
        await Record.ExceptionAsync(() => world.PushAsync(world.Large(300_000), "team/app:2.0"));
        using (var network = new RegistryNetwork(world.Options))
        {
            await Record.ExceptionAsync(() => network.Open(world.Reference("team/app")).TagsAsync(default));
        }

        Assert.False(SawSecret(other), way);
        Assert.DoesNotContain(other.Requests, request => request["authorization"] is { } value && value.Contains(world.Registry.Token, StringComparison.Ordinal));
        Assert.Empty(world.Store.Verify(VerifyDepth.Content));
    }

    [Fact]
    public async Task Mirror_is_asked_first_and_the_registry_has_the_last_word()
    {
        using var world = WithCredentials();
        using var mirror = new TestRegistry("127.0.0.2");
        var root = world.Serve("team/app", "1.0");
        foreach (var (name, manifest) in world.Registry.Manifests)
        {
            mirror.Manifests["cache/" + name] = manifest;
        }

        world.Options = world.Options with
        {
            Hosts = new Dictionary<string, HostSettings> { [world.Registry.Host] = new HostSettings { Mirrors = [mirror.Host + "/cache"] } },
        };
        mirror.Script = (request, answer) => request.Path.Contains("/blobs/", StringComparison.Ordinal) ? new TestAnswer(200, "wrong") : answer;

        Assert.Equal(root, (await world.PullAsync("team/app:1.0")).Digest);

        Assert.Contains(mirror.Requests, request => request.Path.StartsWith("/v2/cache/team/app/manifests/", StringComparison.Ordinal));
        Assert.Empty(world.Store.Verify(VerifyDepth.Layers));
    }

    [Fact]
    public async Task Wrong_password_and_none_are_told_apart()
    {
        using var world = WithCredentials();
        world.Serve("team/app", "1.0");
        world.Registry.BasicCredentials = "ada:other";
        var wrong = await Assert.ThrowsAsync<ProblemException>(() => world.PullAsync("team/app:1.0"));
        world.Options = world.Options with { Credentials = NoCredentials.Instance };
        var none = await Assert.ThrowsAsync<ProblemException>(() => world.PullAsync("team/app:1.0"));

        Assert.Equal((77, 77), (wrong.ExitCode, none.ExitCode));
        Assert.Contains("are not enough", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("no credentials were sent", none.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("no json")]
    [InlineData("""{"token":""}""")]
    [InlineData("""{"token":7}""")]
    [InlineData("""{"token":"a\r\nX-Injected: 1"}""")]
    [InlineData("""{"token":"a b"}""")]
    public async Task Token_service_that_answers_junk_is_a_problem(string answer)
    {
        using var world = WithCredentials();
        world.Serve("team/app", "1.0");
        world.Registry.Realm = world.Registry.Url + "/token";
        world.Registry.Script = (request, honest) => request.Path == "/token" ? new TestAnswer(200, answer) : honest;
        var error = await Assert.ThrowsAsync<ProblemException>(() => world.PullAsync("team/app:1.0"));
        Assert.Equal("NUA3615", error.Problems[0].Code);
    }

    [Fact]
    public async Task Token_of_two_megabytes_and_an_endless_one_are_a_problem()
    {
        using var world = WithCredentials();
        world.Serve("team/app", "1.0");
        world.Registry.Realm = world.Registry.Url + "/token";
        world.Registry.Script = (request, honest) => request.Path == "/token" ? new TestAnswer(200, new string('a', 2 << 20)) : honest;
        Assert.Equal("NUA3615", (await Assert.ThrowsAsync<ProblemException>(() => world.PullAsync("team/app:1.0"))).Problems[0].Code);
        world.Registry.Script = (request, honest) => request.Path == "/token" ? honest with { IsEndless = true } : honest;
        Assert.Equal("NUA3615", (await Assert.ThrowsAsync<ProblemException>(() => world.PullAsync("team/app:1.0"))).Problems[0].Code);
    }

    [Theory]
    [InlineData("right", null)]
    [InlineData("by the folder", null)]
    [InlineData("unknown authority", "NUA3603")]
    [InlineData("expired", "NUA3603")]
    [InlineData("another host", "NUA3603")]
    public async Task Certificate_decides(string what, string? code)
    {
        using var certificates = new TestCertificates();
        using var certificate = certificates.For(what == "another host" ? "127.0.0.5" : "127.0.0.1", isExpired: what == "expired");
        using var folder = new TempDirectory();
        using var world = WithCredentials(new TestRegistry("127.0.0.1", certificate));
        world.Registry.BasicCredentials = "ada:" + Secret;
        var root = world.Serve("team/app", "1.0");
        var ca = folder.Write(what == "by the folder" ? $"{world.Registry.Host}/ca.crt" : "ca.pem", certificates.Pem);
        world.Options = what switch
        {
            "unknown authority" => world.Options,
            "by the folder" => world.Options with { CertificateFolders = [folder.Path] },
            _ => world.Options with { Hosts = new Dictionary<string, HostSettings> { [world.Registry.Host] = new HostSettings { CaFile = ca } } },
        };

        if (code is null)
        {
            Assert.Equal(root, (await world.PullAsync("team/app:1.0")).Digest);
        }
        else
        {
            Assert.Equal(code, (await Assert.ThrowsAsync<ProblemException>(() => world.PullAsync("team/app:1.0"))).Problems[0].Code);
            Assert.False(SawSecret(world.Registry));
        }
    }

    private static RegistryWorld WithCredentials(TestRegistry? registry = null)
    {
        var world = new RegistryWorld(registry);
        world.Options = world.Options with { Credentials = new GivenCredentials(world.Registry.Host, new Credential("ada", Secret)) };
        return world;
    }

    private static TestAnswer Redirect(TestRegistry to, int status) => new TestAnswer(status).With("Location", to.Url + "/elsewhere");

    private static bool SawSecret(TestRegistry registry)
    {
        var encoded = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("ada:" + Secret));
        return registry.Requests.Any(request => $"{request.Target} {string.Join(' ', request.Headers.Values)} {System.Text.Encoding.UTF8.GetString(request.Body)}"
            is var all && (all.Contains(encoded, StringComparison.Ordinal) || all.Contains(Secret, StringComparison.Ordinal)));
    }
}
