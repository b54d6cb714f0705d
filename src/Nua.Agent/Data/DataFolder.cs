using System.Globalization;
using Nua.Agent.Linux;
using Nua.Agent.Settings;
using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Foundation.Linux;

namespace Nua.Agent.Data;

/// <summary>
/// /nua/data and the agent's own record in it, <c>/nua/data/.nua</c>: <c>data-version</c> (one integer and a newline),
/// <c>app-id</c>,
/// <c>lock</c>, and while an installation or a restore is unfinished <c>installing</c> or <c>restoring</c>. Every file
/// is replaced by rename after fsync, under a fixed temporary name, so that a killed run leaves nothing behind that the
/// next does not replace.
/// </summary>
internal sealed class DataFolder(string path)
{
    public const string OwnFolder = ".nua";
    public const string VersionFile = "data-version";
    public const string AppFile = "app-id";
    public const string LockFile = "lock";
    public const string InstallMark = "installing";
    public const string RestoreMark = "restoring";
    public const string RestoredMark = "restored-from";
    private const uint _fileMode = 0x1B0;

    public string Path { get; } = path;

    public string Own => Path + "/" + OwnFolder;

    public bool IsWritable => FolderAccess.IsWritable(Path) && (!Directory.Exists(Own) || FolderAccess.IsWritable(Own));

    /// <summary>The recorded data version; null when there is no record.</summary>
    /// <exception cref="ProblemException">NUA6023: the record is not one number.</exception>
    public int? Version
    {
        get
        {
            if (ReadOwn(VersionFile) is not { } text)
            {
                return null;
            }

            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
                ? version
                : throw Refusal.DataDamaged(Own + "/" + VersionFile, $"'{Printable.Escape(text, 40)}' is not a number");
        }
    }

    /// <summary>Which application wrote the data; null when not recorded.</summary>
    public string? AppId => ReadOwn(AppFile);

    /// <summary>Nothing but what a file system, the agent and an empty home folder bring along.</summary>
    public bool IsEmpty
    {
        get
        {
            if (!Directory.Exists(Path))
            {
                return true;
            }

            foreach (var entry in DirectoryReader.Names(Path))
            {
                var isOurs = entry is OwnFolder or "lost+found"
                    || (entry == "home" && DirectoryReader.Names(Path + "/home").Count == 0);
                if (!isOurs)
                {
                    return false;
                }
            }

            return true;
        }
    }

    public string? ReadOwn(string name)
    {
        var file = Own + "/" + name;
        try
        {
            return FileStatus.Of(file) is null ? null : File.ReadAllText(file).TrimEnd('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refusal.DataDamaged(file, "it cannot be read");
        }
    }

    public void WriteVersion(int version) => WriteOwn(VersionFile, version.ToString(CultureInfo.InvariantCulture));

    /// <exception cref="ProblemException">NUA6030; exit code 73 or 77.</exception>
    public void WriteOwn(string name, string text)
    {
        try
        {
            DurableFile.CreateDirectory(Own, FolderAccess.Shared);
            ReplaceFile(Own + "/" + name, RawName.ToBytes(text + "\n"));
        }
        catch (IOException e)
        {
            throw Refusal.DataNotWritable(Own + "/" + name, e.Message);
        }
    }

    public void DeleteOwn(string name)
    {
        if (Libc.UnlinkAt(Libc.AtFdCwd, Posix.Path(Own + "/" + name), 0) == 0)
        {
            DurableFile.SyncDirectory(Own);
        }
    }

    private static void ReplaceFile(string file, ReadOnlySpan<byte> content)
    {
        var temporary = file + ".new";
        var flags = Libc.OWrOnly | Libc.OCreat | Libc.OTrunc | Libc.ONoFollow | Libc.OCloExec;
        var fd = Posix.Check(Libc.Open(Posix.Path(temporary), flags, _fileMode), "creating", temporary);
        try
        {
            FileBytes.WriteAll(fd, content, 0, temporary);
            Posix.Check(Libc.Fsync(fd), "syncing", temporary);
        }
        finally
        {
            _ = Libc.Close(fd);
        }

        DurableFile.Rename(temporary, file);
    }
}
