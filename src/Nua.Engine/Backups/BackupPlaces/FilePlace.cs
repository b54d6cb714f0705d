using Microsoft.Win32.SafeHandles;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Engine.Backups.BackupPlaces;

/// <summary>A file of this machine.</summary>
internal sealed record FilePlace(string Path) : BackupPlace
{
    public override string Text => Path;

    private string Where => Printable.Escape(Path, 300);

    public override bool? IsThere => File.Exists(Path);

    internal override IReadOnlyList<string> Partial => [BackupWriter.PartOf(Path)];

    /// <summary>Writing makes the folder and says what is wrong with it.</summary>
    internal override void Prepare(CancellationToken cancel)
    {
    }

    internal override SentBackup Write(BackupWriter writer, string temporary, CancellationToken cancel) =>
        new(writer.WriteFile(Path, cancel), this);

    internal override BackupPlace Resolve(string? instance, CancellationToken cancel) => this;

    /// <summary>Never waits: opening a FIFO that nobody writes to would not come back, not even when the operator gives up.</summary>
    internal override PlaceContent Open(CancellationToken cancel)
    {
        if (Directory.Exists(Path))
        {
            throw BackupProblem.NotABackup(Where, "it is a folder");
        }

        var fd = Libc.Open(Posix.Path(Path), Libc.ORdOnly | Libc.ONonBlock | Libc.OCloExec, 0);
        if (fd < 0 && Posix.LastError is (Libc.ENoEnt or Libc.ENotDir))
        {
            throw BackupProblem.NotABackup(Where, "there is no such file");
        }

        var file = new FileStream(new SafeFileHandle(Posix.Check(fd, "opening", Path), ownsHandle: true), FileAccess.Read, 0);
        if (file.CanSeek)
        {
            return new PlaceContent(file, null);
        }

        file.Dispose();
        throw BackupProblem.NotABackup(Where, "it is not a file, but a pipe or a device");
    }

    internal override void Remove(CancellationToken cancel)
    {
        if (File.Exists(Path))
        {
            File.Delete(Path);
        }
    }
}
