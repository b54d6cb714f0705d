using System.IO.Enumeration;
using System.Text;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Build.Planning;

/// <summary>What an entry of a folder is. Sockets, devices, FIFOs and links that lead outside are never
/// listed.</summary>
public enum EntryKind
{
    File,
    Folder,
}

/// <summary>One entry of <see cref="AppFolder.List"/>; <paramref name="Path"/> is relative to the folder, with
/// <c>/</c>.</summary>
public sealed record FolderEntry(string Path, EntryKind Kind)
{
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];
}

/// <summary>
/// Read-only view of a source folder as the build will see it: ignored paths do not exist, symbolic links are followed
/// only inside the folder. Only what is asked for is read, so that a plan for a big tree costs no more than one for a
/// small one. Every answer is independent of the order in which the file system lists its entries.
/// </summary>
public sealed class AppFolder
{
    /// <summary>More direct entries than this in one folder stop the plan: listing them would take longer than a plan
    /// may.</summary>
    public const int MostEntries = 250_000;

    /// <summary>A folder with more direct entries is not searched for code.</summary>
    public const int MostSearched = 10_000;

    /// <summary>Bytes of a manifest or lock file that are read at most.</summary>
    public const int MostText = 16 << 20;

    private const int MostLinks = 40;
    private static readonly UTF8Encoding _strict = new(false, throwOnInvalidBytes: true);

    private readonly string _root;
    private readonly IgnoreRules _rules;
    private readonly string _below;
    private readonly Dictionary<string, IReadOnlyList<FolderEntry>> _lists = new(StringComparer.Ordinal);
    private readonly HashSet<string> _huge = new(StringComparer.Ordinal);

    private AppFolder(string root, string below, IgnoreRules rules)
    {
        _root = root;
        _below = below;
        _rules = rules;
        Name = System.IO.Path.GetFileName(below.Length == 0 ? root : below);
    }

    /// <summary>The folder's own name, without its parents; empty for <c>/</c>.</summary>
    public string Name { get; }

    /// <summary>Opens a folder with the rules of its <c>.dockerignore</c> and <c>.nuaignore</c>.</summary>
    /// <exception cref="ProblemException">it is not there, is not a folder, or an ignore file is wrong.</exception>
    public static AppFolder Open(string path)
    {
        var root = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (!Directory.Exists(root))
        {
            throw new ProblemException(SourceProblems.NoFolder(path, File.Exists(root)));
        }

        var bare = new AppFolder(root, "", IgnoreRules.None);
        var files = IgnoreRules.FileNames.Select(name => (name, bare.ReadText(name)));
        return new AppFolder(root, "", IgnoreRules.Parse(files));
    }

    /// <summary>The same folder seen from a folder inside it. The ignore rules stay those of the outer one.</summary>
    public AppFolder Subfolder(string relative)
    {
        var clean = Clean(relative) ?? throw new ProblemException(SourceProblems.ProjectMissing(relative));
        if (clean.Length == 0)
        {
            return this;
        }

        return IsFolder(clean)
            ? new AppFolder(_root, Join(_below, clean), _rules)
            : throw new ProblemException(SourceProblems.ProjectMissing(relative));
    }

    public bool Exists(string relative) => Find(relative) is not null;

    public bool IsFile(string relative) => Find(relative) is { Kind: EntryKind.File };

    public bool IsFolder(string relative) => Find(relative) is { Kind: EntryKind.Folder };

    /// <summary>Direct entries of a folder, sorted by name (ordinal); empty when there is no such folder.</summary>
    /// <exception cref="ProblemException">unreadable, or more than <see cref="MostEntries"/> entries.</exception>
    public IReadOnlyList<FolderEntry> List(string relative = "")
    {
        if (Clean(relative) is not { } clean)
        {
            return [];
        }

        if (!_lists.TryGetValue(clean, out var list))
        {
            list = ReadList(clean, MostEntries)
                ?? throw new ProblemException(SourceProblems.TooManyEntries(clean, MostEntries));
            _lists[clean] = list;
        }

        return list;
    }

    /// <summary>The same for a search: a folder with more than <see cref="MostSearched"/> entries holds data, not code,
    /// and counts as empty after that many have been seen.</summary>
    public IReadOnlyList<FolderEntry> ListForSearch(string relative)
    {
        if (Clean(relative) is not { } clean || _huge.Contains(clean))
        {
            return [];
        }

        if (!_lists.TryGetValue(clean, out var list))
        {
            list = ReadList(clean, MostSearched);
            if (list is null)
            {
                _huge.Add(clean);
                return [];
            }

            _lists[clean] = list;
        }

        return list;
    }

