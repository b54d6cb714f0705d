using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Oci;
using Nua.Oci.Archives;
using Nua.Oci.Storage;
using Nua.Oci.Tar;

namespace Nua.Engine.Backups;

/// <summary>The image inside a backup: an image layout below <c>image/</c>, so that a machine without the image can restore.</summary>
internal static class EmbeddedImage
{
    public const string Prefix = "image/";

    public static void Write(Image image, Action<TarEntry, Stream> put, CancellationToken cancel)
    {
        Document("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}"u8.ToArray());
        Document("index.json", ImageIndex.Empty.WithNames(image.ManifestDescriptor, []).ToBytes());
        Document(BlobName(image.Digest), image.ManifestBytes.ToArray());
        Document(BlobName(image.Manifest.Config.Digest), image.ConfigBytes.ToArray());
        foreach (var blob in image.Layers.Select(layer => layer.Blob).DistinctBy(blob => blob.Digest))
        {
            cancel.ThrowIfCancellationRequested();
            using var content = image.Blobs.OpenRead(blob);
            put(Entry(BlobName(blob.Digest), blob.Size), content);
        }

        void Document(string name, byte[] bytes)
        {
            using var stream = new MemoryStream(bytes, writable: false);
            put(Entry(name, bytes.Length), stream);
        }
    }

    /// <summary>A new file for one entry of an embedded image in a folder that will be an image layout. Only names that a layout has are
    /// taken.</summary>
    /// <exception cref="ProblemException">NUA5124 any other name.</exception>
    public static FileStream Create(TarEntry entry, string folder, string where)
    {
        var name = entry.Path[Prefix.Length..];
        var isBlob = name.StartsWith("blobs/sha256/", StringComparison.Ordinal) && name.Length == 77 && name[13..].All(char.IsAsciiHexDigitLower);
        if (entry.Type != TarEntryType.File || entry.SparseSize is not null || !(isBlob || name is "oci-layout" or "index.json"))
        {
            throw BackupProblem.Unlike(where, $"'{Printable.Escape(entry.Path, 200)}' is not part of an image");
        }

        var path = $"{folder}/{name}";
        DurableFile.CreateDirectory(Path.GetDirectoryName(path)!);
        return new FileStream(path, FileMode.CreateNew, FileAccess.Write);
    }

    /// <summary>Takes an extracted image into the store, every byte checked against its digest.</summary>
    /// <param name="name">Holds it there.</param>
    public static void Load(string folder, string name, string digest, ImageStore store, CancellationToken cancel)
    {
        using var source = ImageSource.Open(new ImageLocation.Layout(folder, null), store);
        var result = ImageTransfer.Load(source, store, name, cancel);
        if (result.Root.Digest.ToString() != digest)
        {
            throw BackupProblem.Unlike("the image in the backup", "it is not the image that the backup names");
        }
    }

    private static string BlobName(Digest digest) => $"blobs/{digest.Algorithm}/{digest.Encoded}";

    private static TarEntry Entry(string name, long size) => new(Prefix + name, TarEntryType.File) { Size = size };
}
