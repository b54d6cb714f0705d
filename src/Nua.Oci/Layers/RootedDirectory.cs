using System.Runtime.CompilerServices;
using System.Text;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Oci.Layers;

/// <summary>
/// A directory tree in which no path leads outside, whatever links are in it. Every path is resolved by the kernel relative to
/// the root's descriptor (openat2), never by comparing strings: links inside the tree, absolute ones too, resolve inside the
/// root, as they will in the running image. The last part of a path is never followed.
/// </summary>
internal sealed class RootedDirectory : IDisposable
{
    private static readonly int OpenDirectory = Libc.OPath | Libc.ODirectory | Libc.OCloExec;
    private const ulong WithoutLinks = RootedCalls.Beneath | RootedCalls.NoSymlinks;
    private const int NoSystemCall = 38;
    private const int TooBig = 36;

    private readonly int _root;
    private readonly string _rootPath;
    private string? _cachedPath;
    private string _cachedReal = "";
    private int _cached = -1;

    public RootedDirectory(string root)
    {
        _root = Posix.Check(
            Libc.Open(Posix.Path(root), Libc.ORdOnly | Libc.ODirectory | Libc.OCloExec | Libc.ONoFollow, 0), "opening", root);
        _rootPath = ReadLink($"/proc/self/fd/{_root}", () => new IOException("the path of the directory is too long"));
    }

    /// <summary>Told about each directory that had to be made because an entry has no entry for its parent.</summary>
    public Action<string>? OnImplied { get; init; }

    /// <summary>Takes from the root what it inherited from the directory that it was made in: everything made below would inherit it
    /// too.</summary>
    public void DropAcls()
    {
        // Most have none, and some file systems cannot have any.
        _ = RootedCalls.FRemoveXattr(_root, "system.posix_acl_default\0"u8);
        _ = RootedCalls.FRemoveXattr(_root, "system.posix_acl_access\0"u8);
    }

    /// <summary>A descriptor of a directory, valid until the next call, and its path without links in it.</summary>
    /// <param name="create">Makes what is missing, mode 0755.</param>
    /// <returns>-1 when it is missing and was not to be made.</returns>
    /// <exception cref="ProblemException">NUA3052 something on the way is not a directory.</exception>
    public int Open(string path, bool create, string where, out string real)
    {
        real = path;
        if (path.Length == 0)
        {
            return _root;
        }

        if (_cachedPath == path)
        {
            real = _cachedReal;
            return _cached;
        }

        var fd = TryOpen(path, where, out real);
        if (fd < 0 && create)
        {
            Make(path, where);
            fd = TryOpen(path, where, out real);
            if (fd < 0)
            {
                throw LayerChange.NotADirectory(path, where, "it is a link that leads nowhere");
            }
        }

        if (fd >= 0)
        {
            Forget();
            (_cachedPath, _cachedReal, _cached) = (path, real, fd);
        }

        return fd;
    }

    /// <summary>After something was removed, a descriptor may be of a directory that is no longer there.</summary>
    public void Forget()
    {
        if (_cached >= 0)
        {
            _ = Libc.Close(_cached);
        }

        (_cached, _cachedPath) = (-1, null);
    }

    /// <summary>The last part of a path, opened without following or blocking; the caller closes it.</summary>
    public static int OpenLeaf(int directory, string name, int flags) =>
        Libc.OpenAt(directory, Posix.Path(name), flags | Libc.ONoFollow | Libc.OCloExec | Libc.ONonBlock, 0);

    /// <summary>Null when there is nothing. A link is reported as itself.</summary>
    public static unsafe Libc.StatxBuffer? Status(int directory, string name)
    {
        Unsafe.SkipInit(out Libc.StatxBuffer stat);
        if (Libc.Statx(directory, Posix.Path(name), Libc.AtSymlinkNofollow | 0x800, 0x7FF, &stat) == 0)
        {
            return stat;
        }

        return Posix.LastError is Libc.ENoEnt or Libc.ENotDir ? null : Fail<Libc.StatxBuffer?>("reading", name);
    }

    /// <summary>Removes a path (without links in it) and everything below it that <paramref name="isKept"/> does not name; what
    /// holds something that is kept stays too.</summary>
    /// <returns>Whether it is gone.</returns>
    public bool Remove(string path, Func<string, bool> isKept, Action<string> onKeptDirectory, string where)
    {
        var parent = OpenReal(LayerPath.Parent(path));
        try
        {
            var name = LayerPath.Name(path);
            if (Status(parent, name) is not { } status)
            {
                return true;
            }

            var isDirectory = (status.Mode & 0xF000) == 0x4000;
            if (!isDirectory)
            {
                return !isKept(path) && Unlink(parent, name, 0);
            }

            Forget();
            if (!isKept(path))
            {
                Clear(path, _ => false, onKeptDirectory, where);
                return Unlink(parent, name, Libc.AtRemoveDir);
            }

            onKeptDirectory(path);
            Clear(path, isKept, onKeptDirectory, where);
            return false;
        }
        finally
        {
            Close(parent);
        }
    }

    /// <summary>Removes what is in a directory, by the same rule.</summary>
    public void Clear(string path, Func<string, bool> isKept, Action<string> onKeptDirectory, string where)
    {
        Forget();
        foreach (var name in List(path))
        {
            Remove(LayerPath.Join(path, name), isKept, onKeptDirectory, where);
        }
    }