    /// <summary>Files below a folder, breadth first and sorted, at most <paramref name="depth"/> folders
    /// down.</summary>
    /// <param name="limit">Entries looked at before the search ends; the order is fixed, so the answer is too.</param>
    public IEnumerable<string> Walk(string relative, int depth, int limit)
    {
        var waiting = new Queue<(string Path, int Depth)>([(relative, 0)]);
        while (limit > 0 && waiting.TryDequeue(out var folder))
        {
            foreach (var entry in ListForSearch(folder.Path))
            {
                if (limit-- <= 0)
                {
                    yield break;
                }

                if (entry.Kind == EntryKind.File)
                {
                    yield return entry.Path;
                }
                else if (folder.Depth < depth)
                {
                    waiting.Enqueue((entry.Path, folder.Depth + 1));
                }
            }
        }
    }

    /// <summary>The text of a manifest, strict UTF-8 without its byte-order mark; null when there is no such
    /// file.</summary>
    /// <param name="limit">Largest size in bytes.</param>
    /// <exception cref="ProblemException">unreadable, larger than <paramref name="limit"/>, or not UTF-8.</exception>
    public string? ReadText(string relative, int limit = MostText)
    {
        if (Find(relative) is not { Kind: EntryKind.File } found)
        {
            return null;
        }

        if (found.Size > limit)
        {
            throw new ProblemException(SourceProblems.FileTooLarge(relative, found.Size, limit));
        }

        try
        {
            return _strict.GetString(WithoutMark(ReadBytes(relative, found.FullPath, limit)));
        }
        catch (ArgumentException)
        {
            throw new ProblemException(SourceProblems.NotUtf8(relative));
        }
    }

    /// <summary>The beginning of a source file, whatever its encoding; null when there is no such file or it cannot be
    /// read.</summary>
    public string? ReadHead(string relative, int limit = 256 << 10)
    {
        if (Find(relative) is not { Kind: EntryKind.File } found)
        {
            return null;
        }

        try
        {
            return Encoding.UTF8.GetString(WithoutMark(ReadBytes(relative, found.FullPath, limit)));
        }
        catch (ProblemException)
        {
            return null;
        }
    }

    /// <summary>A relative path without <c>.</c>, <c>..</c> and doubled slashes; null when it leaves the
    /// folder.</summary>
    public static string? Clean(string relative)
    {
        var parts = new List<string>();
        foreach (var part in relative.Split('/'))
        {
            if (part == "..")
            {
                if (parts.Count == 0)
                {
                    return null;
                }

                parts.RemoveAt(parts.Count - 1);
            }
            else if (part.Length > 0 && part != ".")
            {
                parts.Add(part);
            }
        }

        return relative.StartsWith('/') ? null : string.Join('/', parts);
    }

    private static string Join(string folder, string name) =>
        folder.Length == 0 ? name : name.Length == 0 ? folder : folder + "/" + name;

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;

