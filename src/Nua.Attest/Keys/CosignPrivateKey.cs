using System.Security.Cryptography;
using System.Text;
using Nua.Foundation;
using Nua.Oci.Json;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace Nua.Attest.Keys;

/// <summary>
/// Opens the file that <c>cosign generate-key-pair</c> writes: PKCS#8 in NaCl's secretbox, its key made from the passphrase by scrypt.
/// Only reading; Nua writes encrypted PKCS#8.
/// </summary>
/// <remarks>
/// <code>
/// {"kdf":{"name":"scrypt","params":{"N":65536,"r":8,"p":1},"salt":BASE64},
///  "cipher":{"name":"nacl/secretbox","nonce":BASE64},"ciphertext":BASE64}
/// </code>
/// The primitives are BouncyCastle's. A secretbox is a Poly1305 tag and what XSalsa20 encrypted; the first 32 bytes of the key stream are the
/// tag's key (Bernstein, "Cryptography in NaCl", section 9).
/// </remarks>
internal static class CosignPrivateKey
{
    private const int TagBytes = 16;
    private const int KeyBytes = 32;
    private const int NonceBytes = 24;

    // scrypt takes 128·N·r bytes. cosign writes N=65536, r=8: 64 MiB; the double is let through.
    private const long MaxMemory = 128L << 20;

    private static readonly string[] _keys = ["kdf", "cipher", "ciphertext"];
    private static readonly string[] _kdfKeys = ["name", "params", "salt"];
    private static readonly string[] _parameterKeys = ["N", "r", "p"];
    private static readonly string[] _cipherKeys = ["name", "nonce"];

    /// <exception cref="ProblemException">NUA3921 not of this form, NUA3923 wrong passphrase.</exception>
    public static byte[] Decrypt(byte[] content, string passphrase, string where)
    {
        try
        {
            using var document = StrictJson.Parse(content, where, maxBytes: 64 << 10);
            var json = JsonObjectReader.Open(document.RootElement, where, _keys);
            var key = DeriveKey(json, passphrase);
            var cipher = json.OptionalObject("cipher", _cipherKeys) ?? throw json.Invalid("cipher", "it is missing");
            Expect(cipher, "name", "nacl/secretbox");
            var opened = Open(Bytes(json, "ciphertext"), key, Bytes(cipher, "nonce", NonceBytes));
            return opened ?? throw KeyProblem.WrongPassphrase(where);
        }
        catch (ProblemException error) when (error.Problems[0].Code is not "NUA3923")
        {
            throw KeyProblem.NotAPrivateKey(where, error.Problems[0].Why ?? error.Problems[0].What, error);
        }
    }

    private static byte[] DeriveKey(JsonObjectReader json, string passphrase)
    {
        var kdf = json.OptionalObject("kdf", _kdfKeys) ?? throw json.Invalid("kdf", "it is missing");
        Expect(kdf, "name", "scrypt");
        var parameters = kdf.OptionalObject("params", _parameterKeys) ?? throw kdf.Invalid("params", "it is missing");
        var (n, r, p) = (parameters.Int64("N"), parameters.Int64("r"), parameters.Int64("p"));
        if (n < 2 || !long.IsPow2(n) || n > 1 << 20 || r is < 1 or > 64 || p is < 1 or > 4 || 128 * n * r > MaxMemory)
        {
            throw parameters.Invalid("N", "the work factors of scrypt are out of range");
        }

        return SCrypt.Generate(Encoding.UTF8.GetBytes(passphrase), Bytes(kdf, "salt"), (int)n, (int)r, (int)p, KeyBytes);
    }

    private static byte[]? Open(byte[] box, byte[] key, byte[] nonce)
    {
        if (box.Length < TagBytes)
        {
            return null;
        }

        var cipher = new XSalsa20Engine();
        cipher.Init(forEncryption: false, new ParametersWithIV(new KeyParameter(key), nonce));
        var tagKey = new byte[KeyBytes];
        cipher.ProcessBytes(tagKey, 0, KeyBytes, tagKey, 0);
        var tag = new byte[TagBytes];
        var poly = new Poly1305();
        poly.Init(new KeyParameter(tagKey));
        poly.BlockUpdate(box, TagBytes, box.Length - TagBytes);
        poly.DoFinal(tag, 0);
        if (!CryptographicOperations.FixedTimeEquals(tag, box.AsSpan(0, TagBytes)))
        {
            return null;
        }

        var plain = new byte[box.Length - TagBytes];
        cipher.ProcessBytes(box, TagBytes, plain.Length, plain, 0);
        return plain;
    }

    private static void Expect(JsonObjectReader json, string name, string value)
    {
        if (json.String(name) != value)
        {
            throw json.Invalid(name, $"only '{value}' is known");
        }
    }

    private static byte[] Bytes(JsonObjectReader json, string name, int? length = null) =>
        Base64.Decode(json.String(name)) is { } bytes && bytes.Length == (length ?? bytes.Length)
            ? bytes
            : throw json.Invalid(name, "it is not base64 of the right length");
}
