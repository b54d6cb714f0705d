using System.Buffers.Binary;
using Nua.Foundation.Linux;

namespace Nua.Rootfs.Trees;

/// <summary>Lists a directory by descriptor, names as bytes; .NET's own listing loses names that are not UTF-8.</summary>
internal static unsafe class DirectoryReader
{
    public static List<string> Names(int directory)
    {
        var names = new List<string>();
        var buffer = stackalloc byte[32768];
        while (true)
        {
            var count = Posix.Check(Libc.GetDents64(directory, buffer, 32768), "listing a folder");
            if (count == 0)
            {
                return names;
            }

            for (nint at = 0; at < count;)
            {
                // struct linux_dirent64: inode 8, offset 8, record length 2, type 1, name.
                var record = new ReadOnlySpan<byte>(buffer + at, (int)(count - at));
                var length = BinaryPrimitives.ReadUInt16LittleEndian(record[16..]);
                var name = record[19..length];
                name = name[..name.IndexOf((byte)0)];
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                {
                    names.Add(RawName.FromBytes(name));
                }

                at += length;
            }
        }
    }

    public static string ReadLink(int directory, ReadOnlySpan<byte> name)
    {
        var buffer = stackalloc byte[4097];
        var count = Posix.Check(Libc.ReadLinkAt(directory, name, buffer, 4097), "reading a link");
        return RawName.FromBytes(new ReadOnlySpan<byte>(buffer, (int)count));
    }
}
