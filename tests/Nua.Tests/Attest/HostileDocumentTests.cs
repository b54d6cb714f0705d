using System.Text;
using Nua.Attest.Keys;
using Nua.Attest.Provenance;
using Nua.Attest.Signatures;
using Nua.Attest.Statements;
using Nua.Oci;
using Nua.Tests.Oci;

namespace Nua.Tests.Attest;

/// <summary>Documents that others wrote: refused with a code, never with a crash.</summary>
public sealed class HostileDocumentTests
{
    private const string Media = "\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\"";
    private const string Material = "\"verificationMaterial\":{\"publicKey\":{\"hint\":\"x\"}}";
    private const string Signatures = "\"signatures\":[{\"sig\":\"AA==\"}]";
    private const string Envelope = "\"dsseEnvelope\":{\"payload\":\"e30=\",\"payloadType\":\"application/vnd.in-toto+json\"," + Signatures + "}";
    private const string Image = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

    [Theory]
    [InlineData("", "NUA3002")]
    [InlineData("[]", "NUA3004")]
    [InlineData("{}", "NUA3004")]
    [InlineData("{" + Media + "," + Media + "," + Material + "," + Envelope + "}", "NUA3003")]
    [InlineData("{" + Media + "," + Material + "," + Envelope + ",\"DsseEnvelope\":{}}", "NUA3003")]
    [InlineData("{" + Media + "," + Material + "," + Envelope + "}{}", "NUA3002")]
    [InlineData("{" + Media + "," + Envelope + "}", "NUA3004")]
    [InlineData("{" + Media + "," + Material + "}", "NUA3004")]
    [InlineData("{" + Media + ",\"verificationMaterial\":{\"certificate\":{}}," + Envelope + "}", "NUA3915")]
    [InlineData("{" + Media + "," + Material + "," + Envelope + ",\"messageSignature\":{}}", "NUA3915")]
    [InlineData("{" + Media + "," + Material + ",\"dsseEnvelope\":{\"payload\":\"e30=\",\"payloadType\":\"text/plain\"," + Signatures + "}}", "NUA3915")]
    [InlineData("{" + Media + "," + Material + ",\"dsseEnvelope\":{\"payload\":\"e3 0=\",\"payloadType\":\"application/vnd.in-toto+json\"," + Signatures + "}}", "NUA3004")]
    [InlineData("{" + Media + "," + Material + ",\"dsseEnvelope\":{\"payload\":\"e31=\",\"payloadType\":\"application/vnd.in-toto+json\"," + Signatures + "}}", "NUA3004")]
    [InlineData("{" + Media + "," + Material + ",\"dsseEnvelope\":{\"payload\":\"\",\"payloadType\":\"application/vnd.in-toto+json\"," + Signatures + "}}", "NUA3004")]
    [InlineData("{" + Media + "," + Material + ",\"dsseEnvelope\":{\"payload\":\"e30=\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[]}}", "NUA3004")]
    [InlineData("{" + Media + "," + Material + ",\"dsseEnvelope\":{\"payload\":\"e30=\",\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{\"sig\":\"AA==\"},{\"sig\":\"AA==\"}]}}", "NUA3004")]
    [InlineData("{" + Media + "," + Material + ",\"dsseEnvelope\":{\"payload\":7,\"payloadType\":\"application/vnd.in-toto+json\"," + Signatures + "}}", "NUA3004")]
    public void Bundle(string text, string code) =>
        Assert.Equal(code, CompressionTests.CodeOf(() => SigstoreBundle.Parse(Encoding.UTF8.GetBytes(text), "test", 1 << 20)));

