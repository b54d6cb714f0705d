using Nua.Oci.Compression;

namespace Nua.Testing.Hostile;

/// <summary>Every hostile or faulty image that Nua has a documented verdict on: <c>docs/reference/hostile-images.md</c>.</summary>
public static class HostileCorpus
{
    public static IReadOnlyList<HostileCase> All { get; } =
    [
        .. TarCases.All, .. NameCases.All, .. LinkCases.All, .. WhiteoutCases.All, .. AttributeCases.All, .. CompressionCases.All,
        .. DocumentCases.All, .. LayoutCases.All, .. DockerArchiveCases.All,
    ];

    public static HostileCase Get(string id) => All.Single(item => item.Id == id);

    /// <summary>A case of uncompressed layers, which every form can carry.</summary>
    internal static HostileCase Layer(
        string family, string id, string what, string unpack, string check, Func<string, byte[][]> tars, string? look = null) => new(id, what)
        {
            Family = family,
            Verdict = Verdict.OfLayer(unpack, check, look),
            Make = sentinel => HostileImage.Of(tars(sentinel)),
            Forms = Forms.All,
        };

    /// <summary>A case of one layer that is compressed.</summary>
    internal static HostileCase Compressed(
        string family, string id, string what, string unpack, string check, LayerCompression compression, byte[] tar,
        Func<byte[], byte[]> spoil) => new(id, what)
        {
            Family = family,
            Verdict = Verdict.OfLayer(unpack, check),
            Make = _ => new HostileImage([HostileLayer.Of(tar, compression, spoil)]),
        };
}
