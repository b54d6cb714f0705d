using Nua.Foundation;

namespace Nua.Build.Rebase;

/// <summary>Why a base cannot be swapped. Nothing has been changed then.</summary>
internal static class RebaseProblem
{
    public static ProblemException NotOurs(string image, string why) => Refused(
        "NUA2401", $"'{Show(image)}' is not an image whose base nua can swap", why, "build it again: nua build --base NEW");

    public static ProblemException Wrapped(string image) => Refused(
        "NUA2402", $"'{Show(image)}' is a wrapped image", "what it runs and as whom comes from the image below it",
        "wrap the newer image: build.base-image = \"NEW\"");

    public static ProblemException PackagesMissing(string image, string newBase, IReadOnlyList<string> missing) => Refused(
        "NUA2403", $"'{Show(image)}' has Debian packages that '{Show(newBase)}' does not have",
        $"they were installed into its old base and cannot be moved: {Show(string.Join(", ", missing))}",
        "take a base that has them, or build again: nua build --base NEW");

    public static ProblemException DoesNotFit(string image, string newBase, IReadOnlyList<string> reasons) => Refused(
        "NUA2404", $"'{Show(image)}' would not run on '{Show(newBase)}'",
        string.Join("; ", reasons.Take(20)) + (reasons.Count > 20 ? $"; and {reasons.Count - 20} more" : ""),
        "take a base with the same C library and at least its version, or build again: nua build --base NEW");

    public static ProblemException NoName(string image) => new(
        new Problem("NUA2405", $"the image '{Show(image)}' has no name that the new one could take")
        {
            Remedy = "give one: -t NAME:TAG",
        })
    { ExitCode = 2 };

    private static ProblemException Refused(string code, string what, string why, string remedy) =>
        new(new Problem(code, what) { Why = why, Remedy = remedy });

    private static string Show(string text) => Printable.Escape(text, 300);
}
