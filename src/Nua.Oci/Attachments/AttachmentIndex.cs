using Nua.Foundation;
using Nua.Oci.Storage;

namespace Nua.Oci.Attachments;

/// <summary>Finds attachments among the entries of an image layout: those with a tag of their own, and the nameless ones
/// whose manifest has a <c>subject</c>.</summary>
public static class AttachmentIndex
{
    /// <summary>Nameless entries that are opened to see whether they have a subject.</summary>
    private const int MaxLookedAt = 4096;

    /// <summary>Whether an entry that Nua wrote is an attachment and no image. Answered without reading anything.</summary>
    public static bool IsAttachment(this Descriptor entry) =>
        entry.NameOf() is { } name ? AttachmentTag.SubjectOf(name) is not null : entry.ArtifactType is not null;

    /// <summary>What this entry is about; null for an image, and for a manifest that is not there.</summary>
    /// <exception cref="ProblemException">the manifest is there and cannot be read.</exception>
    public static Digest? SubjectOf(IBlobStore blobs, Descriptor entry) =>
        entry.NameOf() is { } name ? AttachmentTag.SubjectOf(name) : ReadSubject(blobs, entry)?.Subject.Digest;

    /// <summary>The entries that are no attachments, in their order.</summary>
    public static IReadOnlyList<Descriptor> Images(IBlobStore blobs, ImageIndex index)
    {
        var attached = Candidates(blobs, index).Select(attachment => (attachment.Manifest.Digest, attachment.Tag)).ToHashSet();
        return [.. index.Manifests.Where(entry => !attached.Contains((entry.Digest, entry.NameOf())))];
    }

    /// <summary>
    /// Everything that is about <paramref name="root"/>, about a manifest of a platform in it, or about such an attachment (the
    /// signature of an SBOM), nearest first, then by digest.
    /// </summary>
    /// <exception cref="ProblemException">NUA3070: more than <see cref="Attachment.MaxPerImage"/>; those of reading the
    /// image's own documents.</exception>
    public static IReadOnlyList<Attachment> Of(IBlobStore blobs, ImageIndex index, Descriptor root)
    {
        var candidates = Candidates(blobs, index);
        if (candidates.Count == 0)
        {
            return [];
        }

        var found = new List<Attachment>();
        var subjects = Manifests(blobs, root);
        while (subjects.Count > 0)
        {
            var about = subjects;
            var next = candidates.Where(candidate => about.Contains(candidate.Subject)).ToList();
            candidates.RemoveAll(candidate => about.Contains(candidate.Subject));
            found.AddRange(next.OrderBy(attachment => attachment.Manifest.Digest));
            subjects = [.. next.Select(attachment => attachment.Manifest.Digest)];
            if (found.Count > Attachment.MaxPerImage)
            {
                throw TooMany(blobs.Name, root.Digest);
            }
        }

        return found;
    }

    /// <summary>Digests of <see cref="ManifestsOf"/>.</summary>
    internal static HashSet<Digest> Manifests(IBlobStore blobs, Descriptor root) =>
        [.. ManifestsOf(blobs, root).Select(manifest => manifest.Digest)];

    /// <summary>The manifests and indexes that an image consists of, from the root down.</summary>
    public static IReadOnlyList<Descriptor> ManifestsOf(IBlobStore blobs, Descriptor root)
    {
        var manifests = new List<Descriptor>();
        ImageClosure.Visit(blobs, root, blob =>
        {
            var isDocument = MediaTypes.IsManifest(blob.MediaType) || MediaTypes.IsIndex(blob.MediaType);
            if (isDocument)
            {
                manifests.Add(blob);
            }

            return isDocument && blobs.TryGetSize(blob.Digest, out _);
        });
        return manifests;
    }

    /// <exception cref="ProblemException">always.</exception>
    public static ProblemException TooMany(string where, Digest image) => new(
        new Problem("NUA3070", $"the image {image} has more than {Attachment.MaxPerImage} attachments")
        {
            Where = where,
            Why = "somebody may have added them to keep readers busy",
            Remedy = "remove those that are not yours, or use the image without its attachments",
        });

    private static List<Attachment> Candidates(IBlobStore blobs, ImageIndex index)
    {
        var tagged = index.Manifests
            .Select(entry => (Entry: entry, Subject: AttachmentTag.SubjectOf(entry.NameOf())))
            .Where(pair => pair.Subject is not null)
            .Select(pair => new Attachment(WithoutName(pair.Entry), pair.Entry.NameOf(), pair.Subject!.Value));
        var referring = index.Manifests
            .Where(entry => entry.NameOf() is null && MediaTypes.IsManifest(entry.MediaType))
            .OrderBy(entry => entry.ArtifactType is null)
            .Take(MaxLookedAt)
            .Select(entry => TryRead(blobs, entry))
            .OfType<Attachment>();
        return [.. tagged.Concat(referring).DistinctBy(attachment => (attachment.Manifest.Digest, attachment.Tag))];
    }

    /// <summary>A manifest that cannot be read is no attachment that anybody could use; whoever uses it as an image hears why.</summary>
    private static Attachment? TryRead(IBlobStore blobs, Descriptor entry)
    {
        try
        {
            return ReadSubject(blobs, entry) is { } read
                ? new Attachment(WithoutName(entry) with { ArtifactType = read.Type }, Tag: null, read.Subject.Digest)
                : null;
        }
        catch (ProblemException)
        {
            return null;
        }
    }

    private static (Descriptor Subject, string Type)? ReadSubject(IBlobStore blobs, Descriptor entry)
    {
        if (!MediaTypes.IsManifest(entry.MediaType) || entry.Size > Attachment.MaxManifestBytes
            || !blobs.TryGetSize(entry.Digest, out _))
        {
            return null;
        }

        var manifest = ImageManifest.Parse(blobs.ReadDocument(entry), $"{blobs.Name}: {entry.Digest}", entry.MediaType);
        // image-spec manifest.md: without an artifactType of its own, the config's media type is the kind.
        return manifest.Subject is { } subject ? (subject, manifest.ArtifactType ?? manifest.Config.MediaType) : null;
    }

    private static Descriptor WithoutName(Descriptor entry) => entry with { Annotations = StringMap.Empty, Data = null };
}
