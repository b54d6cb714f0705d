using Nua.Foundation;
using Nua.Oci.Compression;
using Nua.Oci.Tar;

namespace Nua.Oci.Layers;

/// <summary>One file of an image without reading all of it: layers are read from the top until one says what the path is.</summary>
public static class TopFile
{
    /// <param name="path">Without a leading slash; links in it are not followed.</param>
    /// <returns>Null when the image has no such regular file.</returns>
    /// <exception cref="ProblemException">NUA3037 it is larger than <paramref name="limit"/>; what reading a layer gives.</exception>
    public static byte[]? Read(Image image, string path, int limit = 4 << 20)
    {
        foreach (var layer in image.Layers.Reverse())
        {
            if (ReadLayer(image, layer, path, limit, out var content))
            {
                return content;
            }
        }

        return null;
    }

    /// <returns>The layer decides: it has the path, or hides what is below.</returns>
    private static bool ReadLayer(Image image, ImageLayer layer, string path, int limit, out byte[]? content)
    {
        content = null;
        var isDecided = false;
        var where = $"layer {layer.Index} ({layer.Blob.Digest})";
        using var reader = new TarReader(LayerStreams.OpenVerified(image, layer), where);
        // To the end even when it was found: only then is the layer known to be what its digest says.
        while (reader.Next() is { } entry)
        {
            var name = LayerPath.Normalise(entry.Path, where);
            if (name == path)
            {
                isDecided = true;
                content = entry.Type == TarEntryType.File ? ReadContent(reader, entry.Size, path, limit, where) : null;
            }
            else if (content is null && Hides(name, path))
            {
                isDecided = true;
            }
        }

        return isDecided;
    }

    private static byte[] ReadContent(TarReader reader, long size, string path, int limit, string where)
    {
        if (size > limit)
        {
            throw new ProblemException(new Problem("NUA3064", $"'{Printable.Escape(path, 200)}' is larger than {limit} bytes") { Where = where });
        }

        var content = new byte[size];
        reader.Content.ReadExactly(content);
        return content;
    }

    private static bool Hides(string entry, string path)
    {
        var name = LayerPath.Name(entry);
        if (!name.StartsWith(Whiteout.Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var parent = LayerPath.Parent(entry);
        var hidden = name == Whiteout.Opaque ? parent : LayerPath.Join(parent, name[Whiteout.Prefix.Length..]);
        return hidden.Length == 0 || path == hidden || path.StartsWith(hidden + "/", StringComparison.Ordinal);
    }
}
