using Nua.Agent.Data;
using Nua.Agent.Linux;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Agent.Backup;

/// <summary>
/// Copies volumes into a backup as plain files and lists them in the manifest, a folder before what is in it. The list
/// has the exact mode, owner, times and attributes; the copies themselves are always readable for their owner.
/// </summary>
internal sealed class ColdCopy(string folder, ManifestWriter manifest, Action checkpoint)
{
    private const uint _folderMode = 0x1C0;
    private const uint _fileMode = 0x180;

    /// <summary>The agent's own record is written anew by restore, so its files are not copied.</summary>
    private static readonly string[] _records =
    [
        DataFolder.VersionFile, DataFolder.AppFile, DataFolder.LockFile, DataFolder.InstallMark, DataFolder.RestoreMark,
        DataFolder.RestoredMark, Verbs.UpgradeStep.Mark,
    ];

    private readonly FileCopy _copy = new(checkpoint);

    /// <summary>The first path of each file that has several names.</summary>
    private readonly Dictionary<(ulong Device, ulong Inode), string> _linked = [];

    /// <summary>Sockets and devices cannot be copied; they are named here.</summary>
    public List<string> Warnings { get; } = [];

    /// <exception cref="IOException">reading or writing failed.</exception>
    /// <exception cref="ProblemException">NUA6044: a file changed meanwhile.</exception>
    public void Volume(string source, string name)
    {
        CreateFolder($"{BackupFolder.Volumes}");
        var target = $"{BackupFolder.Volumes}/{name}";
        CreateFolder(target);
        Children(source, target, isVolumeRoot: true);
    }

    private void Children(string source, string target, bool isVolumeRoot = false)
    {
        foreach (var name in DirectoryReader.Names(source))
        {
            if (isVolumeRoot && name == "lost+found")
            {
                continue;
            }

            checkpoint();
            Entry($"{source}/{name}", $"{target}/{name}", isRecord: isVolumeRoot && name == DataFolder.OwnFolder);
        }
    }

    private void Entry(string source, string target, bool isRecord)
    {
        if (FileStatus.Of(source, followLinks: false) is not { } status)
        {
            throw Refusal.ChangedWhileCopied(source);
        }

        var entry = new BackupEntry(target, EntryKind.File)
        {
            Mode = status.Mode,
            Uid = status.Uid,
            Gid = status.Gid,
            Seconds = status.Seconds,
            Nanoseconds = status.Nanoseconds,
            Links = status.Links,
            Attributes = Attributes.Read(source),
        };
        if (status.IsDirectory)
        {
            Folder(source, entry, isRecord);
        }
        else if (status.IsRegular)
        {
            File(source, entry, status);
        }
        else if (status.IsLink)
        {
            var link = ReadLink(source);
            Posix.Check(Libc.SymlinkAt(Posix.Path(link), Libc.AtFdCwd, Posix.Path(At(target))), "linking", target);
            manifest.Add(entry with { Kind = EntryKind.Link, Target = link });
        }
        else if (status.IsFifo)
        {
            manifest.Add(entry with { Kind = EntryKind.Fifo });
        }
        else
        {
            Warnings.Add($"{Printable.Escape(target)} is a {(status.IsSocket ? "socket" : "device")} and was left out");
        }
    }

    private void Folder(string source, BackupEntry entry, bool isRecord)
    {
        if (!isRecord)
        {
            CreateFolder(entry.Path);
            manifest.Add(entry with { Kind = EntryKind.Directory });
            Children(source, entry.Path);
            return;
        }

        var others = DirectoryReader.Names(source);
        others.RemoveAll(IsRecord);
        if (others.Count == 0)
        {
            return;
        }

        CreateFolder(entry.Path);
        manifest.Add(entry with { Kind = EntryKind.Directory });
        foreach (var name in others)
        {
            Entry($"{source}/{name}", $"{entry.Path}/{name}", isRecord: false);
        }
    }

    private void File(string source, BackupEntry entry, FileStatus status)
    {
        if (status.Links > 1 && !_linked.TryAdd((status.Device, status.Inode), entry.Path))
        {
            var first = _linked[(status.Device, status.Inode)];
            Posix.Check(
                Libc.LinkAt(Libc.AtFdCwd, Posix.Path(At(first)), Libc.AtFdCwd, Posix.Path(At(entry.Path)), 0),
                "linking", entry.Path);
            manifest.Add(entry with { Kind = EntryKind.HardLink, Target = first });
            return;
        }

        var from = FileBytes.OpenToRead(source);
        try
        {
            var flags = Libc.OWrOnly | Libc.OCreat | Libc.OExcl | Libc.ONoFollow | Libc.OCloExec;
            var to = Posix.Check(Libc.Open(Posix.Path(At(entry.Path)), flags, _fileMode), "creating", entry.Path);
            try
            {
                var hash = _copy.Run(from, to, status.Size, source);
                var after = FileStatus.OfOpen(from);
                if (hash is null || after.Size != status.Size || after.Seconds != status.Seconds
                    || after.Nanoseconds != status.Nanoseconds)
                {
                    throw Refusal.ChangedWhileCopied(source);
                }

                Posix.Check(Libc.Fchmod(to, (entry.Mode & 0x1FF) | _fileMode), "setting the mode of", entry.Path);
                SetTime(At(entry.Path), entry);
                manifest.Add(entry with { Kind = EntryKind.File, Size = status.Size, Sha256 = hash });
            }
            finally
            {
                _ = Libc.Close(to);
            }
        }
        finally
        {
            _ = Libc.Close(from);
        }
    }

    private static bool IsRecord(string name)
    {
        const string unfinished = ".new";
        var file = name.EndsWith(unfinished, StringComparison.Ordinal) ? name[..^unfinished.Length] : name;
        return Array.IndexOf(_records, file) >= 0;
    }

    private string At(string path) => $"{folder}/{path}";

    private void CreateFolder(string path)
    {
        if (Libc.MkdirAt(Libc.AtFdCwd, Posix.Path(At(path)), _folderMode) < 0 && Posix.LastError != Libc.EExist)
        {
            Posix.Throw(Posix.LastError, "creating", At(path));
        }
    }

    private static unsafe string ReadLink(string path)
    {
        const int longest = 4096;
        var buffer = stackalloc byte[longest];
        var length = Posix.Check(Libc.ReadLinkAt(Libc.AtFdCwd, Posix.Path(path), buffer, longest), "reading", path);
        return RawName.FromBytes(new ReadOnlySpan<byte>(buffer, (int)length));
    }

    /// <summary>Gives a name the time of an entry, without following a link.</summary>
    public static unsafe void SetTime(string path, BackupEntry entry)
    {
        var times = stackalloc Libc.TimeSpec[2];
        times[0] = times[1] = new Libc.TimeSpec { Seconds = entry.Seconds, Nanoseconds = entry.Nanoseconds };
        Posix.Check(Libc.UtimensAt(Libc.AtFdCwd, Posix.Path(path), times, Libc.AtSymlinkNofollow),
            "setting the time of", path);
    }
}
