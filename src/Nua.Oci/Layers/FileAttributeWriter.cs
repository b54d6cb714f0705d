using Nua.Foundation;
using Nua.Foundation.Linux;
using Nua.Oci.Tar;

namespace Nua.Oci.Layers;

/// <summary>Sets owner, mode, attributes and times, never through a symbolic link.</summary>
internal sealed class FileAttributeWriter(ApplyOptions options)
{
    private const int NotSupported = 95;
    private const int NotPermitted = 1;

    private readonly SortedDictionary<string, Problem> _notes = new(StringComparer.Ordinal);

    public IReadOnlyList<Problem> Notes => [.. _notes.Values];

    /// <summary>On an open file or directory. The owner first: changing it clears set-user-id and
    /// capabilities.</summary>
    public void Set(int fd, TarEntry entry, string path)
    {
        if (options.SetOwners)
        {
            Posix.Check(Libc.Fchown(fd, entry.Uid, entry.Gid), "setting the owner of", path);
        }

        if (options.SetXattrs)
        {
            foreach (var (name, value) in entry.Xattrs)
            {
                SetXattr(fd, name, value.Span, path);
            }
        }

        Posix.Check(Libc.Fchmod(fd, entry.Mode), "setting the mode of", path);
    }

    /// <summary>On a name whose last part must not be followed: a link, a device, or another name of a file.</summary>
    public void SetOnNode(int directory, string name, TarEntry entry)
    {
        var type = RootedDirectory.Status(directory, name) is { } status ? status.Mode & 0xF000 : 0;
        if (type == 0x8000)
        {
            SetOnFile(directory, name, entry);
            return;
        }

        var path = Posix.Path(name);
        if (options.SetOwners)
        {
            var result = Libc.FchownAt(directory, path, entry.Uid, entry.Gid, Libc.AtSymlinkNofollow);
            Posix.Check(result, "setting the owner of", name);
        }

        if (type != 0xA000)
        {
            // Not a link (those have no mode): a device or FIFO, just made, which fchmodat cannot mistake for anything
            // else.
            Posix.Check(Libc.FchmodAt(directory, path, entry.Mode, 0), "setting the mode of", name);
        }

        SetXattrsOnNode(directory, name, entry);
        SetTimeOnNode(directory, path, entry.Modified);
    }

    public static unsafe void SetTime(int fd, TarTime time)
    {
        var times = Times(time);
        fixed (Libc.TimeSpec* pointer = times)
        {
            Posix.Check(RootedCalls.FutimeNs(fd, pointer), "setting the time");
        }
    }

    private static unsafe void SetTimeOnNode(int directory, byte[] path, TarTime time)
    {
        var times = Times(time);
        fixed (Libc.TimeSpec* pointer = times)
        {
            Posix.Check(Libc.UtimensAt(directory, path, pointer, Libc.AtSymlinkNofollow), "setting the time");
        }
    }

    /// <summary>Access time and modification time, the same. The kernel clamps what the file system cannot
    /// hold.</summary>
    private static Libc.TimeSpec[] Times(TarTime time)
    {
        var value = new Libc.TimeSpec { Seconds = time.Seconds, Nanoseconds = time.Nanoseconds };
        return [value, value];
    }

    private void SetOnFile(int directory, string name, TarEntry entry)
    {
        var fd = RootedDirectory.OpenLeaf(directory, name, Libc.ORdOnly);
        Posix.Check(fd, "opening", name);
        try
        {
            Set(fd, entry, name);
            SetTime(fd, entry.Modified);
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    public unsafe void SetXattr(int fd, string name, ReadOnlySpan<byte> value, string path)
    {
        fixed (byte* pointer = value)
        {
            if (RootedCalls.FSetXattr(fd, Posix.Path(name), pointer, (nuint)value.Length, 0) < 0)
            {
                NoteXattr(name, path);
            }
        }
    }

    /// <summary>There is no call for a name relative to a descriptor; the descriptor's own path in /proc leads to the
    /// right directory.</summary>
    private unsafe void SetXattrsOnNode(int directory, string name, TarEntry entry)
    {
        foreach (var (attribute, value) in entry.Xattrs)
        {
            if (!options.SetXattrs)
            {
                break;
            }

            fixed (byte* pointer = value.Span)
            {
                var path = Posix.Path($"/proc/self/fd/{directory}/{name}");
                if (Libc.LSetXattr(path, Posix.Path(attribute), pointer, value.Length, 0) < 0)
                {
                    NoteXattr(attribute, name);
                }
            }
        }
    }

    /// <summary>An attribute that this file system or user cannot have is listed, not dropped in silence; any other
    /// failure is an error.</summary>
    private void NoteXattr(string name, string path)
    {
        if (Posix.LastError is not (NotSupported or NotPermitted))
        {
            Posix.Throw(Posix.LastError, $"setting the attribute {Printable.Escape(name, 100)} of", path);
        }

        if (_notes.Count < 100)
        {
            _notes.TryAdd(name, new Problem("NUA3035", $"the attribute '{Printable.Escape(name, 100)}' was left out")
            {
                Severity = Severity.Warning,
                Where = Printable.Escape(path, 200),
                Why = Posix.LastError == NotSupported ? "the file system cannot hold it" : "it needs a privilege",
            });
        }
    }
}
