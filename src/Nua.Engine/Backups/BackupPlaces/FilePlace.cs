namespace Nua.Engine.Backups.BackupPlaces;

/// <summary>A file of this machine.</summary>
internal sealed record FilePlace(string Path) : BackupPlace
{
    public override string Text => Path;

    public override bool? IsThere => File.Exists(Path);

    internal override IReadOnlyList<string> Partial => [BackupWriter.PartOf(Path)];

    /// <summary>Writing makes the folder and says what is wrong with it.</summary>
    internal override void Prepare(CancellationToken cancel)
    {
    }

    internal override SentBackup Write(BackupWriter writer, string temporary, CancellationToken cancel) =>
        new(writer.WriteFile(Path, cancel), this);

    internal override BackupPlace Resolve(string? instance, CancellationToken cancel) => this;

    internal override PlaceContent Open(CancellationToken cancel) =>
        new(new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read, 0), null);

    internal override void Remove(CancellationToken cancel)
    {
        if (File.Exists(Path))
        {
            File.Delete(Path);
        }
    }
}
