using System.Globalization;
using Nua.Agent.Linux;

namespace Nua.Agent.Settings;

/// <summary>
/// Finds the folder for what lives as long as the container: /run/nua, or one in TMPDIR where that cannot be written.
/// </summary>
internal static class RunFolder
{
    /// <returns>null when nothing can be written: a read-only root without any tmpfs.</returns>
    public static string? Find(Paths paths, string temporary, bool touch)
    {
        if (FolderAccess.IsWritable(paths.Run) || (touch && FolderAccess.TryCreate(paths.Run, FolderAccess.Private)))
        {
            return paths.Run;
        }

        // TMPDIR may be shared with others: the folder must be a real one, ours, and closed to them.
        var own = $"{temporary}/nua-{Native.GetUid().ToString(CultureInfo.InvariantCulture)}";
        if (touch)
        {
            FolderAccess.TryCreate(own, FolderAccess.Private);
        }

        return FileStatus.Of(own, followLinks: false) is { IsDirectory: true } status
            && status.Uid == Native.GetUid() && (status.Mode & 0x3F) == 0 && FolderAccess.IsWritable(own)
                ? own
                : null;
    }
}
