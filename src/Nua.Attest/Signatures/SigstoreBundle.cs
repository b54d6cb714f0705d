using System.Text;
using Nua.Attest.Keys;
using Nua.Foundation;
using Nua.Oci.Json;

namespace Nua.Attest.Signatures;

/// <summary>
/// A statement and its signature in one document: the Sigstore bundle, version 0.3 (sigstore/protobuf-specs, sigstore_bundle.proto), around a DSSE
/// envelope (secure-systems-lab/dsse), signed with a key pair. No transparency log, no certificate, no time.
/// </summary>
/// <param name="Payload">The statement's exact bytes.</param>
/// <param name="Signature">ASN.1 DER over <see cref="SignedBytes"/>.</param>
/// <param name="Hint">Which key it was, as its signer says. Not signed: never a reason to believe anything.</param>
public sealed record SigstoreBundle(ReadOnlyMemory<byte> Payload, ReadOnlyMemory<byte> Signature, string? Hint)
{
    private static readonly string[] _keys = ["mediaType", "verificationMaterial", "dsseEnvelope", "messageSignature"];
    private static readonly string[] _materialKeys =
        ["publicKey", "certificate", "x509CertificateChain", "tlogEntries", "timestampVerificationData"];
    private static readonly string[] _keyKeys = ["hint"];
    private static readonly string[] _envelopeKeys = ["payload", "payloadType", "signatures"];
    private static readonly string[] _signatureKeys = ["sig", "keyid"];

    public static SigstoreBundle Sign(ReadOnlyMemory<byte> payload, SigningKey key) =>
        new(payload, key.Sign(SignedBytes(payload.Span)), key.Public.Hint);

    public bool Verifies(VerifyingKey key) => key.Verifies(SignedBytes(Payload.Span), Signature.Span);

    /// <summary>The document, in the order of cosign.</summary>
    public byte[] ToBytes()
    {
        using var json = new CanonicalJson();
        json.Start();
        json.String("mediaType", AttestMediaTypes.Bundle);
        json.Start("verificationMaterial");
        json.Start("publicKey");
        json.OptionalString("hint", Hint);
        json.End();
        json.End();
        json.Start("dsseEnvelope");
        json.String("payload", Convert.ToBase64String(Payload.Span));
        json.String("payloadType", AttestMediaTypes.Statement);
        json.StartArray("signatures");
        json.Start();
        json.String("sig", Convert.ToBase64String(Signature.Span));
        json.End();
        json.EndArray();
        json.End();
        json.End();
        return json.ToBytes();
    }

    /// <summary>Reads a bundle that holds a statement signed with a key pair.</summary>
    /// <exception cref="ProblemException">NUA3001–3004 it is not a bundle; NUA3915 it is one of another kind.</exception>
    public static SigstoreBundle Parse(ReadOnlyMemory<byte> bytes, string where, int maxBytes)
    {
        using var document = StrictJson.Parse(bytes, where, maxBytes);
        var json = JsonObjectReader.Open(document.RootElement, where, _keys);
        if (json.String("mediaType") != AttestMediaTypes.Bundle)
        {
            throw json.Invalid("mediaType", $"only '{AttestMediaTypes.Bundle}' is known");
        }

        var material = json.OptionalObject("verificationMaterial", _materialKeys)
            ?? throw json.Invalid("verificationMaterial", "it is missing");
        if (material.Has("certificate") || material.Has("x509CertificateChain"))
        {
            throw VerifyProblem.OtherKind(where, "it is signed with a certificate: an identity, not a key");
        }

        if (json.Has("messageSignature"))
        {
            throw VerifyProblem.OtherKind(where, "it signs a file, not a statement");
        }

        var envelope = json.OptionalObject("dsseEnvelope", _envelopeKeys) ?? throw json.Invalid("dsseEnvelope", "it is missing");
        if (envelope.String("payloadType") != AttestMediaTypes.Statement)
        {
            throw VerifyProblem.OtherKind(where, "what it signs is not an in-toto statement");
        }

        var signatures = envelope.OptionalObjects("signatures", _signatureKeys) ?? [];
        if (signatures.Count != 1)
        {
            throw envelope.Invalid("signatures", $"a bundle has exactly one, this has {signatures.Count}");
        }

        return new SigstoreBundle(
            Bytes(envelope, "payload"),
            Bytes(signatures[0], "sig"),
            material.OptionalObject("publicKey", _keyKeys)?.OptionalString("hint"));
    }

    /// <summary>DSSE's pre-authentication encoding: <c>DSSEv1 LENGTH TYPE LENGTH PAYLOAD</c>, so that no payload can be taken for one of
    /// another type.</summary>
    private static byte[] SignedBytes(ReadOnlySpan<byte> payload)
    {
        const string type = AttestMediaTypes.Statement;
        return [.. Encoding.ASCII.GetBytes($"DSSEv1 {type.Length} {type} {payload.Length} "), .. payload];
    }

    private static byte[] Bytes(JsonObjectReader json, string name) =>
        Base64.Decode(json.String(name)) is { Length: > 0 } bytes ? bytes : throw json.Invalid(name, "it is not base64");
}
