using System.Text;
using Nua.Attest;
using Nua.Attest.Keys;
using Nua.Attest.Signatures;
using Nua.Attest.Statements;
using Nua.Attest.Verifying;
using Nua.Oci;
using Nua.Oci.Attachments;
using Nua.Testing;
using Nua.Tests.Oci;

namespace Nua.Tests.Attest;

public sealed class SigningTests : IDisposable
{
    private readonly AttestedImage _image = new();

    public void Dispose() => _image.Dispose();

    [Fact]
    public async Task Signature_is_verified_with_its_key_and_with_no_other()
    {
        var signature = await _image.Signer().SignAsync(_image.Key, CancellationToken.None);
        var verdict = await _image.VerdictAsync();
        Assert.True(verdict.IsVerified);
        Assert.Null(verdict.Problem);
        Assert.Equal((signature, AttachmentForm.Bundle, PredicateTypes.Signature), (verdict.Attachment, verdict.Form, verdict.PredicateType));

        using var other = SigningKey.Generate();
        verdict = await _image.VerdictAsync(other.Public);
        Assert.False(verdict.IsVerified);
        Assert.Equal("NUA3911", verdict.Problem!.Code);
    }

    [Fact]
    public async Task Older_form_is_verified_with_its_key_and_keeps_the_signatures_of_others()
    {
        using var other = SigningKey.Generate();
        await _image.Signer().SignTaggedAsync(other, "registry.example/notes", CancellationToken.None);
        await _image.Signer().SignTaggedAsync(_image.Key, "registry.example/notes", CancellationToken.None);
        var report = await _image.VerifyAsync();
        Assert.Equal([false, true], report.Verdicts.Select(verdict => verdict.IsVerified));
        Assert.Equal("registry.example/notes", report.Verdicts[1].Name);
        Assert.Equal([true, false], (await _image.VerifyAsync(other.Public)).Verdicts.Select(verdict => verdict.IsVerified));
    }

    [Fact]
    public async Task Signing_again_changes_nothing()
    {
        Assert.NotNull(await _image.Signer().SignAsync(_image.Key, CancellationToken.None));
        Assert.NotNull(await _image.Signer().SignTaggedAsync(_image.Key, "notes", CancellationToken.None));
        Assert.Null(await _image.Signer().SignAsync(_image.Key, CancellationToken.None));
        Assert.Null(await _image.Signer().SignTaggedAsync(_image.Key, "notes", CancellationToken.None));
        Assert.Equal(2, (await _image.VerifyAsync()).Verdicts.Count);
    }

    [Fact]
    public async Task Bare_statement_is_attached_once_and_proves_nothing()
    {
        var statement = new Statement([_image.Root.Digest], PredicateTypes.CycloneDx, """{"bomFormat":"CycloneDX"}"""u8.ToArray());
        Assert.NotNull(await _image.Signer().AttestAsync(statement, key: null, CancellationToken.None));
        Assert.Null(await _image.Signer().AttestAsync(statement, key: null, CancellationToken.None));
        var verdict = await _image.VerdictAsync();
        Assert.False(verdict.IsVerified);
        Assert.Equal(("NUA3910", PredicateTypes.CycloneDx), (verdict.Problem!.Code, verdict.PredicateType));
    }

    [Fact]
    public async Task Verified_statement_gives_its_predicate_and_meets_only_its_own_requirement()
    {
        var statement = new Statement([_image.Root.Digest], PredicateTypes.Spdx, """{"a":[1,2.50,"é"]}"""u8.ToArray());
        await _image.Signer().AttestAsync(statement, _image.Key, CancellationToken.None);
        var report = await _image.VerifyAsync();
        Assert.Equal("""{"a":[1,2.50,"é"]}""", Encoding.UTF8.GetString(report.Verdicts[0].Predicate!.Value.Span));
        Assert.Empty(report.Missing([PredicateTypes.Spdx], "notes"));
        Assert.Equal("NUA3901", Assert.Single(report.Missing([PredicateTypes.Signature, PredicateTypes.Spdx], "notes")).Code);
    }