    private static byte[] ReadBytes(string relative, string path, int limit)
    {
        // Non-blocking: the file may have become a FIFO since it was looked at, and opening one waits for a writer.
        var flags = Libc.ORdOnly | Libc.ONoFollow | Libc.ONonBlock | Libc.OCloExec;
        var descriptor = Libc.Open(Posix.Path(path), flags, 0);
        if (descriptor < 0)
        {
            throw new ProblemException(SourceProblems.Unreadable(relative, Posix.LastError));
        }

        using var file = new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            var buffer = new byte[Math.Min(RandomAccess.GetLength(file), limit)];
            var length = 0;
            while (length < buffer.Length && RandomAccess.Read(file, buffer.AsSpan(length), length) is > 0 and var read)
            {
                length += read;
            }

            return buffer[..length];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ProblemException(SourceProblems.Unreadable(relative, error.Message), error);
        }
    }

    /// <summary>Null when there are more than <paramref name="most"/>, whichever they are.</summary>
    private IReadOnlyList<FolderEntry>? ReadList(string clean, int most)
    {
        if (Find(clean) is not { Kind: EntryKind.Folder } folder)
        {
            return [];
        }

        var entries = new List<FolderEntry>();
        try
        {
            var seen = 0;
            var path = Join(_below, clean);
            var above = path.Length == 0 ? default : _rules.Find(path);
            foreach (var (name, isFolder, isLink) in Enumerate(folder.FullPath))
            {
                if (++seen > most)
                {
                    return null;
                }

                Add(entries, Join(clean, name), isFolder, isLink, above);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(SourceProblems.Unreadable(clean.Length == 0 ? "." : clean, error.Message), error);
        }

        entries.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return entries;
    }

    private void Add(List<FolderEntry> entries, string path, bool isFolder, bool isLink, IgnoreMatch above)
    {
        if (isLink)
        {
            if (Find(path) is { } target)
            {
                entries.Add(new FolderEntry(path, target.Kind));
            }
        }
        else if (!_rules.Match(above, Join(_below, path)).Ignored)
        {
            entries.Add(new FolderEntry(path, isFolder ? EntryKind.Folder : EntryKind.File));
        }
    }

    private static FileSystemEnumerable<(string Name, bool IsFolder, bool IsLink)> Enumerate(string path) =>
        new(path, Describe, new EnumerationOptions { AttributesToSkip = 0, RecurseSubdirectories = false });

    private static (string Name, bool IsFolder, bool IsLink) Describe(ref FileSystemEntry entry) =>
        (entry.FileName.ToString(), entry.IsDirectory, (entry.Attributes & FileAttributes.ReparsePoint) != 0);

    /// <summary>Where a path really is, after links; null when absent, ignored, outside, or neither file nor
    /// folder.</summary>
    private Found? Find(string relative)
    {
        if (Clean(relative) is not { } clean || relative.Contains('\0'))
        {
            return null;
        }

        var path = Join(_below, clean);
        for (var links = 0; links <= MostLinks; links++)
        {
            if (path.Length > 0 && _rules.IsIgnored(path))
            {
                return null;
            }

            var step = Step(path);
            if (step.Redirected is null)
            {
                return step.Found;
            }

            path = step.Redirected;
        }

        return null;
    }

    /// <summary>Walks down one component at a time; stops at the first link with the path it leads to.</summary>
    private (Found? Found, string? Redirected) Step(string path)
    {
        var parts = path.Length == 0 ? [] : path.Split('/');
        var full = _root;
        var state = new Found(full, EntryKind.Folder, 0);
        for (var i = 0; i < parts.Length; i++)
        {
            full += "/" + parts[i];
            if (!TryStat(full, out var mode, out var size))
            {
                return default;
            }

            if ((mode & 0xF000) == 0xA000)
            {
                var target = Target(full, string.Join('/', parts[..i]));
                return target is null ? default : (null, Join(target, string.Join('/', parts[(i + 1)..])));
            }

            EntryKind? kind = (mode & 0xF000) switch { 0x8000 => EntryKind.File, 0x4000 => EntryKind.Folder, _ =>
                null };
            if (kind is null)
            {
                return default;
            }

            state = new Found(full, kind.Value, size);
        }

        return (state, null);
    }

    /// <summary>Where a link leads, relative to the root; null when outside.</summary>
    private string? Target(string link, string folder)
    {
        if (ReadLink(link) is not { } target)
        {
            return null;
        }

        if (!target.StartsWith('/'))
        {
            return Clean(Join(folder, target));
        }

        return target.StartsWith(_root + "/", StringComparison.Ordinal) ? Clean(target[(_root.Length + 1)..]) : null;
    }

    private static unsafe string? ReadLink(string link)
    {
        Span<byte> buffer = stackalloc byte[4096];
        fixed (byte* start = buffer)
        {
            var length = Libc.ReadLinkAt(Libc.AtFdCwd, Posix.Path(link), start, buffer.Length);
            return length <= 0 ? null : RawName.FromBytes(buffer[..(int)length]);
        }
    }

    private static unsafe bool TryStat(string path, out ushort mode, out long size)
    {
        Libc.StatxBuffer buffer;
        var failed = Libc.Statx(Libc.AtFdCwd, Posix.Path(path), Libc.AtSymlinkNofollow, 0x7ff, &buffer) < 0;
        (mode, size) = failed ? ((ushort)0, 0L) : (buffer.Mode, (long)buffer.Size);
        return !failed;
    }

    private sealed record Found(string FullPath, EntryKind Kind, long Size);
}
