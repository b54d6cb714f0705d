using Nua.Foundation;

namespace Nua.Oci.Compression;

/// <summary>Opens the stream that compresses or expands a layer.</summary>
public static class LayerStreams
{
    /// <summary>Compresses what is written; disposing finishes the stream and leaves <paramref name="output"/>
    /// open.</summary>
    /// <param name="workers">Threads that compress; 0 is one per processor. The bytes do not depend on it.</param>
    public static Stream Compress(Stream output, LayerCompression compression, int workers = 0) => compression switch
    {
        LayerCompression.Gzip => new GzipWriter(output, workers),
        LayerCompression.Zstd => new ZstdWriter(output),
        _ => new PassThroughWriter(output),
    };

    /// <summary>
    /// Expands by what the media type says, never by guessing: a digest that is signed must mean one thing. Framing is checked
    /// to the last byte of the input; expansion is bounded by <paramref name="limits"/>.
    /// </summary>
    /// <param name="input">Disposed with the result.</param>
    /// <exception cref="ProblemException">NUA3040 to 3045, while reading.</exception>
    public static Stream Expand(Stream input, LayerCompression compression, string where, ExpansionLimits? limits = null)
    {
        var counted = new CountingStream(input);
        Stream expanded = compression switch
        {
            LayerCompression.Gzip => new GzipReader(counted, where),
            LayerCompression.Zstd => new ZstdReader(counted, where),
            _ => counted,
        };
        return new BoundedStream(expanded, counted, limits ?? ExpansionLimits.Default, where);
    }

    /// <summary>
    /// A layer's tar, with the blob's digest and the layer's diff_id both checked when the end is reached: whoever reads to the
    /// end has right content.
    /// </summary>
    /// <exception cref="ProblemException">NUA3014 a media type that is no layer; NUA3056 another diff_id; those of
    /// reading and expanding.</exception>
    public static Stream OpenVerified(Image image, ImageLayer layer, ExpansionLimits? limits = null)
    {
        var where = $"{image.Blobs.Name}: layer {layer.Blob.Digest}";
        if (layer.Compression is not { } compression)
        {
            throw new ProblemException(new Problem("NUA3014", "a layer of this media type cannot be read")
            {
                Where = where,
                Why = $"'{Printable.Escape(layer.Blob.MediaType, 100)}' is not a layer media type that Nua knows",
            });
        }

        return ExpandVerified(image.Blobs.OpenRead(layer.Blob), compression, layer.DiffId, where, limits);
    }

    /// <summary>The same for a blob that somebody else opened; the diff_id alone decides.</summary>
    public static Stream ExpandVerified(
        Stream blob, LayerCompression compression, Digest diffId, string where, ExpansionLimits? limits = null) =>
        new DiffIdStream(Expand(blob, compression, where, limits), diffId, where);
}
