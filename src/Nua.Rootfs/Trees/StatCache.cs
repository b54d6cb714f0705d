using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Nua.Foundation.Durable;
using Nua.Foundation.Linux;

namespace Nua.Rootfs.Trees;

/// <summary>What must be the same for a file's content to be taken as unchanged.</summary>
public readonly record struct FileStamp(
    ulong Inode, long Size, long ModifiedSeconds, uint ModifiedNanoseconds, long ChangedSeconds, uint ChangedNanoseconds);

/// <summary>
/// Remembers the digests of a folder's files by inode, size and times, as git's index does, so that an unchanged folder is
/// not read again. A file changed within two seconds of the scan is not remembered: it could change once more without its times showing.
/// The file is one line an entry: <c>sha256 SP inode SP size SP mtime SP mtime-ns SP ctime SP ctime-ns SP path LF</c>, names with
/// newlines left out.
/// </summary>
public sealed class StatCache
{
    private readonly string _file;
    private readonly long _now;
    private readonly Dictionary<string, (FileStamp Stamp, string Sha256)> _known;
    private readonly ConcurrentDictionary<string, (FileStamp Stamp, string Sha256)> _seen = new(StringComparer.Ordinal);
    private bool _isChanged;

    private StatCache(string file, long now, Dictionary<string, (FileStamp, string)> known) =>
        (_file, _now, _known) = (file, now, known);

    /// <summary>Opens the cache; a missing or damaged file is an empty cache.</summary>
    /// <param name="now">Seconds since 1970 on the clock that stamps files.</param>
    public static StatCache Open(string file, long now)
    {
        var known = new Dictionary<string, (FileStamp, string)>(StringComparer.Ordinal);
        if (File.Exists(file))
        {
            foreach (var line in Encoding.Latin1.GetString(File.ReadAllBytes(file)).Split('\n'))
            {
                var parts = line.Split(' ', 8);
                if (parts.Length == 8 && parts[0].Length == 64 && TryStamp(parts, out var stamp))
                {
                    known[RawName.FromBytes(Encoding.Latin1.GetBytes(parts[7]))] = (stamp, parts[0]);
                }
            }
        }

        return new StatCache(file, now, known);
    }

    public string? TryGet(string path, FileStamp stamp)
    {
        if (_known.TryGetValue(path, out var entry) && entry.Stamp == stamp)
        {
            _seen[path] = entry;
            return entry.Sha256;
        }

        return null;
    }

    public void Set(string path, FileStamp stamp, string sha256)
    {
        var newest = Math.Max(stamp.ModifiedSeconds, stamp.ChangedSeconds);
        if (newest < _now - 2 && !path.Contains('\n', StringComparison.Ordinal))
        {
            _seen[path] = (stamp, sha256);
            _isChanged = true;
        }
    }

    /// <summary>Writes what this scan saw; nothing when nothing changed.</summary>
    public void Save()
    {
        if (!_isChanged && _seen.Count == _known.Count)
        {
            return;
        }

        var text = new MemoryStream();
        foreach (var (path, (stamp, sha)) in _seen)
        {
            text.Write(Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture,
                $"{sha} {stamp.Inode} {stamp.Size} {stamp.ModifiedSeconds} {stamp.ModifiedNanoseconds} {stamp.ChangedSeconds} {stamp.ChangedNanoseconds} ")));
            text.Write(RawName.ToBytes(path));
            text.WriteByte((byte)'\n');
        }

        DurableFile.CreateDirectory(Path.GetDirectoryName(_file)!, 0x1C0);
        DurableFile.Replace(_file, text.ToArray(), 0x180);
    }

    private static bool TryStamp(string[] parts, out FileStamp stamp)
    {
        stamp = default;
        if (ulong.TryParse(parts[1], out var inode) && long.TryParse(parts[2], out var size)
            && long.TryParse(parts[3], out var mtime) && uint.TryParse(parts[4], out var mtimeNs)
            && long.TryParse(parts[5], out var ctime) && uint.TryParse(parts[6], out var ctimeNs))
        {
            stamp = new FileStamp(inode, size, mtime, mtimeNs, ctime, ctimeNs);
            return true;
        }

        return false;
    }
}