    /// <summary>Opens a directory by a path that must not have links in it, for reading. -1 when it is not (or no
    /// longer) there.</summary>
    public int OpenForReading(string path) =>
        path.Length == 0
            ? Libc.OpenAt(_root, "."u8, Libc.ORdOnly | Libc.ODirectory | Libc.OCloExec, 0)
            : RootedCalls.OpenAt2(_root, Posix.Path(path), Libc.ORdOnly | Libc.ODirectory | Libc.OCloExec, 0, WithoutLinks);

    public void Dispose()
    {
        Forget();
        _ = Libc.Close(_root);
    }

    private int OpenReal(string path) => path.Length == 0
        ? _root
        : Posix.Check(RootedCalls.OpenAt2(_root, Posix.Path(path), OpenDirectory, 0, WithoutLinks), "opening", path);

    private void Close(int fd)
    {
        if (fd != _root)
        {
            _ = Libc.Close(fd);
        }
    }

    private int TryOpen(string path, string where, out string real)
    {
        real = path;
        var bytes = Posix.Path(path);
        const ulong always = RootedCalls.NoXDev | RootedCalls.NoMagicLinks;
        var fd = RootedCalls.OpenAt2(_root, bytes, OpenDirectory, 0, always | WithoutLinks);
        if (fd < 0 && Posix.LastError is Libc.ELoop or Libc.ENotDir)
        {
            fd = RootedCalls.OpenAt2(_root, bytes, OpenDirectory, 0, always | RootedCalls.InRoot);
            real = fd < 0 ? path : RealPath(fd, path, where);
        }

        if (fd >= 0 || Posix.LastError == Libc.ENoEnt)
        {
            return fd;
        }

        throw Posix.LastError switch
        {
            Libc.ENotDir => LayerChange.NotADirectory(path, where, "a part of the path is a file"),
            Libc.ELoop => LayerChange.NotADirectory(path, where, "its links go round in circles"),
            TooBig => LayerChange.NotADirectory(path, where, "the path is too long"),
            NoSystemCall => NoOpenAt2(),
            _ => new IOException($"opening '{Printable.Escape(path, 300)}': errno {Posix.LastError}", Posix.LastError),
        };
    }

    private void Make(string path, string where)
    {
        var parent = Open(LayerPath.Parent(path), create: true, where, out var realParent);
        var name = LayerPath.Name(path);
        if (Libc.MkdirAt(parent, Posix.Path(name), 0x1ED) == 0)
        {
            // The umask must not show in an image's tree.
            var fd = Posix.Check(OpenLeaf(parent, name, Libc.ORdOnly | Libc.ODirectory), "opening", path);
            _ = Libc.Fchmod(fd, 0x1ED);
            _ = Libc.Close(fd);
            OnImplied?.Invoke(LayerPath.Join(realParent, name));
        }
        else if (Posix.LastError != Libc.EExist)
        {
            Posix.Throw(Posix.LastError, "creating", path);
        }
    }

    private string RealPath(int fd, string path, string where)
    {
        var full = ReadLink($"/proc/self/fd/{fd}", () =>
        {
            _ = Libc.Close(fd);
            return LayerChange.NotADirectory(path, where, "the path is too long");
        });
        return full == _rootPath ? "" : full[(_rootPath.Length + (_rootPath.EndsWith('/') ? 0 : 1))..];
    }

    private static unsafe string ReadLink(string path, Func<Exception> tooLong)
    {
        var buffer = new byte[8192];
        fixed (byte* pointer = buffer)
        {
            var length = Libc.ReadLinkAt(Libc.AtFdCwd, Posix.Path(path), pointer, buffer.Length);
            if (length < 0 && Posix.LastError == TooBig)
            {
                throw tooLong();
            }

            Posix.Check(length, "reading", path);
            return RawName.FromBytes(buffer.AsSpan(0, (int)length));
        }
    }

    private static bool Unlink(int parent, string name, int flags)
    {
        Posix.Check(Libc.UnlinkAt(parent, Posix.Path(name), flags), "removing", name);
        return true;
    }

    /// <summary>Names in a directory; .NET's own listing loses names that are not UTF-8.</summary>
    private unsafe List<string> List(string path)
    {
        var names = new List<string>();
        var fd = Posix.Check(OpenForReading(path), "opening", path);
        try
        {
            var buffer = new byte[32 << 10];
            fixed (byte* pointer = buffer)
            {
                nint length;
                while ((length = Posix.Check(RootedCalls.GetDents(fd, pointer, (nuint)buffer.Length), "listing", path)) > 0)
                {
                    AddNames(buffer.AsSpan(0, (int)length), names);
                }
            }
        }
        finally
        {
            _ = Libc.Close(fd);
        }

        return names;
    }

    /// <summary><c>struct linux_dirent64</c>: inode and offset (8 bytes each), record length (2), type (1), name up to
    /// a NUL.</summary>
    private static void AddNames(ReadOnlySpan<byte> records, List<string> names)
    {
        while (!records.IsEmpty)
        {
            var length = BitConverter.ToUInt16(records[16..]);
            var name = records[19..length];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                names.Add(RawName.FromBytes(name));
            }

            records = records[length..];
        }
    }

    private static T Fail<T>(string what, string path)
    {
        Posix.Throw(Posix.LastError, what, path);
        return default!;
    }

    private static ProblemException NoOpenAt2() => new(
        new Problem("NUA3058", "this kernel cannot unpack an image safely")
        {
            Why = "the system call openat2 is missing (Linux 5.6 has it) or forbidden by a seccomp filter",
        });
}
