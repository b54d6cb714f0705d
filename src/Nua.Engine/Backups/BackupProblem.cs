using Nua.Foundation;

namespace Nua.Engine.Backups;

/// <summary>What can be wrong with a backup. Exit code 65: nothing was touched, and trying again will not help.</summary>
internal static class BackupProblem
{
    private const int DataError = 65;

    /// <summary>What unpacking finds wrong with an entry of the archive (NUA30xx) is wrong with the backup.</summary>
    public static ProblemException? OfEntry(ProblemException wrong) =>
        wrong.Problems[0].Code.StartsWith("NUA30", StringComparison.Ordinal) ? new ProblemException(wrong.Problems) { ExitCode = DataError } : null;

    public static ProblemException NotABackup(string where, string why) => new(
        new Problem("NUA5120", "this is not a backup made by nua")
        {
            Where = where,
            Why = why,
            Remedy = "nua backups NAME lists the backups of an instance; an encrypted one needs --key",
        })
    { ExitCode = DataError };

    public static ProblemException Damaged(string where, string why, Exception? inner = null) => new(
        new Problem("NUA5121", "the backup is damaged")
        {
            Where = where,
            Why = why,
            Remedy = "use another backup; this one cannot be trusted, and nothing of it was used",
        },
        inner)
    { ExitCode = DataError };

    public static ProblemException AnotherKey(string where, Exception inner) => new(
        new Problem("NUA5148", "the backup was encrypted for another key")
        {
            Where = where,
            Why = "the identity given with --key does not open it",
            Remedy = "give the identity whose recipient it was made for; without it nobody can read the backup",
        },
        inner)
    { ExitCode = DataError };

    public static ProblemException Newer(string where, int format) => new(
        new Problem("NUA5122", $"the backup has the form {format}, which this version of nua does not know")
        {
            Where = where,
            Remedy = "use a newer nua",
        })
    { ExitCode = DataError };

    public static ProblemException Truncated(string where) => new(
        new Problem("NUA5123", "the backup is not complete")
        {
            Where = where,
            Why = "its last bytes are not those that end a backup, so it was cut off",
            Remedy = "copy it again from where it came, or use another backup",
        })
    { ExitCode = DataError };

    public static ProblemException Unlike(string where, string why) => new(
        new Problem("NUA5124", "the backup does not hold what its manifest says")
        {
            Where = where,
            Why = why,
            Remedy = "use another backup; somebody has changed this one",
        })
    { ExitCode = DataError };

    public static ProblemException AnotherApp(string where, string found, string wanted) => new(
        new Problem("NUA5125", $"the backup is of the application '{Printable.Escape(found, 80)}', not of '{Printable.Escape(wanted, 80)}'")
        {
            Where = where,
            Remedy = "give a backup of the same application",
        })
    { ExitCode = DataError };

    public static ProblemException NewerData(string where, int found, int known) => new(
        new Problem("NUA5126", $"the backup's data has version {found}, newer than the image's {known}")
        {
            Where = where,
            Remedy = "restore it with the image it was made with, or a newer one",
        })
    { ExitCode = DataError };

    public static ProblemException OlderData(string where, int found, int from) => new(
        new Problem("NUA5127", $"the backup's data has version {found}, and the image accepts {from} and later")
        {
            Where = where,
            Remedy = "restore it with the image it was made with, then upgrade step by step",
        })
    { ExitCode = DataError };

    public static ProblemException MissingVolume(string where, string volume) => new(
        new Problem("NUA5128", $"the backup has a volume '{Printable.Escape(volume, 80)}' that the image does not have")
        {
            Where = where,
            Remedy = "restore it with the image it was made with",
        })
    { ExitCode = DataError };
}
