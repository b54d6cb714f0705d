using System.Security.Cryptography;

namespace Nua.Attest.Keys;

/// <summary>An ECDSA P-256 private key in memory. Dispose it when the signing is done.</summary>
public sealed class SigningKey : IDisposable
{
    private const string Plain = "PRIVATE KEY";
    private const string Encrypted = "ENCRYPTED PRIVATE KEY";
    private const string Sec1 = "EC PRIVATE KEY";

    // OWASP's figure for PBKDF2 with HMAC-SHA256; a passphrase is asked once per signature.
    private const int Iterations = 600_000;

    private readonly ECDsa _key;

    private SigningKey(ECDsa key) => _key = key;

    public VerifyingKey Public => VerifyingKey.Of(_key);

    public static SigningKey Generate() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>
    /// Reads PEM: <c>PRIVATE KEY</c> or <c>ENCRYPTED PRIVATE KEY</c> (PKCS#8, RFC 5958 and RFC 8018), <c>EC PRIVATE KEY</c> (SEC 1),
    /// or cosign's <c>ENCRYPTED SIGSTORE PRIVATE KEY</c>.
    /// </summary>
    /// <param name="passphrase">Null when none was given; asked for only when the key is encrypted.</param>
    /// <param name="where">Where the text is from, for messages.</param>
    /// <exception cref="Nua.Foundation.ProblemException">NUA3921 no usable key, NUA3922 no passphrase, NUA3923 a wrong
    /// one.</exception>
    public static SigningKey Parse(string pem, string? passphrase, string where)
    {
        if (!PemEncoding.TryFind(pem, out var fields))
        {
            throw KeyProblem.NotAPrivateKey(where, "it is not PEM: there is no '-----BEGIN … PRIVATE KEY-----' in it");
        }

        var block = pem.AsSpan(fields.Location.Start.Value, fields.Location.End.Value - fields.Location.Start.Value);
        var label = pem[fields.Label];
        var key = ECDsa.Create();
        try
        {
            switch (label)
            {
                case Plain or Sec1:
                    key.ImportFromPem(block);
                    break;
                case Encrypted:
                    Decrypt(key, block, passphrase ?? throw KeyProblem.NeedsPassphrase(where), where);
                    break;
                case "ENCRYPTED SIGSTORE PRIVATE KEY" or "ENCRYPTED COSIGN PRIVATE KEY":
                    var content = Convert.FromBase64String(pem[fields.Base64Data]);
                    var pkcs8 = CosignPrivateKey.Decrypt(content, passphrase ?? throw KeyProblem.NeedsPassphrase(where), where);
                    key.ImportPkcs8PrivateKey(pkcs8, out _);
                    CryptographicOperations.ZeroMemory(pkcs8);
                    break;
                default:
                    throw KeyProblem.NotAPrivateKey(where, $"it is a '{Foundation.Printable.Escape(label, 60)}'");
            }

            return VerifyingKey.IsP256(key)
                ? new SigningKey(key)
                : throw KeyProblem.NotAPrivateKey(where, "its curve is not P-256");
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw KeyProblem.NotAPrivateKey(where, "it is not the key of an elliptic curve, or it is damaged", error);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>ECDSA with SHA-256, as ASN.1 DER. Another one each time.</summary>
    public byte[] Sign(ReadOnlySpan<byte> data) =>
        _key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>PKCS#8 in PEM, ended by a line feed; encrypted (AES-256, PBKDF2) unless the passphrase is null.</summary>
    public string ToPem(string? passphrase) => (passphrase is null
        ? _key.ExportPkcs8PrivateKeyPem()
        : _key.ExportEncryptedPkcs8PrivateKeyPem(
            passphrase, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Iterations))) + "\n";

    public void Dispose() => _key.Dispose();

    /// <summary>The padding tells a wrong passphrase most of the time; else the bytes are no key.</summary>
    private static void Decrypt(ECDsa key, ReadOnlySpan<char> block, string passphrase, string where)
    {
        try
        {
            key.ImportFromEncryptedPem(block, passphrase);
        }
        catch (CryptographicException error)
        {
            throw KeyProblem.WrongPassphrase(where, error);
        }
    }
}
