using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Build.Sources;

/// <summary>
/// A folder into which the entries of an untrusted archive are written. Every component of every path is opened from its
/// parent's descriptor without following links, so whatever the archive says, and whatever it has already put there, nothing
/// outside the folder is touched. Names with <c>..</c>, absolute names and links that lead out are refused, not repaired.
/// Modes become 0755 or 0644; owners and times are not kept.
/// </summary>
internal sealed class UnpackTarget : IDisposable
{
    private const int MaxPathBytes = 4096;
    private const int MaxNameBytes = 255;

    private readonly string _archive;
    private readonly long _archiveBytes;
    private readonly SourceLimits _limits;
    private readonly SafeFileHandle _root;
    private readonly long _started;
    private readonly TimeProvider _time;
    private int _entries;
    private long _bytes;

    /// <param name="folder">Exists and is empty.</param>
    /// <param name="archive">What to call the archive in messages.</param>
    /// <param name="archiveBytes">Its size, for the ratio limit.</param>
    public UnpackTarget(string folder, string archive, long archiveBytes, SourceLimits limits, TimeProvider time)
    {
        _archive = archive;
        _archiveBytes = Math.Max(1, archiveBytes);
        _limits = limits;
        _time = time;
        _started = time.GetTimestamp();
        var fd = Posix.Check(
            Libc.Open(Posix.Path(folder), Libc.ORdOnly | Libc.ODirectory | Libc.ONoFollow | Libc.OCloExec, 0), "opening", folder);
        _root = new SafeFileHandle(fd, ownsHandle: true);
    }

    public void Dispose() => _root.Dispose();

    public void AddFolder(string path)
    {
        var parts = Split(path);
        CountEntry(path);
        using var made = OpenFolder(parts, parts.Length, path);
    }

    /// <summary>Copies <paramref name="content"/> to its end. A later file of the same name replaces the earlier one.</summary>
    public void AddFile(string path, bool isExecutable, Stream content, CancellationToken cancellationToken)
    {
        var parts = SplitNonRoot(path);
        CountEntry(path);
        using var parent = OpenFolder(parts, parts.Length - 1, path);
        Remove(parent, parts[^1], path);
        var mode = isExecutable ? 0x1EDu : 0x1A4u;
        var flags = Libc.OWrOnly | Libc.OCreat | Libc.OExcl | Libc.ONoFollow | Libc.OCloExec;
        using var file = new SafeFileHandle(
            Posix.Check(Libc.OpenAt(Fd(parent), Posix.Path(parts[^1]), flags, mode), "creating", path), ownsHandle: true);
        Posix.Check(Libc.Fchmod(Fd(file), mode), "setting the mode of", path); // whatever the umask
        var buffer = new byte[128 * 1024];
        long offset = 0;
        int read;
        while ((read = content.Read(buffer)) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CountBytes(read);
            RandomAccess.Write(file, buffer.AsSpan(0, read), offset);
            offset += read;
        }
    }

    /// <summary>A symbolic link, kept as it is when it leads to a place inside the archive, whether that exists or not.</summary>
    public void AddLink(string path, string target)
    {
        var parts = SplitNonRoot(path);
        CountEntry(path);
        if (!StaysInside(parts, target))
        {
            throw SourceProblems.UnsafeEntry(_archive, path, $"it is a link to '{Printable.Escape(target, 200)}', outside the archive");
        }

        using var parent = OpenFolder(parts, parts.Length - 1, path);
        Remove(parent, parts[^1], path);
        Posix.Check(Libc.SymlinkAt(Posix.Path(target), Fd(parent), Posix.Path(parts[^1])), "linking", path);
    }

    /// <summary>A second name for a file that the archive has already given.</summary>
    public void AddHardLink(string path, string existing)
    {
        var parts = SplitNonRoot(path);
        var from = SplitNonRoot(existing);
        CountEntry(path);
        if (parts.SequenceEqual(from))
        {
            throw SourceProblems.UnsafeEntry(_archive, path, "it is a hard link to itself");
        }

        using var source = OpenFolder(from, from.Length - 1, existing, create: false);
        var flags = Libc.ORdOnly | Libc.ONoFollow | Libc.ONonBlock | Libc.OCloExec;
        var fd = Libc.OpenAt(Fd(source), Posix.Path(from[^1]), flags, 0);
        if (fd < 0)
        {
            throw SourceProblems.UnsafeEntry(
                _archive, path, $"it is a hard link to '{Printable.Escape(existing, 200)}', which is not a file given before");
        }

        _ = Libc.Close(fd);
        using var parent = OpenFolder(parts, parts.Length - 1, path);
        Remove(parent, parts[^1], path);
        Posix.Check(
            Libc.LinkAt(Fd(source), Posix.Path(from[^1]), Fd(parent), Posix.Path(parts[^1]), 0), "linking", path);
    }

    public void Refuse(string path, string type) => throw SourceProblems.RefusedType(_archive, path, type);

