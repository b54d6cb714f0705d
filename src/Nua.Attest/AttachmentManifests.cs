using Nua.Attest.Signatures;
using Nua.Attest.Statements;
using Nua.Oci;
using Nua.Oci.Attachments;
using Nua.Oci.Json;

namespace Nua.Attest;

/// <summary>Makes the manifests that carry statements and signatures. Equal bytes for equal content; no time in any.</summary>
public static class AttachmentManifests
{
    private static readonly AttachmentBlob _empty = AttachmentBlob.Of(MediaTypes.Empty, "{}"u8.ToArray());

    /// <summary>A signed statement, as cosign 3 stores it (cosign, specs/BUNDLE_SPEC.md).</summary>
    public static AttachmentContent Bundle(Descriptor subject, SigstoreBundle bundle, string predicateType) => Artifact(
        subject,
        AttachmentBlob.Of(AttestMediaTypes.Bundle, bundle.ToBytes()),
        new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [AttestMediaTypes.BundleContent] = "dsse-envelope",
            [AttestMediaTypes.BundlePredicateType] = predicateType,
        });

    /// <summary>A statement that nobody signed.</summary>
    public static AttachmentContent Bare(Descriptor subject, Statement statement)
    {
        var blob = AttachmentBlob.Of(AttestMediaTypes.Statement, statement.ToBytes());
        var annotations = StringMap.Of(AttestMediaTypes.PredicateTypeAnnotation, statement.PredicateType);
        return Artifact(subject, blob with { Descriptor = blob.Descriptor with { Annotations = annotations } }, StringMap.Empty);
    }

    /// <summary>All signatures of the older form there are, in one manifest behind one tag.</summary>
    /// <param name="layers">Each describes a payload, its signature in an annotation; those that are there already included.</param>
    /// <param name="added">The payload that is new.</param>
    public static AttachmentContent Tagged(Digest subject, IReadOnlyList<Descriptor> layers, AttachmentBlob added)
    {
        var config = AttachmentBlob.Of(MediaTypes.Config, TaggedConfig(layers));
        var manifest = new ImageManifest(config.Descriptor, layers).ToBytes();
        var descriptor = Descriptor.Of(MediaTypes.Manifest, manifest);
        return new AttachmentContent(
            new Attachment(descriptor, AttachmentTag.Of(subject), subject), manifest, [config, added]);
    }

    private static AttachmentContent Artifact(
        Descriptor subject, AttachmentBlob layer, IReadOnlyDictionary<string, string> annotations)
    {
        var type = layer.Descriptor.MediaType;
        var manifest = new ImageManifest(_empty.Descriptor, [layer.Descriptor])
        {
            ArtifactType = type,
            Annotations = annotations,
            Subject = new Descriptor(subject.MediaType, subject.Digest, subject.Size),
        }.ToBytes();
        var descriptor = Descriptor.Of(MediaTypes.Manifest, manifest) with { ArtifactType = type };
        return new AttachmentContent(new Attachment(descriptor, Tag: null, subject.Digest), manifest, [_empty, layer]);
    }

    /// <summary>An image config that says nothing, since cosign reads the older form as an image whose layers are payloads.</summary>
    private static byte[] TaggedConfig(IReadOnlyList<Descriptor> layers)
    {
        using var json = new CanonicalJson();
        json.Start();
        json.String("architecture", "");
        json.String("os", "");
        json.Start("config");
        json.End();
        json.Start("rootfs");
        json.String("type", "layers");
        json.Strings("diff_ids", [.. layers.Select(layer => layer.Digest.ToString())]);
        json.End();
        json.End();
        return json.ToBytes();
    }
}
