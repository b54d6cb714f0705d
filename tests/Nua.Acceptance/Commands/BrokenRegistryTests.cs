using System.Security.Cryptography;
using Nua.Acceptance.Running;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Storage;
using Nua.Testing;
using Nua.Testing.Registries;

namespace Nua.Acceptance.Commands;

/// <summary>The published program against registries that break, and with logins and certificates that are no good.</summary>
public sealed class BrokenRegistryTests : IDisposable
{
    private const int Piece = 64 << 10;

    private readonly TemporaryFolder _folder = new();
    private readonly ImageStore _source;

    public BrokenRegistryTests() => _source = ImageStore.Open(_folder["source"]);

    private Shell Nua => new NuaProgram(_folder["home"]).Shell.Set("DOCKER_CONFIG", _folder["docker"]).Set("REGISTRY_AUTH_FILE", null);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pull_that_is_cut_every_64_KiB_completes()
    {
        using var registry = new TestRegistry();
        var root = Serve(registry);
        registry.Script = (request, answer) =>
            request.Method == "GET" && request.Path.Contains("/blobs/", StringComparison.Ordinal) ? answer with { CutAfter = Piece } : answer;

        var pulled = (await Nua.With("pull", $"{registry.Host}/team/app:1", "-t", "app:1").RunAsync()).Expect(0);

        Assert.Equal(root.Digest.ToString(), pulled.Out.Trim());
        Assert.True(registry.RequestsFor("/blobs/").Count() >= 17, "it was not cut");
        (await Nua.With("store", "verify").RunAsync()).Expect(0);
    }

