using System.Security.Cryptography;
using Nua.Attest.Keys;
using Nua.Tests.Oci;

namespace Nua.Tests.Attest;

public sealed class KeyTests
{
    // Made with 'cosign generate-key-pair' 3.1.1 and the passphrase "secret", for this test.
    private const string CosignKey = """
        -----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----
        eyJrZGYiOnsibmFtZSI6InNjcnlwdCIsInBhcmFtcyI6eyJOIjo2NTUzNiwiciI6
        OCwicCI6MX0sInNhbHQiOiJ1ZCtQekwzZHJhRGJjU0ZnYmh5S1htODFEeDBvOW12
        c1RMRmwyTjdObnZJPSJ9LCJjaXBoZXIiOnsibmFtZSI6Im5hY2wvc2VjcmV0Ym94
        Iiwibm9uY2UiOiJYNnAzTm1uT0tLc2REd3hTQ09zTzVHMTZiejRmM2htWiJ9LCJj
        aXBoZXJ0ZXh0IjoiYUJ2dnFTczZlaVhkcHN6SkV4QktwZXlZUUJsZXlFdVFnbUll
        MHA3OHNJNmV4bEhJdmR0YzB6VFN6QmtHTitSNlRpWU1JemNTRWh5NnhMMGhFUXMx
        NUJpT2FzNlhlTk4vbWVJSHFzcTFxNHdrWTZlcGw1OUtLcVgzWVkvY2lQUDFPSlZW
        ZEcvRFltOVRtUmdXQnBXZm9lL01TSWljeldTZ08zQkF2QlpiZHRjYzI1YXlhUWwr
        a1JUeGxYcHZJUURiZkkySmZiS01VZ1FXY0E9PSJ9
        -----END ENCRYPTED SIGSTORE PRIVATE KEY-----
        """;

    private const string CosignPublicKey = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeH5kxNDArNvlWbmOylLOPmk+hG98
        kmNtVTFFCd1+y21HO4eSW/9H6mv4YncdTM7OxkFgSx7l03+2WKy6mcLYgg==
        -----END PUBLIC KEY-----
        """;

    [Fact]
    public void Cosigns_key_opens_with_its_passphrase_and_with_no_other()
    {
        using var key = SigningKey.Parse(CosignKey, "secret", "cosign.key");
        Assert.Equal(VerifyingKey.Parse(CosignPublicKey, "cosign.pub").Hint, key.Public.Hint);
        Assert.Equal("phMQftHJmnKyUPVgT0NohjdMAHpM1yL8Qnai8ConZE4=", key.Public.Hint);
        Assert.True(key.Public.Verifies("data"u8, key.Sign("data"u8)));
        Assert.Equal("NUA3923", CompressionTests.CodeOf(() => SigningKey.Parse(CosignKey, "Secret", "cosign.key")));
        Assert.Equal("NUA3922", CompressionTests.CodeOf(() => SigningKey.Parse(CosignKey, null, "cosign.key")));
    }

    [Theory]
    [InlineData("\"N\":65536", "\"N\":1073741824", "NUA3921")]
    [InlineData("\"r\":8", "\"r\":8000000", "NUA3921")]
    [InlineData("scrypt", "bcrypt", "NUA3921")]
    [InlineData("nacl/secretbox", "aes", "NUA3921")]
    [InlineData("\"nonce\":\"", "\"nonce\":\"AAAA", "NUA3921")]
    [InlineData("\"ciphertext\":\"aBvv", "\"ciphertext\":\"bBvv", "NUA3923")]
    public void Cosigns_key_that_was_changed_is_refused_without_much_work(string old, string changed, string code)
    {
        var fields = PemEncoding.Find(CosignKey);
        var text = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(CosignKey[fields.Base64Data]));
        Assert.Contains(old, text, StringComparison.Ordinal);
        var pem = PemEncoding.WriteString(
            "ENCRYPTED SIGSTORE PRIVATE KEY", System.Text.Encoding.UTF8.GetBytes(text.Replace(old, changed, StringComparison.Ordinal)));
        Assert.Equal(code, CompressionTests.CodeOf(() => SigningKey.Parse(pem, "secret", "cosign.key")));
    }

    [Fact]
    public void Key_written_with_a_passphrase_needs_it()
    {
        using var key = SigningKey.Generate();
        var pem = key.ToPem("correct horse");
        Assert.StartsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----", pem, StringComparison.Ordinal);
        using var again = SigningKey.Parse(pem, "correct horse", "a.key");
        Assert.Equal(key.Public.ToPem(), again.Public.ToPem());
        Assert.Equal("NUA3923", CompressionTests.CodeOf(() => SigningKey.Parse(pem, "wrong", "a.key")));
        Assert.Equal("NUA3922", CompressionTests.CodeOf(() => SigningKey.Parse(pem, null, "a.key")));
    }

    [Fact]
    public void Every_plain_form_of_a_key_is_read_and_its_public_half_is_not_taken_for_it()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        foreach (var pem in (string[])[ecdsa.ExportPkcs8PrivateKeyPem(), ecdsa.ExportECPrivateKeyPem()])
        {
            using var key = SigningKey.Parse(pem, null, "a.key");
            Assert.Equal(ecdsa.ExportSubjectPublicKeyInfoPem(), key.Public.ToPem().TrimEnd());
        }

        Assert.Equal("NUA3921", CompressionTests.CodeOf(() => SigningKey.Parse(ecdsa.ExportSubjectPublicKeyInfoPem(), null, "a.pub")));
        Assert.Equal("NUA3924", CompressionTests.CodeOf(() => VerifyingKey.Parse(ecdsa.ExportPkcs8PrivateKeyPem(), "a.key")));
    }

    [Fact]
    public void Keys_of_other_kinds_are_refused()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        Assert.Equal("NUA3921", CompressionTests.CodeOf(() => SigningKey.Parse(p384.ExportPkcs8PrivateKeyPem(), null, "a")));
        Assert.Equal("NUA3924", CompressionTests.CodeOf(() => VerifyingKey.Parse(p384.ExportSubjectPublicKeyInfoPem(), "a")));
        Assert.Equal("NUA3921", CompressionTests.CodeOf(() => SigningKey.Parse(rsa.ExportPkcs8PrivateKeyPem(), null, "a")));
        Assert.Equal("NUA3924", CompressionTests.CodeOf(() => VerifyingKey.Parse(rsa.ExportSubjectPublicKeyInfoPem(), "a")));
    }

    /// <summary>CVE-2020-0601: a key may spell its curve out, with a generator of the attacker's choice.</summary>
    [Fact]
    public void Key_that_brings_its_own_curve_is_refused()
    {
        using var named = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var spelled = ECDsa.Create(named.ExportExplicitParameters(includePrivateParameters: false));
        Assert.Equal("NUA3924", CompressionTests.CodeOf(() => VerifyingKey.Parse(spelled.ExportSubjectPublicKeyInfoPem(), "a")));
    }

    [Fact]
    public void Missing_and_oversized_files_are_refused()
    {
        using var folder = new Nua.Testing.TempDirectory();
        Assert.Equal("NUA3920", CompressionTests.CodeOf(() => KeyFile.ReadPublic(folder["missing"])));
        File.WriteAllText(folder["large"], new string('x', 100_000));
        Assert.Equal("NUA3920", CompressionTests.CodeOf(() => KeyFile.ReadPrivate(folder["large"], null)));
    }
}
