using System.Text.Json;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Judges;

/// <summary>What we sign, cosign verifies, and the other way round, through Debian's docker-registry.</summary>
public sealed class SigningTests(ExampleImages images) : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private RealRegistry _registry = null!;
    private string _digest = null!;

    private NuaProgram Nua => new(_folder["home"]);

    private Cosign Cosign => new(_folder);

    private string Reference => $"{_registry.Host}/team/site:1";

    private string Pinned => $"{_registry.Host}/team/site@{_digest}";

    public async ValueTask InitializeAsync()
    {
        var built = await images.BuildAsync("site");
        _digest = built.Digest;
        (await Nua.RunAsync("load", $"oci:{built.Layout}:{built.Tag}", "-t", "site:1")).Expect(0);
        _registry = await RealRegistry.StartAsync();
        await Cosign.GenerateKeysAsync();
        (await Nua.RunAsync("key", "generate", "-o", _folder["ours"])).Expect(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Cosign_verifies_what_was_signed_in_the_store_and_pushed_in_both_forms()
    {
        (await Nua.RunAsync("sign", "site:1", "--key", _folder["ours.key"])).Expect(0);
        (await Nua.RunAsync("sign", "site:1", "--key", _folder["ours.key"], "--form", "tag")).Expect(0);
        (await Nua.RunAsync("attest", "site:1", "--key", _folder["ours.key"])).Expect(0);
        (await Nua.RunAsync("attest", "site:1", "--type", "spdx")).Expect(0);
        var pushed = await Nua.JsonAsync("push", "site:1", Reference, "--plain-http");
        Assert.Equal(5, pushed.GetProperty("attachments").GetInt32());

        foreach (var isTagged in new[] { false, true })
        {
            (await Cosign.VerifyAsync(_folder["ours.pub"], Pinned, isTagged)).Expect(0);
            // cosign's own statuses: it found none that matches, or the bundle is not by this key.
            (await Cosign.VerifyAsync(Cosign.PublicKey, Pinned, isTagged)).Expect(isTagged ? 12 : 1);
        }

        (await Cosign.VerifyAttestationAsync(_folder["ours.pub"], Pinned, "slsaprovenance1")).Expect(0);
        (await Cosign.VerifyAttestationAsync(_folder["ours.pub"], Pinned, "cyclonedx")).Expect(0);
        // Attached, and signed by nobody.
        (await Cosign.VerifyAttestationAsync(_folder["ours.pub"], Pinned, "spdxjson")).Expect(1);

        var discovered = await SidTools.OrasDiscoverAsync(Pinned);
        Assert.Contains("application/vnd.dev.sigstore.bundle.v0.3+json", discovered, StringComparison.Ordinal);
        Assert.Contains("application/vnd.in-toto+json", discovered, StringComparison.Ordinal);

        var again = await Nua.JsonAsync("push", "site:1", Reference, "--plain-http");
        Assert.Equal((0, 0), (again.GetProperty("attachments").GetInt32(), again.GetProperty("documents").GetInt32()));
    }

    [Fact]
    public async Task Cosign_verifies_what_was_signed_in_the_registry_with_its_own_key()
    {
        (await Nua.RunAsync("push", "site:1", Reference, "--plain-http")).Expect(0);
        var shell = Nua.Shell.Set("COSIGN_PASSWORD", Cosign.Passphrase);
        string[] sign = ["sign", $"docker://{Reference}", "--plain-http", "--key", Cosign.PrivateKey];
        (await shell.With(sign).RunAsync()).Expect(0);
        (await shell.With(sign).With("--form", "tag").RunAsync()).Expect(0);
        (await Cosign.VerifyAsync(Cosign.PublicKey, Pinned, isTagged: false)).Expect(0);
        (await Cosign.VerifyAsync(Cosign.PublicKey, Pinned, isTagged: true)).Expect(0);
    }

    [Fact]
    public async Task What_cosign_signed_is_verified_in_both_forms_in_the_registry_and_after_a_pull()
    {
        (await Nua.RunAsync("push", "site:1", Reference, "--plain-http")).Expect(0);
        await Cosign.SignAsync(Pinned, isTagged: false);
        await Cosign.SignAsync(Pinned, isTagged: true);
        await Cosign.AttestAsync(Pinned, "slsaprovenance1", _folder.Write("predicate.json", """{"buildDefinition":{"buildType":"urn:test"}}"""));

        await IsVerifiedAsync(Nua, $"docker://{Reference}", "--plain-http");
        var other = new NuaProgram(_folder["other"]);
        (await other.RunAsync("pull", Reference, "--plain-http", "-t", "pulled:1")).Expect(0);
        await IsVerifiedAsync(other, "pulled:1");
        (await other.RunAsync("store", "verify")).Expect(0);

        (await other.RunAsync("save", "pulled:1", $"oci-archive:{_folder["moved.tar"]}:1")).Expect(0);
        await IsVerifiedAsync(other, $"oci-archive:{_folder["moved.tar"]}");
        (await other.RunAsync("verify", "pulled:1", "--key", _folder["ours.pub"])).Expect(1);
    }

    [Fact]
    public async Task Signature_of_a_plain_openssl_key_counts_and_one_for_another_image_does_not()
    {
        (await Shell.ScriptAsync($"cd {_folder.Path}; openssl ecparam -name prime256v1 -genkey -noout -out o.key; openssl ec -in o.key -pubout -out o.pub")).Expect(0);
        (await Nua.RunAsync("sign", "site:1", "--key", _folder["o.key"])).Expect(0);
        (await Nua.RunAsync("verify", "site:1", "--key", _folder["o.pub"])).Expect(0);
        var built = await images.BuildAsync("notes");
        (await Nua.RunAsync("load", $"oci:{built.Layout}:{built.Tag}", "-t", "notes:1")).Expect(0);
        var outcome = (await Nua.RunAsync("verify", "notes:1", "--key", _folder["o.pub"])).Expect(1);
        Assert.Contains("NUA3901", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("notes")]
    [InlineData("api")]
    public async Task Spdx_project_validates_the_sbom_in_its_form(string example)
    {
        var built = await images.BuildAsync(example);
        var sbom = (await images.Nua.RunAsync("sbom", built.Digest, "--format", "spdx")).Expect(0);
        await SidTools.SpdxAsync(_folder.Write("sbom.spdx.json", sbom.Out));
        Assert.Equal(sbom.Out, (await images.Nua.RunAsync("sbom", built.Digest, "--format", "spdx")).Expect(0).Out);
    }

    [Fact]
    public async Task Provenance_made_where_the_image_was_built_says_when_and_the_image_does_not()
    {
        var built = await images.BuildAsync("site");
        using var here = JsonDocument.Parse((await images.Nua.RunAsync("attest", built.Digest, "--type", "provenance", "--print")).Expect(0).Out);
        using var elsewhere = JsonDocument.Parse((await Nua.RunAsync("attest", "site:1", "--type", "provenance", "--print")).Expect(0).Out);
        var details = here.RootElement.GetProperty("predicate").GetProperty("runDetails");
        Assert.True(details.GetProperty("metadata").GetProperty("startedOn").GetDateTimeOffset()
            <= details.GetProperty("metadata").GetProperty("finishedOn").GetDateTimeOffset());
        Assert.False(elsewhere.RootElement.GetProperty("predicate").GetProperty("runDetails").TryGetProperty("metadata", out _));
        Assert.Equal(
            here.RootElement.GetProperty("predicate").GetProperty("buildDefinition").GetRawText(),
            elsewhere.RootElement.GetProperty("predicate").GetProperty("buildDefinition").GetRawText());
    }

    private async Task IsVerifiedAsync(NuaProgram nua, string image, params IReadOnlyList<string> options)
    {
        var report = await nua.JsonAsync(["verify", image, "--key", Cosign.PublicKey, "--require", "signature", "--require", "provenance", .. options]);
        Assert.True(report.GetProperty("verified").GetBoolean());
        var attachments = report.GetProperty("attachments").EnumerateArray().ToList();
        Assert.All(attachments, attachment => Assert.True(attachment.GetProperty("verified").GetBoolean()));
        Assert.Equal(["bundle", "bundle", "tag"], attachments.Select(attachment => attachment.GetProperty("form").GetString()).Order());
    }
}
