using System.Security.Cryptography;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Layers;

namespace Nua.Rootfs.Worker;

/// <summary>Unpacks one layer onto the mounted layers below it. What the kernel then has in the upper folder is the layer in overlayfs's
/// own form, whiteouts and all.</summary>
internal static class LayerUnpacker
{
    /// <exception cref="ProblemException">NUA3041: the bytes are not those of the diff ID; those of the tar reader.</exception>
    public static void Unpack(Stream blob, string mediaType, Digest diffId, string folder)
    {
        var compression = MediaTypes.LayerCompressionOf(mediaType)
            ?? throw new ProblemException(new Problem("NUA3040", $"A layer of type '{Printable.Escape(mediaType, 80)}' cannot be unpacked"));
        using var expanded = LayerStreams.Expand(blob, compression, diffId.ToString());
        using var hash = SHA256.Create();
        using var hashed = new CryptoStream(expanded, hash, CryptoStreamMode.Read);
        using var applier = new LayerApplier(folder);
        applier.Apply(hashed, diffId.ToString());
        hashed.CopyTo(Stream.Null);
        applier.Complete();
        hash.TransformFinalBlock([], 0, 0);
        var found = Digest.FromHash(hash.Hash!);
        if (found != diffId)
        {
            throw new ProblemException(new Problem("NUA3041", "A layer's content is not what the image's config says")
            {
                Where = diffId.ToString(),
                Why = $"its uncompressed bytes have the digest {found}",
                Remedy = "fetch the image again; do not trust this copy",
            });
        }
    }
}
