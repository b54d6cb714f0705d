using Nua.Oci;
using Nua.Oci.Compression;

namespace Nua.Testing.Hostile;

/// <summary>Framing, bombs, and media types that lie.</summary>
internal static class CompressionCases
{
    private const string Family = "Compression";
    private const string Tree = "bin=d bin/true=f";

    private static readonly byte[] _tar =
        new RawTar().Entry("bin/", '5', mode: 0x1ED).Entry("bin/true", content: new string('x', 5000), mode: 0x1ED).ToArray();

    public static IEnumerable<HostileCase> All =>
    [
        Gzip("gzip-truncated", "gzip cut in half", "NUA3040", "OCI-09", blob => blob[..(blob.Length / 2)]),
        Gzip("gzip-no-trailer", "gzip without its trailer", "NUA3040", "OCI-09", blob => blob[..^8]),
        Gzip("gzip-only-header", "a gzip header and nothing else", "NUA3040", "OCI-09", blob => blob[..10]),
        Gzip("gzip-empty", "a gzip layer of no bytes", "NUA3040", "OCI-09", _ => []),
        Gzip("gzip-crc", "gzip with a wrong checksum", "NUA3041", "OCI-09", blob => Changed(blob, blob.Length - 8)),
        Gzip("gzip-isize", "gzip with a wrong size at its end", "NUA3041", "OCI-09", blob => Changed(blob, blob.Length - 1)),
        Gzip("gzip-method", "gzip with an unknown method", "NUA3041", "OCI-09", blob => Changed(blob, 2)),
        Gzip("gzip-reserved-flag", "gzip with a reserved flag", "NUA3041", "OCI-09", blob => Changed(blob, 3, 0x80)),
        Gzip("gzip-name-endless", "a file name in the gzip header that does not end", "NUA3041", "OCI-09", blob => [.. Changed(blob, 3, 8)[..10], .. Enumerable.Repeat((byte)'a', 100_000), 0, .. blob[10..]]),
        Gzip("gzip-garbage-behind", "text behind the gzip data", "NUA3042", "OCI-09", blob => [.. blob, .. "junk"u8]),
        Gzip("gzip-zeros-behind", "zeros behind the gzip data", Tree, "", blob => [.. blob, .. new byte[700]]),
        Gzip("gzip-zeros-then-member", "zeros, then another gzip member", "NUA3042", "OCI-09", blob => [.. blob, .. new byte[512], .. blob]),
        Gzip("gzip-members", "two gzip members", Tree, "", _ => [.. Pack(_tar[..700]), .. Pack(_tar[700..])]),
        Gzip("gzip-empty-members", "a hundred empty gzip members", Tree, "", blob => [.. blob, .. Enumerable.Repeat(Pack([]), 100).SelectMany(b => b)]),
        Gzip("gzip-hidden-member", "a second layer behind the end of the first, in a gzip member of its own", "NUA3028", "OCI-09", blob => [.. blob, .. Pack(new RawTar().Entry("hidden").ToArray())]),
        Gzip("gzip-bad-block", "a deflate block of the reserved type", "NUA3041", "OCI-09", blob => [.. blob[..10], 7, .. new byte[20]]),
        Gzip("gzip-far-distance", "a deflate match from before the beginning", "NUA3041", "OCI-09", blob => [.. blob[..10], 0x63, 0x00, 0x02, .. new byte[20]]),
        Gzip("gzip-is-plain", "the media type says gzip, the layer is plain tar", "NUA3043", "OCI-09", _ => _tar),
        Gzip("gzip-is-zstd", "the media type says gzip, the layer is zstd", "NUA3043", "OCI-09", _ => Pack(_tar, LayerCompression.Zstd)),
        Gzip("gzip-is-xz", "the media type says gzip, the layer is xz", "NUA3043", "OCI-09", _ => [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, 0, 4, .. new byte[100]]),
        Gzip("gzip-twice", "a layer that is compressed twice", "NUA3021", "OCI-09", blob => Pack(Noise(blob))),
        Zstd("zstd-truncated", "zstd cut in half", "NUA3040", "OCI-09", blob => blob[..(blob.Length / 2)]),
        Zstd("zstd-empty", "a zstd layer of no bytes", "NUA3040", "OCI-09", _ => []),
        Zstd("zstd-checksum", "zstd with a wrong checksum", "NUA3041", "OCI-09", blob => Changed(blob, blob.Length - 1)),
        Zstd("zstd-window", "zstd that asks for a window of 2 GiB", "NUA3045", "OCI-09", _ => [0x28, 0xB5, 0x2F, 0xFD, 0x00, 21 << 3, 1, 0, 0]),
        Zstd("zstd-window-max", "zstd that asks for the largest window there is, 3.75 TiB", "NUA3045", "OCI-09", _ => [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xFF, 1, 0, 0]),
        Zstd("zstd-dictionary", "zstd that needs a dictionary", "NUA3045", "OCI-09", _ => [0x28, 0xB5, 0x2F, 0xFD, 0x01, 0, 7, 1, 0, 0]),
        Zstd("zstd-garbage-behind", "text behind the zstd data", "NUA3042", "OCI-09", blob => [.. blob, .. "junk "u8]),
        Zstd("zstd-short-garbage", "two bytes behind the zstd data", "NUA3042", "OCI-09", blob => [.. blob, 1, 2]),
        Zstd("zstd-skippable", "skippable frames around the data, as zstd:chunked has", Tree, "", blob => [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 9, 9, 9, .. blob, 0x5F, 0x2A, 0x4D, 0x18, 0, 0, 0, 0]),
        Zstd("zstd-skippable-only", "skippable frames and no data", "", "OCI-25", _ => [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 9, 9, 9], tar: []),
        Zstd("zstd-skippable-huge", "a skippable frame that claims 4 GiB", "NUA3040", "OCI-09", blob => [.. blob, 0x50, 0x2A, 0x4D, 0x18, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2]),
        Zstd("zstd-reserved-block", "a zstd block of the reserved type", "NUA3041", "OCI-09", _ => [0x28, 0xB5, 0x2F, 0xFD, 0x20, 4, 7, 0, 0, 1, 2, 3, 4]),
        Zstd("zstd-is-gzip", "the media type says zstd, the layer is gzip", "NUA3043", "OCI-09", _ => Pack(_tar)),
        Zstd("zstd-legacy", "zstd of version 0.7", "NUA3043", "OCI-09", _ => [0x27, 0xB5, 0x2F, 0xFD, .. new byte[20]]),
        HostileCorpus.Compressed(Family, "zstd-bomb", "33 KB of zstd that become 1 GiB", "NUA3044", "OCI-29", LayerCompression.Zstd, [], _ => Bomb()),
        Typed("plain-is-gzip", "the media type says plain tar, the layer is gzip", "NUA3056", "OCI-09", Pack(Noise(_tar)), MediaTypes.LayerTar, _tar),
        Typed("media-type-unknown", "a layer of an unknown media type", "NUA3014", "OCI-05", _tar, "application/vnd.example.layer", _tar),
        Typed("media-type-manifest", "a layer that calls itself a manifest", "NUA3014", "OCI-05", _tar, MediaTypes.Manifest, _tar),
        Typed("media-type-foreign", "a foreign layer whose bytes are there", Tree, "", Pack(_tar), MediaTypes.DockerForeignLayer, _tar),
        Typed("diff-id-wrong", "the config names another diff_id", "NUA3056", "OCI-06", Pack(_tar), MediaTypes.LayerGzip, [1, 2, 3]),
        Typed("diff-id-compressed", "the config names the compressed layer's digest as diff_id", "NUA3056", "OCI-06", Pack(_tar), MediaTypes.LayerGzip, Pack(_tar)),
        new("diff-id-swapped", "two layers whose diff_ids are swapped")
        {
            Family = Family,
            Verdict = Verdict.OfLayer("NUA3056", "OCI-06"),
            Make = _ => new HostileImage([HostileLayer.Plain(_tar), HostileLayer.Plain(new RawTar().Entry("f").ToArray())]) is var image
                ? image with { Layers = [image.Layers[0] with { DiffId = image.Layers[1].DiffId }, image.Layers[1] with { DiffId = image.Layers[0].DiffId }] }
                : image,
        },
    ];