    [Fact]
    public async Task Signature_of_one_image_is_none_of_another()
    {
        var other = TestImages.PublishTypical(_image.Store, "other:1", seed: 2);
        var statement = new Statement([other.Digest], PredicateTypes.Signature, "{}"u8.ToArray());
        _image.Attach(AttachmentManifests.Bundle(
            _image.Root, SigstoreBundle.Sign(statement.ToBytes(), _image.Key), PredicateTypes.Signature));
        var verdict = await _image.VerdictAsync();
        Assert.False(verdict.IsVerified);
        Assert.Equal("NUA3913", verdict.Problem!.Code);
        Assert.Contains(other.Digest.ToString(), verdict.Problem.Why!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Older_signature_of_one_image_is_none_of_another()
    {
        var payload = new SimpleSigning(Digest.Sha256("another"u8), "notes").ToBytes();
        var blob = AttachmentBlob.Of(AttestMediaTypes.SimpleSigning, payload);
        var layer = blob.Descriptor with
        {
            Annotations = StringMap.Of(AttestMediaTypes.SignatureAnnotation, Convert.ToBase64String(_image.Key.Sign(payload))),
        };
        _image.Attach(AttachmentManifests.Tagged(_image.Root.Digest, [layer], blob));
        Assert.Equal("NUA3913", (await _image.VerdictAsync()).Problem!.Code);
    }

    [Fact]
    public async Task More_attachments_than_are_looked_at_decide_nothing()
    {
        var limits = AttestLimits.Default with { MaxAttachments = 3 };
        for (var i = 0; i < 4; i++)
        {
            var statement = new Statement([_image.Root.Digest], $"urn:test:{i}", "{}"u8.ToArray());
            await _image.Signer().AttestAsync(statement, key: null, CancellationToken.None);
        }

        Assert.Equal("NUA3902", CompressionTests.CodeOf(() => _image.VerifyAsync(limits: limits).GetAwaiter().GetResult()));
        Assert.Equal(4, (await _image.VerifyAsync()).Verdicts.Count);
    }

    [Fact]
    public void More_signatures_behind_a_tag_than_are_looked_at_decide_nothing()
    {
        var blob = AttachmentBlob.Of(AttestMediaTypes.SimpleSigning, "{}"u8.ToArray());
        _image.Attach(AttachmentManifests.Tagged(_image.Root.Digest, [.. Enumerable.Repeat(blob.Descriptor, 129)], blob));
        Assert.Equal("NUA3902", CompressionTests.CodeOf(() => _image.VerifyAsync().GetAwaiter().GetResult()));
    }

    [Fact]
    public async Task Large_attachment_is_passed_over_and_too_much_of_all_decides_nothing()
    {
        var big = new Statement([_image.Root.Digest], "urn:test:big", Encoding.UTF8.GetBytes($$"""{"a":"{{new string('x', 5000)}}"}"""));
        await _image.Signer().AttestAsync(big, _image.Key, CancellationToken.None);
        await _image.Signer().SignAsync(_image.Key, CancellationToken.None);
        var report = await _image.VerifyAsync(limits: AttestLimits.Default with { MaxBytes = 4000 });
        Assert.True(report.Has(PredicateTypes.Signature));
        Assert.Contains(report.Verdicts, verdict => verdict.Problem?.Code == "NUA3916");
        Assert.Equal("NUA3902", CompressionTests.CodeOf(
            () => _image.VerifyAsync(limits: AttestLimits.Default with { MaxTotalBytes = 4000 }).GetAwaiter().GetResult()));
    }

    [Fact]
    public async Task Damaged_attachment_does_not_hide_the_good_one()
    {
        var junk = AttachmentBlob.Of(AttestMediaTypes.Bundle, "{"u8.ToArray());
        var statement = new Statement([_image.Root.Digest], PredicateTypes.Signature, "{}"u8.ToArray());
        var good = AttachmentManifests.Bundle(_image.Root, SigstoreBundle.Sign(statement.ToBytes(), _image.Key), PredicateTypes.Signature);
        var manifest = (ImageManifest.Parse(good.Manifest, "test") with { Layers = [junk.Descriptor] }).ToBytes();
        _image.Attach(new AttachmentContent(
            good.Attachment with { Manifest = Descriptor.Of(MediaTypes.Manifest, manifest) }, manifest, [good.Blobs[0], junk]));
        await _image.Signer().SignAsync(_image.Key, CancellationToken.None);
        var report = await _image.VerifyAsync();
        Assert.Equal(["NUA3914", null], report.Verdicts.OrderBy(verdict => verdict.IsVerified).Select(verdict => verdict.Problem?.Code));
    }

    [Fact]
    public async Task Reader_of_a_lying_place_compares_the_subject_itself()
    {
        var other = TestImages.PublishTypical(_image.Store, "other:1", seed: 2);
        var statement = new Statement([other.Digest], PredicateTypes.Signature, "{}"u8.ToArray());
        var content = AttachmentManifests.Bundle(other, SigstoreBundle.Sign(statement.ToBytes(), _image.Key), PredicateTypes.Signature);
        _image.Attach(content);
        var lying = new LyingPlace(_image.Place(), content.Attachment with { Subject = _image.Root.Digest });
        var report = await Verifier.VerifyAsync(lying, _image.Key.Public, AttestLimits.Default, CancellationToken.None);
        Assert.Equal("NUA3913", Assert.Single(report.Verdicts).Problem!.Code);
    }
}
