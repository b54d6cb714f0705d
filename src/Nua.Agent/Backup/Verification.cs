using Nua.Agent.Linux;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Agent.Backup;

/// <summary>Reads a whole backup and compares it with its manifest. Changes nothing.</summary>
internal sealed class Verification(string folder, Action checkpoint)
{
    private readonly FileCopy _copy = new(checkpoint);
    private readonly EntryOrder _order = new(static _ => { });

    /// <returns>the header.</returns>
    /// <exception cref="ProblemException">NUA6041, NUA6042; exit code 65.</exception>
    public static BackupHeader Run(string folder, Action checkpoint)
    {
        var verification = new Verification(folder, checkpoint);
        return ManifestReader.Read($"{folder}/{BackupFolder.Manifest}",
            (header, entry) => verification.Check(header, entry));
    }

    private void Check(BackupHeader header, BackupEntry entry)
    {
        checkpoint();
        if (!IsInside(entry.Path))
        {
            throw Refusal.BackupDamaged(entry.Path, "the path leads out of the backup");
        }

        if (header.IsCopy)
        {
            _order.Enter(entry, header);
        }

        if (entry.Kind == EntryKind.File)
        {
            File(entry);
        }
        else if (entry.Kind != EntryKind.Fifo)
        {
            Presence(entry);
        }
    }

    /// <summary>
    /// Folders, links and further names of a file: the manifest has all about them, but a name that is gone shows
    /// damage.
    /// </summary>
    private void Presence(BackupEntry entry)
    {
        var isThere = FileStatus.Of($"{folder}/{entry.Path}", followLinks: false) is { } status
            && entry.Kind switch { EntryKind.Directory => status.IsDirectory, EntryKind.Link => status.IsLink,
                _ => status.IsRegular };
        if (!isThere)
        {
            throw Refusal.BackupDamaged(entry.Path, "it is missing or something else");
        }
    }

    private void File(BackupEntry entry)
    {
        var path = $"{folder}/{entry.Path}";
        var fd = Libc.Open(Posix.Path(path), Libc.ORdOnly | Libc.ONoFollow | Libc.ONonBlock | Libc.OCloExec, 0);
        if (fd < 0)
        {
            throw Refusal.BackupDamaged(entry.Path, "the file is missing or cannot be read");
        }

        try
        {
            var status = FileStatus.OfOpen(fd);
            if (!status.IsRegular || status.Size != entry.Size)
            {
                throw Refusal.BackupDamaged(entry.Path, $"it has {status.Size} bytes, the manifest says {entry.Size}");
            }

            if (_copy.Run(fd, null, entry.Size, path) != entry.Sha256)
            {
                throw Refusal.BackupDamaged(entry.Path, "its SHA-256 is not the one in the manifest");
            }
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    private static bool IsInside(string path)
    {
        foreach (var part in path.Split('/'))
        {
            if (part.Length == 0 || part == "." || part == ".." || part.Contains('\0'))
            {
                return false;
            }
        }

        return true;
    }
}
