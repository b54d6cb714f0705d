using System.Buffers;
using System.Text;
using Nua.Foundation.Linux;

namespace Nua.Rootfs.Volumes;

/// <summary>Owner, mode, times, extended attributes and ACLs of files, read and given on, byte for byte.</summary>
internal static unsafe class NodeAttributes
{
    private const int MaxList = 64 << 10;
    private const int MaxValue = 64 << 10;
    private const int NotPermitted = 1;

    /// <summary>Everything of <paramref name="from"/> onto an open file or folder. The owner first: changing it clears set-user-id and capabilities.
    /// The times last: everything else changes them.</summary>
    public static void Copy(int from, int to, Node node, string shown, CopyNotes notes)
    {
        Posix.Check(Libc.Fchown(to, node.Status.Uid, node.Status.Gid), "setting the owner of", shown);
        foreach (var (name, value) in Read(from, shown))
        {
            fixed (byte* bytes = value)
            {
                if (VolumeCalls.SetXattr(to, name, bytes, (nuint)value.Length, 0) < 0)
                {
                    Note(Posix.LastError, Text(name), shown, notes);
                }
            }
        }

        Posix.Check(Libc.Fchmod(to, node.Mode), "setting the mode of", shown);
        var times = Times(node);
        fixed (Libc.TimeSpec* pointer = times)
        {
            Posix.Check(VolumeCalls.SetTimes(to, pointer), "setting the time of", shown);
        }
    }

    /// <summary>The same for what cannot be opened: a link or a FIFO that was just made.</summary>
    public static void CopyToName(int directory, byte[] name, Node node, string shown)
    {
        Posix.Check(
            Libc.FchownAt(directory, name, node.Status.Uid, node.Status.Gid, Libc.AtSymlinkNofollow), "setting the owner of", shown);
        if (node.Kind != NodeKind.Symlink)
        {
            Posix.Check(Libc.FchmodAt(directory, name, node.Mode, 0), "setting the mode of", shown);
        }

        var times = Times(node);
        fixed (Libc.TimeSpec* pointer = times)
        {
            Posix.Check(Libc.UtimensAt(directory, name, pointer, Libc.AtSymlinkNofollow), "setting the time of", shown);
        }
    }

    /// <summary>All attributes of an open file, names with their final NUL. Empty on a file system that has none.</summary>
    public static IReadOnlyList<(byte[] Name, byte[] Value)> Read(int fd, string shown)
    {
        // Most files have none, and then one call says so.
        var length = VolumeCalls.ListXattrs(fd, null, 0);
        if (length <= 0)
        {
            if (length < 0 && Posix.LastError != Libc.EOpNotSupp)
            {
                Posix.Throw(Posix.LastError, "reading the attributes of", shown);
            }

            return [];
        }

        var buffer = ArrayPool<byte>.Shared.Rent(MaxList);
        try
        {
            fixed (byte* pointer = buffer)
            {
                length = Posix.Check(VolumeCalls.ListXattrs(fd, pointer, MaxList), "reading the attributes of", shown);
            }

            var result = new List<(byte[], byte[])>();
            foreach (var part in Split(buffer.AsSpan(0, (int)length)))
            {
                if (Value(fd, part, shown) is { } value)
                {
                    result.Add((part, value));
                }
            }

            return result;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public static string Text(byte[] name) => Encoding.UTF8.GetString(name.AsSpan(0, name.Length - 1));

    private static void Note(int error, string name, string shown, CopyNotes notes)
    {
        if (error is not (Libc.EOpNotSupp or NotPermitted))
        {
            Posix.Throw(error, $"setting the attribute {Nua.Foundation.Printable.Escape(name, 100)} of", shown);
        }

        notes.Attribute(name, shown, error == Libc.EOpNotSupp ? "the file system cannot hold it" : "it needs a privilege");
    }

    private static List<byte[]> Split(ReadOnlySpan<byte> list)
    {
        var names = new List<byte[]>();
        while (list.IndexOf((byte)0) is >= 0 and var end)
        {
            names.Add(list[..(end + 1)].ToArray());
            list = list[(end + 1)..];
        }

        return names;
    }

    private static byte[]? Value(int fd, byte[] name, string shown)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxValue);
        try
        {
            fixed (byte* pointer = buffer)
            {
                var length = VolumeCalls.GetXattr(fd, name, pointer, MaxValue);
                if (length >= 0)
                {
                    return buffer.AsSpan(0, (int)length).ToArray();
                }

                if (Posix.LastError != Libc.ENoData)
                {
                    Posix.Throw(Posix.LastError, "reading the attributes of", shown);
                }

                return null;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Libc.TimeSpec[] Times(Node node) =>
    [
        new Libc.TimeSpec { Seconds = node.Status.Accessed.Seconds, Nanoseconds = node.Status.Accessed.Nanoseconds },
        new Libc.TimeSpec { Seconds = node.Status.Modified.Seconds, Nanoseconds = node.Status.Modified.Nanoseconds },
    ];
}
