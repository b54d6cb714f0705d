using Nua.Oci;
using Nua.Oci.Compression;

namespace Nua.Testing.Hostile;

/// <summary>A layer as a hostile image has it: its bytes, and what the documents claim about them.</summary>
public sealed record HostileLayer(byte[] Blob, string MediaType, Digest DiffId)
{
    /// <summary>The descriptor's digest; null tells the truth.</summary>
    public string? StatedDigest { get; init; }

    /// <summary>The descriptor's size; null tells the truth.</summary>
    public long? StatedSize { get; init; }

    public static HostileLayer Plain(byte[] tar) => new(tar, MediaTypes.LayerTar, Digest.Sha256(tar));

    public static HostileLayer Of(byte[] tar, LayerCompression compression, Func<byte[], byte[]>? spoil = null)
    {
        using var output = new MemoryStream();
        using (var stream = LayerStreams.Compress(output, compression))
        {
            stream.Write(tar);
        }

        var blob = output.ToArray();
        return new HostileLayer(spoil?.Invoke(blob) ?? blob, MediaTypes.Layer(compression), Digest.Sha256(tar));
    }
}
