using Nua.Attest.Keys;
using Nua.Attest.Places;
using Nua.Attest.Signatures;
using Nua.Attest.Statements;
using Nua.Attest.Verifying;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Attachments;

namespace Nua.Attest;

/// <summary>Attaches signatures and statements to an image. What is there already is not attached again.</summary>
/// <param name="place">The image.</param>
/// <param name="limits">For what others attached before.</param>
public sealed class Signer(IAttachmentPlace place, AttestLimits limits)
{
    /// <summary>Signs the image: a bundle that says no more than its digest.</summary>
    /// <returns>The signature's manifest, or null when the key has signed this image in this form before.</returns>
    public Task<Digest?> SignAsync(SigningKey key, CancellationToken cancellation) =>
        AttestAsync(new Statement([place.Subject.Digest], PredicateTypes.Signature, "{}"u8.ToArray()), key, cancellation);

    /// <summary>Attaches a statement about the image, signed when there is a key.</summary>
    /// <returns>The attachment's manifest, or null when the same statement (of the same key) is attached already.</returns>
    public async Task<Digest?> AttestAsync(Statement statement, SigningKey? key, CancellationToken cancellation)
    {
        if (key is null)
        {
            var bare = AttachmentManifests.Bare(place.Subject, statement);
            var isThere = (await place.ListAsync(cancellation)).Any(other => other.Manifest.Digest == bare.Attachment.Manifest.Digest);
            return isThere ? null : await AttachAsync(bare, cancellation);
        }

        var before = await Verifier.VerifyAsync(place, key.Public, limits, cancellation);
        if (before.Verdicts.Any(verdict => verdict is { IsVerified: true, Form: AttachmentForm.Bundle }
            && verdict.PredicateType == statement.PredicateType
            && verdict.Predicate is { } predicate && predicate.Span.SequenceEqual(statement.Predicate.Span)))
        {
            return null;
        }

        var bundle = SigstoreBundle.Sign(statement.ToBytes(), key);
        return await AttachAsync(AttachmentManifests.Bundle(place.Subject, bundle, statement.PredicateType), cancellation);
    }

    /// <summary>Signs the image in cosign's older form, beside the signatures that are there.</summary>
    /// <param name="name">What the image is called in the signature.</param>
    /// <returns>The manifest of all such signatures, or null when the key has signed this image in this form before.</returns>
    /// <exception cref="ProblemException">NUA3902: there are too many signatures already.</exception>
    public async Task<Digest?> SignTaggedAsync(SigningKey key, string name, CancellationToken cancellation)
    {
        var before = await Verifier.VerifyAsync(place, key.Public, limits, cancellation);
        if (before.Verdicts.Any(verdict => verdict is { IsVerified: true, Form: AttachmentForm.Tag }))
        {
            return null;
        }

        var layers = new List<Descriptor>();
        var tag = AttachmentTag.Of(place.Subject.Digest);
        if ((await place.ListAsync(cancellation)).FirstOrDefault(attachment => attachment.Tag == tag) is { } existing)
        {
            var bytes = await place.ReadAsync(existing.Manifest, Attachment.MaxManifestBytes, cancellation);
            layers.AddRange(ImageManifest.Parse(bytes, tag, existing.Manifest.MediaType).Layers);
        }

        var payload = new SimpleSigning(place.Subject.Digest, name).ToBytes();
        var blob = AttachmentBlob.Of(AttestMediaTypes.SimpleSigning, payload);
        layers.Add(blob.Descriptor with
        {
            Annotations = StringMap.Of(AttestMediaTypes.SignatureAnnotation, Convert.ToBase64String(key.Sign(payload))),
        });
        return await AttachAsync(AttachmentManifests.Tagged(place.Subject.Digest, layers, blob), cancellation);
    }

    private async Task<Digest?> AttachAsync(AttachmentContent content, CancellationToken cancellation)
    {
        await place.AttachAsync(content, cancellation);
        return content.Attachment.Manifest.Digest;
    }
}
