using Nua.Acceptance.Running;

namespace Nua.Acceptance.Judges;

/// <summary>cosign 3 with a pair of keys of its own, and no network but the registry it is pointed at.</summary>
public sealed class Cosign(TemporaryFolder folder)
{
    public const string Passphrase = "correct horse";

    public string PrivateKey => folder["cosign.key"];

    public string PublicKey => folder["cosign.pub"];

    private Shell Shell => new Shell(Path.Combine(SidTools.Root, "usr/bin/cosign"))
        .Set("COSIGN_PASSWORD", Passphrase).Set("HOME", folder.Path).In(folder.Path);

    public async Task GenerateKeysAsync() =>
        (await Shell.With("generate-key-pair", "--output-key-prefix", "cosign").RunAsync()).Expect(0);

    /// <param name="isTagged">In the older form, behind a tag.</param>
    public async Task SignAsync(string reference, bool isTagged) => (await Shell
        .With("sign", "--key", PrivateKey, "--tlog-upload=false", "--use-signing-config=false", "--allow-http-registry", "-y")
        .With(isTagged ? ["--new-bundle-format=false"] : []).With(reference).RunAsync()).Expect(0);

    public async Task AttestAsync(string reference, string type, string predicateFile) => (await Shell
        .With("attest", "--key", PrivateKey, "--tlog-upload=false", "--use-signing-config=false", "--allow-http-registry", "-y")
        .With("--type", type, "--predicate", predicateFile, reference).RunAsync()).Expect(0);

    public Task<Outcome> VerifyAsync(string key, string reference, bool isTagged) => Shell
        .With("verify", "--key", key, "--insecure-ignore-tlog=true", "--allow-http-registry")
        .With(isTagged ? ["--new-bundle-format=false"] : []).With(reference).RunAsync();

    public Task<Outcome> VerifyAttestationAsync(string key, string reference, string type) => Shell
        .With("verify-attestation", "--key", key, "--type", type, "--insecure-ignore-tlog=true", "--allow-http-registry", reference).RunAsync();
}

/// <summary>Programs of Debian's newest release, unpacked by ./test (eng/judges.sh).</summary>
public static class SidTools
{
    public static string Root => Environment.GetEnvironmentVariable("NUA_TEST_SID") is { } cache
        ? Path.Combine(cache, "root")
        : throw new InvalidOperationException("NUA_TEST_SID is not set: run the tests through ./test");

    /// <summary>What is attached to an image, as the registry client of the ORAS project sees it.</summary>
    public static async Task<string> OrasDiscoverAsync(string reference) =>
        (await new Shell(Path.Combine(Root, "usr/bin/oras")).With("discover", "--plain-http", "--format", "json", reference).RunAsync()).Expect(0).Out;

    /// <summary>The SPDX project's own validator.</summary>
    public static async Task SpdxAsync(string file) => (await new Shell("/usr/bin/python3")
        .With("-m", "spdx_tools.spdx.clitools.pyspdxtools", "-i", file)
        .Set("PYTHONPATH", Path.Combine(Root, "usr/lib/python3/dist-packages")).Set("PYTHONDONTWRITEBYTECODE", "1").RunAsync()).Expect(0);
}
