using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Layers;

namespace Nua.Rootfs.Worker;

/// <summary>Unpacks one layer onto the mounted layers below it. What the kernel then has in the upper folder is the layer in overlayfs's
/// own form, whiteouts and all.</summary>
internal static class LayerUnpacker
{
    /// <exception cref="ProblemException">NUA4033 a media type that is no layer; NUA3056 the bytes are not those of the diff ID; those of the tar reader.</exception>
    public static void Unpack(Stream blob, string mediaType, Digest diffId, string folder)
    {
        var where = $"layer {diffId}";
        var compression = MediaTypes.LayerCompressionOf(mediaType)
            ?? throw new ProblemException(new Problem("NUA4033", $"a layer of type '{Printable.Escape(mediaType, 80)}' cannot be unpacked")
            {
                Where = where,
            });
        using var tar = LayerStreams.ExpandVerified(blob, compression, diffId, where);
        using var applier = new LayerApplier(folder);
        applier.Apply(tar, where);
        // What comes after the end of the tar counts for the digest, and the verdict comes with the end of the stream.
        tar.CopyTo(Stream.Null);
        applier.Complete();
    }
}
