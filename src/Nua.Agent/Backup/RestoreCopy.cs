using Nua.Agent.Linux;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Agent.Backup;

/// <summary>
/// The inverse of <see cref="ColdCopy"/>. Each entry must lie in a folder that this very run has entered, so no link
/// that a hostile backup plants is ever walked through. Modes and times of a folder are set when it is left.
/// </summary>
internal sealed class RestoreCopy
{
    private const uint _folderMode = 0x1C0;
    private const uint _fileMode = 0x180;
    private const uint _fifoType = 0x1000;

    private readonly string _folder;
    private readonly Func<string, string?> _volumePath;
    private readonly Action _checkpoint;
    private readonly FileCopy _copy;
    private readonly EntryOrder _order;
    private readonly bool _isRoot = Libc.GetEuid() == 0;

    /// <param name="volumePath">Where the volume of a name is now; null when there is none.</param>
    public RestoreCopy(string folder, Func<string, string?> volumePath, Action checkpoint)
    {
        (_folder, _volumePath, _checkpoint) = (folder, volumePath, checkpoint);
        _copy = new FileCopy(checkpoint);
        _order = new EntryOrder(entry => SetStatus(entry, Target(entry.Path)));
    }

    /// <summary>Attributes and owners that this container may not set.</summary>
    public int Refused { get; private set; }

    public void Add(BackupHeader header, BackupEntry entry)
    {
        _checkpoint();
        _order.Enter(entry, header);
        var target = Target(entry.Path);
        if (entry.Kind == EntryKind.Directory)
        {
            CreateFolder(target);
            return;
        }

        RemoveEarlier(target);
        switch (entry.Kind)
        {
            case EntryKind.File:
                File(entry, target);
                break;
            case EntryKind.Link:
                Posix.Check(Libc.SymlinkAt(Posix.Path(entry.Target ?? ""), Libc.AtFdCwd, Posix.Path(target)), "linking",
                    target);
                break;
            case EntryKind.HardLink:
                var first = Posix.Path(Target(entry.Target!));
                Posix.Check(Libc.LinkAt(Libc.AtFdCwd, first, Libc.AtFdCwd, Posix.Path(target), 0), "linking", target);
                return;
            default:
                Posix.Check(Libc.MknodAt(Libc.AtFdCwd, Posix.Path(target), _fifoType | _fileMode, 0), "creating",
                    target);
                break;
        }

        SetStatus(entry, target);
    }

    /// <summary>Leaves every folder.</summary>
    public void Finish() => _order.Finish();

    private string Target(string path)
    {
        var rest = path[(BackupFolder.Volumes.Length + 1)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var volume = _volumePath(rest[..slash]) ?? throw Refusal.BackupDamaged(path, "the image has no such volume");
        return volume + rest[slash..];
    }

    private void File(BackupEntry entry, string target)
    {
        var source = $"{_folder}/{entry.Path}";
        var from = FileBytes.OpenToRead(source);
        try
        {
            var flags = Libc.OWrOnly | Libc.OCreat | Libc.OExcl | Libc.ONoFollow | Libc.OCloExec;
            var to = Posix.Check(Libc.Open(Posix.Path(target), flags, _fileMode), "creating", target);
            try
            {
                if (_copy.Run(from, to, entry.Size, source) != entry.Sha256)
                {
                    throw Refusal.BackupDamaged(entry.Path, "it changed after it was verified");
                }
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

    /// <summary>A restore that was cut off is done again: what it had written is replaced.</summary>
    private static void RemoveEarlier(string target)
    {
        if (Libc.UnlinkAt(Libc.AtFdCwd, Posix.Path(target), 0) < 0 && Posix.LastError != Libc.ENoEnt)
        {
            Posix.Throw(Posix.LastError, "replacing", target);
        }
    }

    private static void CreateFolder(string target)
    {
        if (Libc.MkdirAt(Libc.AtFdCwd, Posix.Path(target), _folderMode) == 0)
        {
            return;
        }

        var error = Posix.LastError;
        if (error != Libc.EExist || FileStatus.Of(target, followLinks: false) is not { IsDirectory: true })
        {
            Posix.Throw(error, "creating", target);
        }

        Posix.Check(Libc.FchmodAt(Libc.AtFdCwd, Posix.Path(target), _folderMode, 0), "opening up", target);
    }

    /// <summary>
    /// Owner before mode, because changing the owner clears setuid; time last, because everything else changes it.
    /// </summary>
    private void SetStatus(BackupEntry entry, string target)
    {
        var path = Posix.Path(target);
        var owner = _isRoot ? entry.Uid : uint.MaxValue;
        if (Libc.FchownAt(Libc.AtFdCwd, path, owner, entry.Gid, Libc.AtSymlinkNofollow) < 0)
        {
            Refused++;
        }

        if (entry.Kind != EntryKind.Link)
        {
            Posix.Check(Libc.FchmodAt(Libc.AtFdCwd, path, entry.Mode, 0), "setting the mode of", target);
        }

        foreach (var attribute in entry.Attributes)
        {
            Refused += Attributes.TrySet(target, attribute) ? 0 : 1;
        }

        ColdCopy.SetTime(target, entry);
    }
}
