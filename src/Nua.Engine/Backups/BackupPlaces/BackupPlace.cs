using Nua.Foundation;

namespace Nua.Engine.Backups.BackupPlaces;

/// <summary>
/// Where one backup is or will be: a file of this machine, a snapshot in a restic repository, a file that rclone reaches. A place holds no
/// secret: what its program needs to get in, it takes from its own variables and files.
/// </summary>
public abstract record BackupPlace
{
    private protected BackupPlace()
    {
    }

    /// <summary>As operators give it and as the list of backups keeps it.</summary>
    public abstract string Text { get; }

    /// <summary>Whether it is in its place; null when that would have to be asked of another machine.</summary>
    public abstract bool? IsThere { get; }

    /// <summary>Files of this machine that are half written until the backup is whole.</summary>
    internal abstract IReadOnlyList<string> Partial { get; }

    /// <summary>The place of a backup that is there.</summary>
    /// <param name="text">A path, <c>restic:REPOSITORY[:SNAPSHOT]</c> or <c>rclone:REMOTE:PATH</c>.</param>
    /// <exception cref="ProblemException">NUA5145 it cannot be a place (exit code 2).</exception>
    public static BackupPlace Parse(string text)
    {
        if (text.StartsWith(ResticPlace.Prefix, StringComparison.Ordinal))
        {
            return ResticPlace.ParseSnapshot(text[ResticPlace.Prefix.Length..]);
        }

        return text.StartsWith(RclonePlace.Prefix, StringComparison.Ordinal)
            ? RclonePlace.Parse(text[RclonePlace.Prefix.Length..])
            : new FilePlace(text);
    }

    /// <summary>Finds out what can be known before the application is stopped for it.</summary>
    /// <exception cref="ProblemException">NUA5143 its program is missing, NUA5144 it does not reach the place.</exception>
    internal abstract void Prepare(CancellationToken cancel);

    /// <summary>Writes a backup. When this returns, all of it is there; when it throws, nothing counts as a backup.</summary>
    /// <param name="temporary">A folder for the list of files.</param>
    /// <exception cref="ProblemException">NUA5134, NUA5144, NUA5147 it cannot be written (exit code 73).</exception>
    internal abstract SentBackup Write(BackupWriter writer, string temporary, CancellationToken cancel);

    /// <summary>The same place, which from now on is one and the same backup however often it is opened.</summary>
    /// <param name="instance">Whose newest backup is meant where the place alone does not say it.</param>
    /// <exception cref="ProblemException">NUA5146 there is none (exit code 66), NUA5144 it does not answer (exit code 69).</exception>
    internal abstract BackupPlace Resolve(string? instance, CancellationToken cancel);

    /// <summary>Opens what <see cref="Resolve"/> gave.</summary>
    internal abstract PlaceContent Open(CancellationToken cancel);

    /// <summary>Removes the backup; that it is gone already is fine.</summary>
    internal abstract void Remove(CancellationToken cancel);

    private protected static ProblemException Malformed(string text, string why, string remedy) => new(
        new Problem("NUA5145", $"'{Printable.Escape(text, 200)}' is not a place for backups")
        {
            Why = why,
            Remedy = remedy,
        })
    { ExitCode = 2 };

    private protected static ProblemException NotThere(string place, string why, string remedy) => new(
        new Problem("NUA5146", "there is no such backup")
        {
            Where = Printable.Escape(place, 300),
            Why = why,
            Remedy = remedy,
        })
    { ExitCode = 66 };

    private protected static ProblemException NotWhole(string place, long? found, long wanted) => new(
        new Problem("NUA5147", "what arrived is not the backup that was sent")
        {
            Where = Printable.Escape(place, 300),
            Why = found is null ? "it is not listed there" : $"{found} bytes are there, {wanted} were sent",
            Remedy = "the place lost it although its program reported no error; nothing of this attempt was kept",
        })
    { ExitCode = 73 };
}

/// <param name="Place">Of the backup itself.</param>
internal sealed record SentBackup(WrittenBackup Written, BackupPlace Place);

/// <summary>The bytes of one backup, and the program they come from, if any.</summary>
internal sealed class PlaceContent(Stream bytes, PlaceTransfer? transfer) : IDisposable
{
    public Stream Bytes => bytes;

    /// <summary>When the bytes have ended: whether that was their end. Says nothing while there are more.</summary>
    /// <exception cref="ProblemException">NUA5144 the program failed (exit code 69).</exception>
    public void Complete() => transfer?.CompleteReading();

    public void Dispose()
    {
        bytes.Dispose();
        transfer?.Dispose();
    }
}
