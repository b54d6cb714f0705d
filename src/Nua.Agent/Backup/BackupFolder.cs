using Nua.Agent.Linux;
using Nua.Agent.Settings;
using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Foundation.Linux;

namespace Nua.Agent.Backup;

/// <summary>
/// The folder that a backup is made in, NUA_BACKUP_DIR. A mark, <c>.nua-partial</c>, stands in it until the manifest is
/// there, so that a run that was cut off is recognised and its remains, and only those, are cleared.
/// </summary>
internal sealed class BackupFolder : IDisposable
{
    public const string Manifest = "manifest.json";
    public const string Volumes = "volumes";
    private const string _mark = ".nua-partial";
    private const string _newManifest = ".manifest.json.new";
    private const string _fileSystemOwn = "lost+found";
    private const uint _markMode = 0x180;
    private readonly int _fd;

    private BackupFolder(string path, int fd) => (Path, _fd) = (path, fd);

    public string Path { get; }

    public string NewManifest => $"{Path}/{_newManifest}";

    public bool IsSealed => FileStatus.Of($"{Path}/{Manifest}") is not null;

    /// <exception cref="ProblemException">NUA6040 when it cannot be written; NUA6031 when another backup works in
    /// it.</exception>
    public static BackupFolder Open(string path)
    {
        if (!FolderAccess.IsWritable(path))
        {
            throw Refusal.BackupTarget(path, Directory.Exists(path) ? "it cannot be written" : "it does not exist");
        }

        var fd = FileBytes.OpenFolder(path);
        if (Libc.Flock(fd, Libc.LockEx | Libc.LockNb) < 0 && Posix.LastError == Libc.EWouldBlock)
        {
            _ = Libc.Close(fd);
            throw Refusal.DataBusy();
        }

        return new BackupFolder(path, fd);
    }

    /// <summary>Clears what a cut-off run left, then marks the folder as unfinished.</summary>
    /// <exception cref="ProblemException">NUA6040: there are files of somebody else.</exception>
    public void Begin()
    {
        var isPartial = FileStatus.Of($"{Path}/{_mark}") is not null;
        foreach (var name in Contents())
        {
            if (!isPartial)
            {
                throw Refusal.BackupTarget(Path, $"it is not empty: {Printable.Escape(name, 100)}");
            }

            if (name != _mark)
            {
                Delete($"{Path}/{name}");
            }
        }

        var mark = Libc.Open(Posix.Path($"{Path}/{_mark}"), Libc.OWrOnly | Libc.OCreat | Libc.OCloExec, _markMode);
        _ = Libc.Close(Posix.Check(mark, "creating", $"{Path}/{_mark}"));
        DurableFile.SyncDirectory(Path);
    }

    /// <summary>What a packager's command has put there.</summary>
    public List<string> Contents()
    {
        var names = DirectoryReader.Names(Path);
        names.Remove(_fileSystemOwn);
        return names;
    }

    /// <summary>Names of the agent's own, which are no part of the backup.</summary>
    public static bool IsOwn(string name) => name is _mark or _newManifest or Manifest;

    /// <summary>Brings every file to the disk; only then may the manifest say that they are there.</summary>
    public void SyncFiles() => Posix.Check(Libc.Syncfs(_fd), "syncing", Path);

    /// <summary>From here on the folder is a backup.</summary>
    public void Seal()
    {
        DurableFile.Rename(NewManifest, $"{Path}/{Manifest}");
        RemoveMark();
    }

    public void RemoveMark()
    {
        _ = Libc.UnlinkAt(Libc.AtFdCwd, Posix.Path($"{Path}/{_mark}"), 0);
        DurableFile.SyncDirectory(Path);
    }

    public void Dispose() => _ = Libc.Close(_fd);

    private static void Delete(string path)
    {
        if (FileStatus.Of(path, followLinks: false) is { IsDirectory: true })
        {
            foreach (var name in DirectoryReader.Names(path))
            {
                Delete($"{path}/{name}");
            }

            Posix.Check(Libc.UnlinkAt(Libc.AtFdCwd, Posix.Path(path), Libc.AtRemoveDir), "removing", path);
        }
        else
        {
            Posix.Check(Libc.UnlinkAt(Libc.AtFdCwd, Posix.Path(path), 0), "removing", path);
        }
    }
}
