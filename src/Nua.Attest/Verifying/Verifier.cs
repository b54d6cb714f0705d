using Nua.Attest.Keys;
using Nua.Attest.Places;
using Nua.Attest.Signatures;
using Nua.Attest.Statements;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Attachments;

namespace Nua.Attest.Verifying;

/// <summary>Looks at everything that is attached to an image and says of each whether the key made it, for this very image.</summary>
public sealed class Verifier
{
    private readonly IAttachmentPlace _place;
    private readonly VerifyingKey _key;
    private readonly AttestLimits _limits;
    private readonly AttachmentReader _reader;

    private Verifier(IAttachmentPlace place, VerifyingKey key, AttestLimits limits)
    {
        _place = place;
        _key = key;
        _limits = limits;
        _reader = new AttachmentReader(place, limits);
    }

    private Digest Image => _place.Subject.Digest;

    /// <summary>An attachment that is damaged, hostile or somebody else's is a verdict, never an exception: it must not keep the good ones from
    /// being found.</summary>
    /// <exception cref="ProblemException">NUA3902: there is more than <paramref name="limits"/> allow, so that nothing can be said; those of
    /// listing.</exception>
    public static async Task<VerificationReport> VerifyAsync(
        IAttachmentPlace place, VerifyingKey key, AttestLimits limits, CancellationToken cancellation)
    {
        var attachments = await place.ListAsync(cancellation);
        if (attachments.Count > limits.MaxAttachments)
        {
            throw TooMany(place, limits);
        }

        var verifier = new Verifier(place, key, limits);
        var verdicts = new List<AttachmentVerdict>();
        foreach (var attachment in attachments)
        {
            cancellation.ThrowIfCancellationRequested();
            verdicts.AddRange(await verifier.JudgeAsync(attachment, cancellation));
        }

        return new VerificationReport(place.Subject.Digest, verdicts);
    }

    private static ProblemException TooMany(IAttachmentPlace place, AttestLimits limits) =>
        VerifyProblem.TooMany(place.Subject.Digest, place.Name, $"at most {limits.MaxAttachments} attachments are looked at");

    private async Task<IReadOnlyList<AttachmentVerdict>> JudgeAsync(Attachment attachment, CancellationToken cancellation)
    {
        var digest = attachment.Manifest.Digest;
        ImageManifest manifest;
        try
        {
            var bytes = await _reader.ReadAsync(attachment.Manifest, Attachment.MaxManifestBytes, cancellation);
            manifest = ImageManifest.Parse(bytes, $"{digest}", attachment.Manifest.MediaType);
        }
        catch (ProblemException error) when (!IsTooMany(error))
        {
            return [new AttachmentVerdict(digest, AttachmentForm.Other) { Problem = VerifyProblem.Malformed(digest, error.Problems[0]) }];
        }

        if (attachment.Tag is not null)
        {
            return attachment.Tag == AttachmentTag.Of(Image)
                ? await JudgeTaggedAsync(digest, manifest, cancellation)
                : [new AttachmentVerdict(digest, AttachmentForm.Other)];
        }

        if (manifest.Subject?.Digest != Image)
        {
            return [new AttachmentVerdict(digest, AttachmentForm.Other) { Problem = VerifyProblem.OtherImage(digest, manifest.Subject?.Digest) }];
        }

        return [await JudgeReferrerAsync(digest, manifest, cancellation)];
    }

    private async Task<AttachmentVerdict> JudgeReferrerAsync(Digest digest, ImageManifest manifest, CancellationToken cancellation)
    {
        var layer = manifest.Layers.Count == 1 ? manifest.Layers[0] : null;
        var form = layer?.MediaType switch
        {
            AttestMediaTypes.Bundle => AttachmentForm.Bundle,
            AttestMediaTypes.Statement => AttachmentForm.Statement,
            _ => AttachmentForm.Other,
        };
        var verdict = new AttachmentVerdict(digest, form) { PredicateType = ClaimedType(manifest) };
        if (form == AttachmentForm.Other)
        {
            return verdict;
        }

        if (layer!.Size > _limits.MaxBytes)
        {
            return verdict with { Problem = VerifyProblem.TooLarge(digest, layer.Size, _limits.MaxBytes) };
        }

        try
        {
            var bytes = await _reader.ReadAsync(layer, _limits.MaxBytes, cancellation);
            return form == AttachmentForm.Bundle
                ? JudgeBundle(verdict, bytes)
                : verdict with
                {
                    PredicateType = Statement.Parse(bytes, $"{digest}", _limits.MaxBytes).PredicateType,
                    Problem = VerifyProblem.NotSigned(digest),
                };
        }
        catch (ProblemException error) when (!IsTooMany(error))
        {
            return verdict with { Problem = Unreadable(digest, error) };
        }
    }