    private static byte[] Changed(byte[] blob, int at, byte mask = 0xFF)
    {
        var changed = (byte[])blob.Clone();
        changed[at] ^= mask;
        return changed;
    }

    /// <summary>Long enough to be read as headers.</summary>
    private static byte[] Noise(byte[] bytes) => [.. bytes, .. Digest.Sha256(bytes).Encoded.Select(c => (byte)c), .. Enumerable.Repeat((byte)7, 1000)];

    private static byte[] Pack(byte[] bytes, LayerCompression compression = LayerCompression.Gzip) => HostileLayer.Of(bytes, compression).Blob;

    /// <summary>Frames of 16 MiB of zeros.</summary>
    private static byte[] Bomb()
    {
        var frame = Pack(new byte[16 << 20], LayerCompression.Zstd);
        return [.. Enumerable.Repeat(frame, 64).SelectMany(bytes => bytes)];
    }

    private static HostileCase Gzip(string id, string what, string unpack, string check, Func<byte[], byte[]> spoil) =>
        HostileCorpus.Compressed(Family, id, what, unpack, check, LayerCompression.Gzip, _tar, spoil);

    private static HostileCase Zstd(string id, string what, string unpack, string check, Func<byte[], byte[]> spoil, byte[]? tar = null) =>
        HostileCorpus.Compressed(Family, id, what, unpack, check, LayerCompression.Zstd, tar ?? _tar, spoil);

    private static HostileCase Typed(string id, string what, string unpack, string check, byte[] blob, string mediaType, byte[] diffOf) => new(id, what)
    {
        Family = Family,
        Verdict = Verdict.OfLayer(unpack, check),
        Make = _ => new HostileImage([new HostileLayer(blob, mediaType, Digest.Sha256(diffOf))]),
    };
}
