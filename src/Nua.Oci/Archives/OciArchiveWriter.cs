using Nua.Oci.Storage;
using Nua.Oci.Tar;

namespace Nua.Oci.Archives;

/// <summary>Writes an image layout into a tar file: sorted names, fixed modes, time 0, so that the same image gives the
/// same file.</summary>
internal static class OciArchiveWriter
{
    /// <returns>The name of the image in the archive.</returns>
    public static string? Write(ImageSource source, ImageLocation.OciArchive destination, CancellationToken cancellation)
    {
        var name = destination.Tag ?? source.Name;
        WholeFile.Write(destination.File, file => Write(source, name, file, cancellation));
        return name;
    }

    public static void Write(ImageSource source, string? name, Stream output, CancellationToken cancellation)
    {
        var index = ImageTransfer.Enter(ImageIndex.Empty, source, name).ToBytes();
        using var tar = new TarWriter(output);
        tar.Write(new TarEntry("blobs", TarEntryType.Directory));
        var directory = "blobs";
        foreach (var blob in ImageTransfer.BlobsOf(source).OrderBy(blob => blob.Digest))
        {
            if (directory != $"blobs/{blob.Digest.Algorithm}")
            {
                directory = $"blobs/{blob.Digest.Algorithm}";
                tar.Write(new TarEntry(directory, TarEntryType.Directory));
            }

            cancellation.ThrowIfCancellationRequested();
            using var content = source.Blobs.OpenRead(blob);
            tar.Write(new TarEntry($"{directory}/{blob.Digest.Encoded}", TarEntryType.File) { Size = blob.Size }, content);
        }

        tar.Write(new TarEntry("index.json", TarEntryType.File) { Size = index.Length }, index);
        var header = LayoutHeader.Content;
        tar.Write(new TarEntry(LayoutHeader.FileName, TarEntryType.File) { Size = header.Length }, header);
        tar.Complete();
    }
}