    [Fact]
    public async Task Push_that_is_cut_every_64_KiB_completes()
    {
        using var registry = new TestRegistry();
        using var made = new TestRegistry();
        var root = Serve(made);
        registry.CutsBodyAfter = request => request.Method == "PATCH" ? Piece : null;

        (await Nua.With("push", $"oci:{_folder["source"]}:app:1", $"{registry.Host}/team/app:1").RunAsync()).Expect(0);

        Assert.True(registry.Requests.Count(request => request.Method == "PATCH") >= 17, "it was not cut");
        Assert.Equal(root.Digest, Digest.Sha256(registry.Manifests["team/app:1"].Bytes));
        Assert.Equal(made.Blobs.Keys.Order(StringComparer.Ordinal), registry.Blobs.Keys.Order(StringComparer.Ordinal));
        Assert.All(registry.Blobs, blob => Assert.EndsWith(Digest.Sha256(blob.Value).ToString(), blob.Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_registry_that_always_breaks_is_left_with_nothing_stored()
    {
        using var registry = new TestRegistry();
        Serve(registry);
        registry.Script = (request, answer) =>
            request.Path.Contains("/blobs/", StringComparison.Ordinal) ? answer with { CutAfter = 0, IsReset = true } : answer;

        var outcome = await FailsAsync(75, "NUA3", "pull", $"{registry.Host}/team/app:1");
        Assert.Contains(registry.Host, outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("sha256:", (await Nua.With("images", "--json").RunAsync()).Expect(0).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(75, "NUA3601", "nosuch.invalid/x:1")]
    [InlineData(75, "NUA3601", "127.0.0.1:1/x:1")]
    public Task Nobody_there_is_told_apart_from_nothing_there(int status, string code, string reference) => FailsAsync(status, code, "pull", reference);

    [Fact]
    public async Task Platforms_that_there_are_are_listed_when_the_wanted_one_is_not()
    {
        using var registry = new TestRegistry();
        var image = Serve(registry, tag: null) with { Platform = new Platform("linux", "arm64") };
        registry.AddManifest("team/app", "many", new ImageIndex([image]).ToBytes(), MediaTypes.Index);
        var outcome = await FailsAsync(1, "NUA3011", "pull", $"{registry.Host}/team/app:many", "--platform", "linux/s390x");
        Assert.Contains("linux/arm64", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificates_are_good_only_for_their_time_and_their_host()
    {
        using var authority = new TestCertificates();
        using var expired = authority.For("127.0.0.1", isExpired: true);
        using var elsewhere = authority.For("127.0.0.9");
        using var good = authority.For("127.0.0.1");
        using var foreign = new TestCertificates();
        using var unknown = foreign.For("127.0.0.1");
        foreach (var certificate in new[] { expired, elsewhere, unknown })
        {
            using var registry = new TestRegistry(certificate: certificate);
            Serve(registry);
            _folder.Write($"home/certs.d/{registry.Host}/ca.crt", authority.Pem);
            var outcome = await FailsAsync(1, "NUA3603", "pull", $"{registry.Host}/team/app:1");
            Assert.Contains(registry.Host, outcome.Error, StringComparison.Ordinal);
            Assert.Empty(registry.Requests);
        }

        using var trusted = new TestRegistry(certificate: good);
        Serve(trusted);
        await FailsAsync(1, "NUA3603", "pull", $"{trusted.Host}/team/app:1");
        _folder.Write("home/team.pem", authority.Pem);
        _folder.Write("home/registries.json", "{\"registries\":{\"" + trusted.Host + "\":{\"ca\":\"team.pem\"}}}");
        (await Nua.With("pull", $"{trusted.Host}/team/app:1").RunAsync()).Expect(0);
    }

    [Theory]
    [InlineData("echo no JSON, just junk")]
    [InlineData("echo '{\"Username\": 3}'")]
    [InlineData("head -c 1000000 /dev/zero")]
    [InlineData("echo something is wrong; exit 1")]
    [InlineData("sleep 600")]
    public async Task Credential_helper_that_hangs_or_prints_junk_is_named(string script)
    {
        using var registry = new TestRegistry { BasicCredentials = "ada:secret" };
        Serve(registry);
        var helper = _folder.Write("bin/docker-credential-odd", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(helper, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _folder.Write("docker/config.json", """{"credsStore":"odd"}""");
        var outcome = (await Nua.Set("PATH", $"{_folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}")
            .With("pull", $"{registry.Host}/team/app:1").RunAsync()).Expect(1);
        Assert.Contains("NUA3633", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("docker-credential-odd", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Archive_with_two_images_wants_to_know_which()
    {
        var archive = _folder["two.tar"];
        foreach (var name in new[] { "one", "two" })
        {
            Large(name + ":1");
            (await Nua.With("copy", $"oci:{_folder["source"]}:{name}:1", $"docker-archive:{_folder[name]}:{name}:1").RunAsync()).Expect(0);
        }

        const string Join = "import json; json.dump(sum((json.load(open(f'{n}.json')) for n in ('one', 'two')), []), open('x/manifest.json', 'w'))";
        (await Shell.ScriptAsync(
            $"mkdir x; for n in one two; do tar -xf $n -C x; mv x/manifest.json $n.json; done; python3 -c \"{Join}\"; tar -C x -cf two.tar $(ls x)",
            _folder.Path)).Expect(0);

        var outcome = await FailsAsync(1, "NUA32", "load", $"docker-archive:{archive}");
        Assert.Contains("one:1", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("two:1", outcome.Error, StringComparison.Ordinal);
        (await Nua.With("load", $"docker-archive:{archive}:two:1").RunAsync()).Expect(0);
    }

    private async Task<Outcome> FailsAsync(int status, string code, params string[] arguments)
    {
        var outcome = (await Nua.With(arguments).RunAsync()).Expect(status);
        Assert.Contains(code, outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("NUA9001", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Out);
        return outcome;
    }

    /// <summary>An image of a little more than a megabyte that cannot be made smaller.</summary>
    private Descriptor Large(string? name)
    {
        var tar = new RawTar().Entry("data", RandomNumberGenerator.GetBytes(1_200_000)).ToArray();
        return TestImages.Publish(_source, name, LayerCompression.None, tar);
    }

    private Descriptor Serve(TestRegistry registry, string? tag = "1")
    {
        var root = Large("app:1");
        ImageClosure.Visit(_source.Blobs, root, blob =>
        {
            var bytes = _source.Blobs.ReadDocument(blob, 4 << 20);
            if (MediaTypes.IsManifest(blob.MediaType))
            {
                registry.AddManifest("team/app", tag, bytes, blob.MediaType);
            }
            else
            {
                registry.AddBlob("team/app", bytes);
            }

            return true;
        });
        return root;
    }
}
