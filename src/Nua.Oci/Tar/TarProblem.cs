using Nua.Foundation;

namespace Nua.Oci.Tar;

/// <summary>What can be wrong with an archive; the place is the archive and the offset of the header.</summary>
internal sealed class TarProblem(string where)
{
    public ProblemException Truncated(long offset) => Make("NUA3020", "the archive ends too early", offset);

    public ProblemException Checksum(long offset) => Make("NUA3021", "a header's checksum is wrong", offset);

    public ProblemException Number(long offset, string field) =>
        Make("NUA3022", "a number in a header is not acceptable", offset, field);

    public ProblemException Pax(long offset, string why) => Make("NUA3023", "an extended header is malformed", offset, why);

    public ProblemException Type(long offset, string why) => Make("NUA3024", "an entry of this kind is not accepted", offset, why);

    public ProblemException Name(long offset, string why) => Make("NUA3025", "an entry's name is not acceptable", offset, why);

    public ProblemException Limit(long offset, string why) => Make(TarLimits.Code, "the archive is unreasonably large", offset, why);

    public ProblemException Trailing(long offset) =>
        Make("NUA3028", "there is data after the end of the archive", offset,
            "some programs would read it, others would not");

    public ProblemException Ambiguous(long offset, string why) =>
        Make("NUA3029", "programs read this archive in different ways", offset, why);

    public ProblemException Unexpected(long offset, string why) =>
        Make("NUA3030", "an entry has content that its kind cannot have", offset, why);

    private ProblemException Make(string code, string what, long offset, string? why = null) => new(
        new Problem(code, what) { Where = $"{where}: at byte {offset}", Why = why });
}