    [Fact]
    public void Bundle_over_the_limit_and_nesting_without_end_are_refused()
    {
        var deep = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 100_000)));
        Assert.Equal("NUA3002", CompressionTests.CodeOf(() => SigstoreBundle.Parse(deep, "test", 1 << 20)));
        Assert.Equal("NUA3001", CompressionTests.CodeOf(() => SigstoreBundle.Parse(deep, "test", 1000)));
    }

    [Theory]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v2","subject":[{"digest":{"sha256":"00"}}],"predicateType":"urn:a"}""")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"urn:a"}""")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","predicateType":"urn:a"}""")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":7}}],"predicateType":"urn:a"}""")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{}}]}""")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{}}],"predicateType":"urn:a","predicate":[]}""")]
    public void Statement_of_wrong_form(string text) =>
        Assert.Equal("NUA3004", CompressionTests.CodeOf(() => Statement.Parse(Encoding.UTF8.GetBytes(text), "test", 1 << 20)));

    [Fact]
    public void Statement_passes_over_digests_that_name_no_manifest()
    {
        var text = $$$"""
            {"_type":"https://in-toto.io/Statement/v0.1","subject":[{"name":"a","digest":{"sha256":"12","gitCommit":"ab"}},
            {"digest":{"sha256":"{{{Image[7..]}}}"}}],"predicateType":"urn:a"}
            """;
        var statement = Statement.Parse(Encoding.UTF8.GetBytes(text), "test", 1 << 20);
        Assert.True(statement.IsAbout(Digest.Parse(Image)));
        Assert.Equal(("a", 1), (statement.Name, statement.Subjects.Count));
    }

    [Theory]
    [InlineData("""{"critical":null}""", "NUA3004")]
    [InlineData("""{"critical":{"identity":{"docker-reference":"a"},"image":{"docker-manifest-digest":"sha256:1"},"type":"cosign container image signature"}}""", "NUA3005")]
    [InlineData("""{"critical":{"identity":{"docker-reference":"a"},"image":{"docker-manifest-digest":"IMAGE"},"type":"atomic container signature"}}""", "NUA3004")]
    [InlineData("""{"critical":{"identity":{},"image":{"docker-manifest-digest":"IMAGE"},"type":"cosign container image signature"}}""", "NUA3004")]
    [InlineData("""{"critical":{"identity":{"docker-reference":"a"},"image":{"docker-manifest-digest":"IMAGE"},"type":"cosign container image signature","expires":1}}""", "NUA3004")]
    public void Simple_signing_payload(string text, string code) => Assert.Equal(code, CompressionTests.CodeOf(
        () => SimpleSigning.Parse(Encoding.UTF8.GetBytes(text.Replace("IMAGE", Image, StringComparison.Ordinal)), "test")));

    [Theory]
    [InlineData("nothing", "NUA3924")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "NUA3924")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "NUA3924")]
    public void Public_key(string pem, string code) => Assert.Equal(code, CompressionTests.CodeOf(() => VerifyingKey.Parse(pem, "test")));

    [Theory]
    [InlineData("""{}""", """{}""")]
    [InlineData("""[]""", """{}""")]
    [InlineData("""{"schema":2}""", """{}""")]
    [InlineData("""{"schema":"1"}""", """{}""")]
    [InlineData("""{"schema":1}""", """[]""")]
    public void Build_record_of_wrong_form(string build, string config) => Assert.Equal("NUA3930", CompressionTests.CodeOf(
        () => BuildRecord.Parse(Encoding.UTF8.GetBytes(build), Encoding.UTF8.GetBytes(config), "test")));

    [Fact]
    public void Provenance_of_a_build_record_with_everything_missing_or_of_another_type_still_is_one()
    {
        using var record = BuildRecord.Parse(
            """{"schema":1,"source":7,"base":[],"packages":{},"toolchains":[1,{"integrity":"sha512-!"}],"plan":"x"}"""u8.ToArray(), "{}"u8.ToArray(), "test");
        var predicate = Encoding.UTF8.GetString(SlsaProvenance.Predicate(record, new BuilderIdentity(BuilderIdentity.LocalId)).Span);
        Assert.Contains("\"buildType\":\"urn:nua:build:v1\"", predicate, StringComparison.Ordinal);
    }
}