    /// <summary>The signature first: nothing of the payload is looked at before it is known whose it is.</summary>
    private AttachmentVerdict JudgeBundle(AttachmentVerdict verdict, byte[] bytes)
    {
        var bundle = SigstoreBundle.Parse(bytes, $"{verdict.Attachment}", _limits.MaxBytes);
        if (!bundle.Verifies(_key))
        {
            return verdict with
            {
                Problem = bundle.Hint is { } hint && hint != _key.Hint
                    ? VerifyProblem.OtherKey(verdict.Attachment, hint)
                    : VerifyProblem.WrongSignature(verdict.Attachment),
            };
        }

        var statement = Statement.Parse(bundle.Payload, $"{verdict.Attachment}", _limits.MaxBytes);
        verdict = verdict with { PredicateType = statement.PredicateType, Name = statement.Name };
        return statement.IsAbout(Image)
            ? verdict with { IsVerified = true, Predicate = statement.Predicate }
            : verdict with { Problem = VerifyProblem.OtherImage(verdict.Attachment, statement.Subjects is [var first, ..] ? first : null) };
    }

    private async Task<IReadOnlyList<AttachmentVerdict>> JudgeTaggedAsync(
        Digest digest, ImageManifest manifest, CancellationToken cancellation)
    {
        if (manifest.Layers.Count > _limits.MaxAttachments)
        {
            throw TooMany(_place, _limits);
        }

        var verdicts = new List<AttachmentVerdict>();
        foreach (var layer in manifest.Layers)
        {
            verdicts.Add(await JudgeTaggedAsync(digest, layer, cancellation));
        }

        return verdicts;
    }

    private async Task<AttachmentVerdict> JudgeTaggedAsync(Digest digest, Descriptor layer, CancellationToken cancellation)
    {
        var verdict = new AttachmentVerdict(digest, AttachmentForm.Tag) { PredicateType = PredicateTypes.Signature };
        if (layer.MediaType != AttestMediaTypes.SimpleSigning)
        {
            return verdict with { Form = AttachmentForm.Other, PredicateType = null };
        }

        try
        {
            var payload = await _reader.ReadAsync(layer, SimpleSigning.MaxBytes, cancellation);
            var text = layer.Annotations.GetValueOrDefault(AttestMediaTypes.SignatureAnnotation) ?? "";
            if (Base64.Decode(text) is not { } signature || !_key.Verifies(payload, signature))
            {
                return verdict with { Problem = VerifyProblem.WrongSignature(digest) };
            }

            var signed = SimpleSigning.Parse(payload, $"{digest}");
            verdict = verdict with { Name = signed.Name };
            return signed.Image == Image
                ? verdict with { IsVerified = true }
                : verdict with { Problem = VerifyProblem.OtherImage(digest, signed.Image) };
        }
        catch (ProblemException error) when (!IsTooMany(error))
        {
            return verdict with { Problem = Unreadable(digest, error) };
        }
    }

    private static string? ClaimedType(ImageManifest manifest) =>
        manifest.Annotations.GetValueOrDefault(AttestMediaTypes.BundlePredicateType)
            ?? manifest.Layers.Select(layer => layer.Annotations.GetValueOrDefault(AttestMediaTypes.PredicateTypeAnnotation))
                .FirstOrDefault(type => type is not null);

    private static Problem Unreadable(Digest digest, ProblemException error) =>
        error.Problems[0].Code is "NUA3915" ? error.Problems[0] : VerifyProblem.Malformed(digest, error.Problems[0]);

    private static bool IsTooMany(ProblemException error) => error.Problems[0].Code is "NUA3902";
}
