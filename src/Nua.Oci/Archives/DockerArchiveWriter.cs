using Nua.Foundation;
using Nua.Oci.Compression;
using Nua.Oci.Json;
using Nua.Oci.Tar;

namespace Nua.Oci.Archives;

/// <summary>
/// Writes what <c>docker load</c> takes: <c>manifest.json</c>, the config byte for byte, each layer once. Gzip layers
/// stay as they are; zstd ones, which
/// older engines cannot read, are expanded. The same image gives the same bytes.
/// </summary>
public static class DockerArchiveWriter
{
    /// <param name="names"><c>NAME:TAG</c>; a name without a tag gets <c>latest</c>.</param>
    /// <param name="output">Any stream, a socket's too; stays open.</param>
    /// <returns>What the form cannot keep.</returns>
    public static IReadOnlyList<Problem> Write(
        Image image, IReadOnlyList<string> names, Stream output, CancellationToken cancellation = default)
    {
        var files = image.Layers.Select(layer => $"{layer.DiffId.Encoded}.tar").ToList();
        using var tar = new TarWriter(output);
        Add(tar, "manifest.json", Manifest(image, names, files));
        Add(tar, $"{image.Manifest.Config.Digest.Encoded}.json", image.ConfigBytes.Span);
        foreach (var (layer, file) in image.Layers.Zip(files).DistinctBy(pair => pair.Second))
        {
            cancellation.ThrowIfCancellationRequested();
            AddLayer(tar, image, layer, file);
        }

        tar.Complete();
        return
        [
            new Problem("NUA3210", "the manifest's digest and annotations are not kept")
            {
                Severity = Severity.Note,
                Why = "a docker archive has no place for them; config, image ID and layers are the same",
                Remedy = "use oci-archive: or oci: to keep everything",
            },
        ];
    }

    private static byte[] Manifest(Image image, IReadOnlyList<string> names, IReadOnlyList<string> files)
    {
        using var json = new CanonicalJson();
        json.StartArray();
        json.Start();
        json.String("Config", $"{image.Manifest.Config.Digest.Encoded}.json");
        json.Strings(
            "RepoTags", [.. names.Select(ImageLocation.StoreName.WithTag)]);
        json.Strings("Layers", files);
        json.End();
        json.EndArray();
        return json.ToBytes();
    }

    private static void AddLayer(TarWriter tar, Image image, ImageLayer layer, string file)
    {
        if (layer.Compression != LayerCompression.Zstd)
        {
            using var blob = image.Blobs.OpenRead(layer.Blob);
            tar.Write(new TarEntry(file, TarEntryType.File) { Size = layer.Blob.Size }, blob);
            return;
        }

        // The header wants the size before the content: expand twice rather than keep the layer anywhere.
        using var counting = LayerStreams.OpenVerified(image, layer);
        var size = Count(counting);
        using var expanded = LayerStreams.OpenVerified(image, layer);
        tar.Write(new TarEntry(file, TarEntryType.File) { Size = size }, expanded);
    }

    private static long Count(Stream stream)
    {
        var buffer = new byte[256 << 10];
        long count = 0;
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            count += read;
        }

        return count;
    }

    private static void Add(TarWriter tar, string name, ReadOnlySpan<byte> content) =>
        tar.Write(new TarEntry(name, TarEntryType.File) { Size = content.Length }, content);
}
