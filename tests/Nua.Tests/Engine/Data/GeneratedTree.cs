using System.Diagnostics;
using System.Text;
using CsCheck;
using Nua.Foundation.Linux;

namespace Nua.Tests.Engine.Data;

public enum NodeSort
{
    File,
    Directory,
    Symlink,
    HardLink,
    Fifo,
    Sparse,
    Socket,
}

/// <summary>One name to be made. <paramref name="Parent"/> and <paramref name="Target"/> choose among what was made before.</summary>
public sealed record NodeWish(
    NodeSort Sort, byte[] Name, int Parent, int Target, byte[] Content, uint Mode, uint Uid, uint Gid, long Seconds, int Nanoseconds, byte[]? Xattr, bool HasAcl);

/// <summary>Makes trees on the disk with all that a backup must keep, and describes what is on a disk by other means than the program under test.</summary>
public static class GeneratedTree
{
    private static readonly Gen<byte[]> _name = Gen.OneOf(
        Gen.String[Gen.Char.AlphaNumeric, 1, 12].Select(Encoding.UTF8.GetBytes),
        Gen.Byte[1, 255].Where(b => b != (byte)'/').Array[1, 20],
        Gen.Const(Encoding.UTF8.GetBytes(".wh.not a whiteout")),
        Gen.Const(Encoding.UTF8.GetBytes("line\nbreak ünï")),
        Gen.Char.AlphaNumeric.Array[120, 200].Select(c => Encoding.UTF8.GetBytes(c)));

    private static readonly Gen<NodeSort> _sort = Gen.Frequency(
        (6, Gen.Const(NodeSort.File)), (4, Gen.Const(NodeSort.Directory)), (2, Gen.Const(NodeSort.Symlink)), (2, Gen.Const(NodeSort.HardLink)),
        (1, Gen.Const(NodeSort.Fifo)), (1, Gen.Const(NodeSort.Sparse)));

    private static readonly Gen<long> _seconds = Gen.OneOf(Gen.Long[0, 2_000_000_000], Gen.Long[-1_000_000_000, 0], Gen.Long[4_000_000_000, 8_000_000_000]);

    public static Gen<NodeWish[]> Wishes { get; } =
        Gen.Select(
            Gen.Select(_sort, _name, Gen.Int[0, 1000], Gen.Int[0, 1000]),
            Gen.Select(Gen.Byte.Array[0, 3000], Gen.UInt[0, 0xFFF], Gen.UInt[0, 60_000], Gen.UInt[0, 60_000]),
            Gen.Select(_seconds, Gen.Int[0, 999_999_999], Gen.Bool, Gen.Byte.Array[0, 200]),
            Gen.Bool)
        .Select(wish => new NodeWish(
            wish.Item1.Item1, wish.Item1.Item2, wish.Item1.Item3, wish.Item1.Item4, wish.Item2.Item1, wish.Item2.Item2, wish.Item2.Item3, wish.Item2.Item4,
            wish.Item3.Item1, wish.Item3.Item2, wish.Item3.Item3 ? wish.Item3.Item4 : null, wish.Item4))
        .Array[0, 25];

    /// <summary>Makes the tree below an existing folder. Names that are taken are passed over.</summary>
    public static unsafe void Make(string root, IReadOnlyList<NodeWish> wishes)
    {
        var isRoot = Libc.GetEuid() == 0;
        var folders = new List<string> { root };
        var files = new List<string>();
        var made = new List<(string Path, NodeWish Wish)>();
        foreach (var wish in wishes)
        {
            var path = folders[wish.Parent % folders.Count] + "/" + RawName.FromBytes(wish.Name);
            if (RawName.ToBytes(path).Length > 3000 || wish.Name is [(byte)'.'] or [(byte)'.', (byte)'.'] || !MakeOne(path, wish, files))
            {
                continue;
            }

            made.Add((path, wish));
            if (wish.Sort == NodeSort.Directory)
            {
                folders.Add(path);
            }
            else if (wish.Sort is NodeSort.File or NodeSort.Sparse)
            {
                files.Add(path);
            }
        }

        // From the inside out: making a child changes its folder's time.
        made.Reverse();
        foreach (var (path, wish) in made.Where(item => item.Wish.Sort != NodeSort.HardLink))
        {
            var bytes = Posix.Path(path);
            if (isRoot)
            {
                Posix.Check(Libc.FchownAt(Libc.AtFdCwd, bytes, wish.Uid, wish.Gid, Libc.AtSymlinkNofollow), "chown", path);
            }

            // In the order of their names: GNU tar lists attributes as they were made.
            if (wish.Sort is NodeSort.File or NodeSort.Directory && wish.HasAcl)
            {
                SetAcl(bytes, wish);
            }

            if (wish.Sort is NodeSort.File or NodeSort.Directory && wish.Xattr is { } value)
            {
                fixed (byte* pointer = value)
                {
                    _ = Libc.LSetXattr(bytes, "user.note\0"u8, pointer, value.Length, 0);
                }
            }

            if (wish.Sort != NodeSort.Symlink)
            {
                Posix.Check(Libc.FchmodAt(Libc.AtFdCwd, bytes, wish.Sort == NodeSort.Directory && !isRoot ? wish.Mode | 0x1C0 : wish.Mode, 0), "chmod", path);
            }

            var time = new Libc.TimeSpec { Seconds = wish.Seconds, Nanoseconds = wish.Nanoseconds };
            var times = stackalloc Libc.TimeSpec[2] { time, time };
            Posix.Check(Libc.UtimensAt(Libc.AtFdCwd, bytes, times, Libc.AtSymlinkNofollow), "utimensat", path);
        }
    }

