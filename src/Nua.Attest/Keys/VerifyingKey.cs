using System.Security.Cryptography;

namespace Nua.Attest.Keys;

/// <summary>The public half of an ECDSA P-256 pair. Immutable; safe to use from several threads.</summary>
public sealed class VerifyingKey
{
    private const string Label = "PUBLIC KEY";
    private const string P256 = "1.2.840.10045.3.1.7";

    private readonly byte[] _subjectPublicKeyInfo;

    private VerifyingKey(byte[] subjectPublicKeyInfo) => _subjectPublicKeyInfo = subjectPublicKeyInfo;

    /// <summary>Names the key without being one: base64 of the SHA-256 of its DER form, as cosign writes it into bundles.</summary>
    public string Hint => Convert.ToBase64String(SHA256.HashData(_subjectPublicKeyInfo));

    /// <summary>The same as hexadecimal digits, for people.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(_subjectPublicKeyInfo));

    /// <param name="where">Where the text is from, for messages.</param>
    /// <exception cref="Nua.Foundation.ProblemException">NUA3924.</exception>
    public static VerifyingKey Parse(string pem, string where)
    {
        if (!PemEncoding.TryFind(pem, out var fields) || pem[fields.Label] != Label)
        {
            throw KeyProblem.NotAPublicKey(where, $"there is no '-----BEGIN {Label}-----' in it");
        }

        using var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem.AsSpan(fields.Location.Start.Value, fields.Location.End.Value - fields.Location.Start.Value));
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw KeyProblem.NotAPublicKey(where, "it is not the key of an elliptic curve, or it is damaged", error);
        }

        return IsP256(key) ? Of(key) : throw KeyProblem.NotAPublicKey(where, "its curve is not P-256");
    }

    /// <summary>Whether the signature (ASN.1 DER, base of ECDSA with SHA-256) was made by the private half over these bytes.</summary>
    public bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(_subjectPublicKeyInfo, out _);
        try
        {
            return key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            // Not the DER of two integers.
            return false;
        }
    }

    /// <summary><c>-----BEGIN PUBLIC KEY-----</c>…, ended by a line feed.</summary>
    public string ToPem() => PemEncoding.WriteString(Label, _subjectPublicKeyInfo) + "\n";

    internal static VerifyingKey Of(ECDsa key) => new(key.ExportSubjectPublicKeyInfo());

    /// <summary>The named curve; a curve that a key spells out by its parameters could be a weak one that looks like it
    /// (CVE-2020-0601).</summary>
    internal static bool IsP256(ECDsa key)
    {
        var curve = key.ExportParameters(includePrivateParameters: false).Curve;
        return curve.IsNamed && (curve.Oid.Value == P256 || curve.Oid.FriendlyName == ECCurve.NamedCurves.nistP256.Oid.FriendlyName);
    }
}
