using Nua.Foundation;
using Nua.Oci.Storage;

namespace Nua.Oci.Archives;

/// <summary>What was moved.</summary>
/// <param name="Root">The manifest or index at the destination.</param>
/// <param name="Name">What it is called there.</param>
/// <param name="Notes">What the destination's form cannot keep.</param>
public sealed record TransferResult(Descriptor Root, string? Name, IReadOnlyList<Problem> Notes);

/// <summary>
/// Moves images between the store, layouts and archives. Between the OCI forms bytes and digests never change and an index of
/// several platforms stays whole; every blob is verified on the way.
/// </summary>
public static class ImageTransfer
{
    /// <exception cref="ProblemException">what reading the source or writing the destination gives; the destination
    /// is then as it was, but for blobs in a layout that nothing refers to.</exception>
    public static TransferResult Copy(
        ImageLocation source, ImageLocation destination, ImageStore? store, CancellationToken cancellation = default)
    {
        using var opened = ImageSource.Open(source, store);
        return Copy(opened, destination, store, cancellation);
    }

    public static TransferResult Copy(
        ImageSource source, ImageLocation destination, ImageStore? store, CancellationToken cancellation = default)
    {
        switch (destination)
        {
            case ImageLocation.StoreName name:
                return Load(source, store ?? throw ArchiveProblem.NoStore(), name.Name, cancellation);
            case ImageLocation.Layout layout:
                return new TransferResult(source.Root, LayoutWriter.Write(source, layout, cancellation), []);
            case ImageLocation.OciArchive archive:
                return new TransferResult(source.Root, OciArchiveWriter.Write(source, archive, cancellation), NotesOnArchive(source));
            case ImageLocation.DockerArchive archive:
                return WriteDockerArchive(source, archive, cancellation);
            default:
                throw ArchiveProblem.NotLocal(destination, "written");
        }
    }

    /// <summary>The image and its attachments as entries of a layout's index.</summary>
    internal static ImageIndex Enter(ImageIndex index, ImageSource source, string? name)
    {
        index = index.WithNames(source.Root, name is null ? [] : [name]);
        return source.Attachments.Aggregate(index, (changed, attachment) =>
            changed.WithNames(attachment.Manifest, attachment.Tag is null ? [] : [attachment.Tag]));
    }

    /// <summary>Copies an image into the store.</summary>
    /// <param name="name">Null for the name it has at the source, if that is one for the store.</param>
    public static TransferResult Load(
        ImageSource source, ImageStore store, string? name = null, CancellationToken cancellation = default)
    {
        name ??= source.Name is { } own && ImageLocation.StoreName.IsValid(own) ? own : null;
        name = name is null ? null : ImageLocation.StoreName.WithTag(name);
        using var writer = store.BeginWrite();
        foreach (var blob in BlobsOf(source))
        {
            if (!writer.HoldsSound(blob, cancellation))
            {
                using var target = writer.NewBlob();
                CopyBlob(source.Blobs, blob, target, cancellation);
                target.Commit(blob.MediaType);
            }
        }

        writer.Publish(source.Root, name is null ? [] : [name]);
        foreach (var attachment in source.Attachments)
        {
            writer.Attach(attachment);
        }

        return new TransferResult(source.Root, name, []);
    }

    /// <summary>Everything the image and its attachments consist of, each blob after those it mentions.</summary>
    internal static IReadOnlyList<Descriptor> BlobsOf(ImageSource source)
    {
        var all = new List<Descriptor>();
        foreach (var root in source.Attachments.Select(attachment => attachment.Manifest).Prepend(source.Root))
        {
            ImageClosure.Visit(source.Blobs, root, blob =>
            {
                all.Add(blob);
                return true;
            });
        }

        all.Reverse();
        return [.. all.DistinctBy(blob => blob.Digest).OrderBy(blob =>
            MediaTypes.IsManifest(blob.MediaType) ? 1 : MediaTypes.IsIndex(blob.MediaType) ? 2 : 0)];
    }

    internal static void CopyBlob(IBlobStore source, Descriptor blob, Stream target, CancellationToken cancellation)
    {
        using var stream = source.OpenRead(blob);
        var buffer = new byte[256 << 10];
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            target.Write(buffer, 0, read);
        }
    }

    private static IReadOnlyList<Problem> NotesOnArchive(ImageSource source) => source.Attachments.Count == 0
        ? []
        :
        [
            new Problem("NUA3213", $"the archive also holds what is attached to the image ({source.Attachments.Count})")
            {
                Severity = Severity.Note,
                Why = "'podman load' and others take an archive without a tag only when one manifest is in it",
                Remedy = "name the tag there, 'podman pull oci-archive:FILE:TAG'",
            },
        ];

    private static TransferResult WriteDockerArchive(
        ImageSource source, ImageLocation.DockerArchive destination, CancellationToken cancellation)
    {
        var image = source.OpenImage();
        var name = destination.Tag ?? source.Name;
        var notes = new List<Problem>();
        WholeFile.Write(destination.File, file => notes.AddRange(
            DockerArchiveWriter.Write(image, name is null ? [] : [name], file, cancellation)));
        if (source.Attachments.Count > 0)
        {
            notes.Add(new Problem("NUA3212", $"{source.Attachments.Count} attachments were not written")
            {
                Severity = Severity.Note,
                Why = "a docker archive has no place for signatures, SBOMs and other statements",
            });
        }

        if (image.Digest != source.Root.Digest)
        {
            notes.Add(new Problem("NUA3211", $"only the image for {image.Config.Platform} was written")
            {
                Severity = Severity.Note,
                Why = "a docker archive holds one platform",
            });
        }

        return new TransferResult(image.ManifestDescriptor, name, notes);
    }
}
