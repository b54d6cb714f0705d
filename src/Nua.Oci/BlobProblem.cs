using Nua.Foundation;

namespace Nua.Oci;

/// <summary>What can be wrong with a blob, whatever it is kept in.</summary>
internal static class BlobProblem
{
    private const string Again = "get the image again: 'nua load', 'nua pull' or 'nua build --no-cache' replaces what is damaged or missing";

    public static ProblemException Missing(Digest digest, string where) => new(
        new Problem("NUA3060", $"the blob {digest} is not there") { Where = where, Remedy = Again });

    public static ProblemException WrongSize(Digest digest, string where, long wanted, long found) => new(
        new Problem("NUA3061", $"the blob {digest} has the wrong size")
        {
            Where = where,
            Why = $"it is {found} bytes, its descriptor says {wanted}",
            Remedy = Again,
        });

    public static ProblemException WrongDigest(Digest digest, string where, string why) => new(
        new Problem("NUA3062", $"the blob {digest} is damaged")
        {
            Where = where,
            Why = why,
            Remedy = Again,
        });
}