    private static int Fd(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    /// <summary>Opens the folder of the first <paramref name="count"/> components, making what is missing.</summary>
    private SafeFileHandle OpenFolder(string[] parts, int count, string path, bool create = true)
    {
        var current = new SafeFileHandle(
            Posix.Check(Libc.OpenAt(Fd(_root), ".\0"u8, Libc.ORdOnly | Libc.ODirectory | Libc.OCloExec, 0), "opening", path),
            ownsHandle: true);
        for (var i = 0; i < count; i++)
        {
            using var parent = current;
            current = OpenChild(parent, parts[i], path, create);
        }

        return current;
    }

    private SafeFileHandle OpenChild(SafeFileHandle parent, string name, string path, bool create)
    {
        var flags = Libc.ORdOnly | Libc.ODirectory | Libc.ONoFollow | Libc.OCloExec;
        var fd = Libc.OpenAt(Fd(parent), Posix.Path(name), flags, 0);
        if (fd < 0 && Posix.LastError == Libc.ENoEnt && create)
        {
            Posix.Check(Libc.MkdirAt(Fd(parent), Posix.Path(name), 0x1ED), "creating the folder of", path);
            fd = Posix.Check(Libc.OpenAt(Fd(parent), Posix.Path(name), flags, 0), "opening the folder of", path);
            Posix.Check(Libc.Fchmod(fd, 0x1ED), "setting the mode of the folder of", path);
        }

        if (fd < 0 && Posix.LastError is Libc.ELoop or Libc.ENotDir or Libc.ENoEnt)
        {
            throw SourceProblems.UnsafeEntry(
                _archive, path, $"'{Printable.Escape(name, 100)}' on the way is a link, a file or missing, not a folder");
        }

        return new SafeFileHandle(Posix.Check(fd, "opening the folder of", path), ownsHandle: true);
    }

    private void Remove(SafeFileHandle parent, string name, string path)
    {
        if (Libc.UnlinkAt(Fd(parent), Posix.Path(name), 0) == 0 || Posix.LastError == Libc.ENoEnt)
        {
            return;
        }

        if (Posix.LastError is Libc.EIsDir or Libc.EPerm)
        {
            throw SourceProblems.UnsafeEntry(_archive, path, "it would replace a folder");
        }

        Posix.Throw(Posix.LastError, "replacing", path);
    }

    private string[] SplitNonRoot(string path)
    {
        var parts = Split(path);
        return parts.Length > 0 ? parts : throw SourceProblems.UnsafeEntry(_archive, path, "it would replace the folder itself");
    }

    /// <summary>Components of a name; <c>.</c> and empty ones count for nothing.</summary>
    private string[] Split(string path)
    {
        if (path.StartsWith('/'))
        {
            throw SourceProblems.UnsafeEntry(_archive, path, "its name is absolute");
        }

        var parts = path.Split('/').Where(p => p is not ("" or ".")).ToArray();
        var why = parts.Contains("..") ? "its name climbs out with '..'"
            : path.Contains('\0', StringComparison.Ordinal) ? "its name holds a NUL"
            : parts.Length > _limits.Depth ? string.Create(CultureInfo.InvariantCulture, $"it lies more than {_limits.Depth} folders deep")
            : RawName.ToBytes(path).Length > MaxPathBytes || parts.Any(p => RawName.ToBytes(p).Length > MaxNameBytes) ? "its name is too long"
            : null;
        return why is null ? parts : throw SourceProblems.UnsafeEntry(_archive, path, why);
    }

    /// <summary>Walks the target from the link's folder by name alone; it may never climb above the top.</summary>
    private static bool StaysInside(string[] link, string target)
    {
        if (target.Length == 0 || target[0] == '/' || target.Contains('\0', StringComparison.Ordinal))
        {
            return false;
        }

        var depth = link.Length - 1;
        foreach (var part in target.Split('/'))
        {
            depth += part switch { "" or "." => 0, ".." => -1, _ => 1 };
            if (depth < 0)
            {
                return false;
            }
        }

        return true;
    }

    private void CountEntry(string path)
    {
        if (++_entries > _limits.Entries)
        {
            throw SourceProblems.OverLimit(_archive, $"more than {_limits.Entries} entries (at '{Printable.Escape(path, 100)}')");
        }

        if (_time.GetElapsedTime(_started) > _limits.Unpack)
        {
            throw SourceProblems.TooSlow("unpacking " + _archive, _limits.Unpack);
        }
    }

    private void CountBytes(int count)
    {
        _bytes += count;
        if (_bytes > _limits.UnpackedBytes)
        {
            throw SourceProblems.OverLimit(_archive, $"it unpacks to more than {_limits.UnpackedBytes >> 20} MiB");
        }

        if (_bytes > 64L << 20 && _bytes / _archiveBytes > _limits.Ratio)
        {
            throw SourceProblems.OverLimit(_archive, $"it unpacks to more than {_limits.Ratio} times its size");
        }
    }
}
