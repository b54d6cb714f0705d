using Nua.Agent.Backup;
using Nua.Agent.Linux;

namespace Nua.Agent.Web;

/// <summary>
/// Strong entity tags. An image's files all have the same time, so size and time do not tell two versions apart: a file
/// of up to 1 MiB is told by the SHA-256 of its content (the same on every host), a larger one by size, times and the
/// moment it came to this host.
/// </summary>
internal sealed class EntityTags
{
    private const long _largestHashed = 1 << 20;
    private const int _remembered = 2048;

    private readonly Dictionary<(ulong Device, ulong Inode), (FileStatus Status, string Tag)> _known = [];
    private readonly FileCopy _hash = new(static () => { });

    /// <summary>With its quotes.</summary>
    /// <exception cref="IOException">the file cannot be read.</exception>
    public string Of(int fd, FileStatus status)
    {
        var key = (status.Device, status.Inode);
        if (_known.TryGetValue(key, out var known) && known.Status == status)
        {
            return known.Tag;
        }

        if (_known.Count >= _remembered)
        {
            _known.Clear();
        }

        var tag = Make(fd, status);
        _known[key] = (status, tag);
        return tag;
    }

    private string Make(int fd, FileStatus status)
    {
        if (status.Size <= _largestHashed && _hash.Run(fd, null, status.Size, "a file") is { } hash)
        {
            return $"\"{hash.AsSpan(0, 32)}\"";
        }

        var modified = $"{status.Seconds:x}.{status.Nanoseconds:x}";
        var changed = $"{status.ChangedSeconds:x}.{status.ChangedNanoseconds:x}";
        return $"\"{status.Size:x}-{modified}-{changed}\"";
    }
}