    /// <summary>What <c>tar</c> sees: every name with kind, mode, ids, times, attributes, ACLs, links and content, as GNU tar writes them, hashed. An independent
    /// witness.</summary>
    public static string Describe(string root)
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = root,
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(
            "tar --sort=name --numeric-owner --xattrs --xattrs-include='user.*' --acls --format=pax "
            + "--pax-option=exthdr.name=%d/x,delete=atime,delete=ctime -cf - . | sha256sum; find . -printf '%y %n %s %m %U %G %T@ %l\\n' | sort");
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.Result : throw new InvalidOperationException(errors);
    }

    private static bool MakeOne(string path, NodeWish wish, List<string> files)
    {
        var bytes = Posix.Path(path);
        switch (wish.Sort)
        {
            case NodeSort.Directory:
                return Libc.MkdirAt(Libc.AtFdCwd, bytes, 0x1ED) == 0;
            case NodeSort.Symlink:
                return Libc.SymlinkAt("../somewhere \u00e9/else\0"u8.ToArray(), Libc.AtFdCwd, bytes) == 0;
            case NodeSort.HardLink:
                return files.Count > 0 && Libc.LinkAt(Libc.AtFdCwd, Posix.Path(files[wish.Target % files.Count]), Libc.AtFdCwd, bytes, 0) == 0;
            case NodeSort.Fifo:
                return Libc.MknodAt(Libc.AtFdCwd, bytes, 0x1180, 0) == 0;
            case NodeSort.Socket:
                return Libc.MknodAt(Libc.AtFdCwd, bytes, 0xC180, 0) == 0;
        }

        var fd = Libc.Open(bytes, Libc.OWrOnly | Libc.OCreat | Libc.OExcl | Libc.OCloExec, 0x1A4);
        if (fd < 0)
        {
            return false;
        }

        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(fd, ownsHandle: true);
        RandomAccess.Write(handle, wish.Content, wish.Sort == NodeSort.Sparse ? 1 << 20 : 0);
        if (wish.Sort == NodeSort.Sparse)
        {
            RandomAccess.SetLength(handle, 3 << 20);
        }

        return true;
    }

    /// <summary>The kernel's form of an ACL: version 2, then tag, permissions and id of each entry.</summary>
    private static unsafe void SetAcl(byte[] path, NodeWish wish)
    {
        var acl = new MemoryStream();
        using (var writer = new BinaryWriter(acl))
        {
            writer.Write(2u);
            foreach (var (tag, permissions, id) in ((ushort, ushort, uint)[])
                [(1, 6, uint.MaxValue), (2, 5, wish.Gid + 1), (4, 4, uint.MaxValue), (16, 7, uint.MaxValue), (32, 0, uint.MaxValue)])
            {
                writer.Write(tag);
                writer.Write(permissions);
                writer.Write(id);
            }
        }

        fixed (byte* pointer = acl.ToArray())
        {
            var name = wish.Sort == NodeSort.Directory && wish.Target % 2 == 0 ? "system.posix_acl_default\0"u8 : "system.posix_acl_access\0"u8;
            _ = Libc.LSetXattr(path, name, pointer, (nint)acl.ToArray().Length, 0);
        }
    }
}
