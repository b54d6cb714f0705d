using Nua.Foundation;

namespace Nua.Oci.Compression;

/// <summary>What can be wrong with compressed data.</summary>
internal static class LayerProblem
{
    private const string Remedy = "get the image again; if it is the same, whoever made it must make it anew";

    public static ProblemException Truncated(string where, string format) => new(
        new Problem("NUA3040", $"the {format} data ends too early") { Where = where, Remedy = Remedy });

    public static ProblemException Corrupt(string where, string format, string why, Exception? inner = null) => new(
        new Problem("NUA3041", $"the {format} data is damaged") { Where = where, Why = why, Remedy = Remedy }, inner);

    public static ProblemException Trailing(string where, string format) => new(
        new Problem("NUA3042", $"there is more data after the end of the {format} data")
        {
            Where = where,
            Why = "some programs would read it, others would not",
            Remedy = Remedy,
        });

    public static ProblemException OtherFormat(string where, string format) => new(
        new Problem("NUA3043", $"the layer is not {format}, as its media type says") { Where = where, Remedy = Remedy });

    public static ProblemException Window(string where, string why) => new(
        new Problem("NUA3045", "the zstd data asks for more than a layer may") { Where = where, Why = why });
}
