using System.Text;
using Nua.Attest.Keys;
using Nua.Attest.Signatures;
using Nua.Attest.Statements;
using Nua.Foundation;
using Nua.Oci;

namespace Nua.Tests.Attest;

/// <summary>Every byte of what is stored is changed once.</summary>
public sealed class TamperingTests : IDisposable
{
    private static readonly Digest _image = Digest.Sha256("image"u8);

    private readonly SigningKey _key = SigningKey.Generate();

    public void Dispose() => _key.Dispose();

    [Fact]
    public void Bundle_with_any_byte_changed_is_refused_or_says_exactly_the_same()
    {
        var statement = new Statement([_image], "urn:test:type", """{"level":1}"""u8.ToArray()).ToBytes();
        var bundle = SigstoreBundle.Sign(statement, _key).ToBytes();
        Assert.True(Accepts(bundle, statement));
        var accepted = new List<int>();
        for (var i = 0; i < bundle.Length; i++)
        {
            foreach (var flip in (byte[])[0x01, 0x20, 0x80])
            {
                var changed = (byte[])bundle.Clone();
                changed[i] ^= flip;
                if (Accepts(changed, statement))
                {
                    accepted.Add(i);
                }
            }
        }

        // Only the hint is not signed, and nothing is believed because of it; its key may as well have another name.
        var text = Encoding.ASCII.GetString(bundle);
        var hint = text.IndexOf("\"publicKey\"", StringComparison.Ordinal);
        var end = text.IndexOf("dsseEnvelope", StringComparison.Ordinal);
        Assert.All(accepted, i => Assert.InRange(i, hint, end));
    }

    [Fact]
    public void Payload_or_signature_with_any_byte_changed_is_refused()
    {
        var statement = new Statement([_image], "urn:test:type", """{"level":1}"""u8.ToArray()).ToBytes();
        var bundle = SigstoreBundle.Sign(statement, _key);
        for (var i = 0; i < statement.Length; i++)
        {
            Assert.False((bundle with { Payload = Changed(bundle.Payload, i) }).Verifies(_key.Public), $"payload {i}");
        }

        for (var i = 0; i < bundle.Signature.Length; i++)
        {
            Assert.False((bundle with { Signature = Changed(bundle.Signature, i) }).Verifies(_key.Public), $"signature {i}");
        }
    }

    [Fact]
    public void Older_payload_or_signature_with_any_byte_changed_is_refused()
    {
        var payload = new SimpleSigning(_image, "registry.example/notes").ToBytes();
        var signature = _key.Sign(payload);
        Assert.True(_key.Public.Verifies(payload, signature));
        for (var i = 0; i < payload.Length; i++)
        {
            Assert.False(_key.Public.Verifies(Changed(payload, i).Span, signature), $"payload {i}");
        }

        for (var i = 0; i < signature.Length; i++)
        {
            Assert.False(_key.Public.Verifies(payload, Changed(signature, i).Span), $"signature {i}");
        }

        Assert.False(_key.Public.Verifies(payload, []));
        Assert.False(_key.Public.Verifies(payload, [.. signature, 0]));
    }

    [Fact]
    public void Statement_signed_as_something_else_is_refused()
    {
        var statement = new Statement([_image], "urn:test:type", "{}"u8.ToArray()).ToBytes();
        Assert.False(new SigstoreBundle(statement, _key.Sign(statement), Hint: null).Verifies(_key.Public));
    }

    private static ReadOnlyMemory<byte> Changed(ReadOnlyMemory<byte> bytes, int at)
    {
        var changed = bytes.ToArray();
        changed[at] ^= 0x01;
        return changed;
    }

    private bool Accepts(byte[] bytes, byte[] statement)
    {
        try
        {
            var bundle = SigstoreBundle.Parse(bytes, "test", 1 << 20);
            if (!bundle.Verifies(_key.Public))
            {
                return false;
            }

            Assert.Equal(statement, bundle.Payload.ToArray());
            return true;
        }
        catch (ProblemException)
        {
            return false;
        }
    }
}
