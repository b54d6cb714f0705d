using Nua.Foundation.Linux;

namespace Nua.Rootfs.Trees;

/// <summary>Entries as bytes, on the pipe to the worker and in records. Not JSON: names are bytes, and there may be a million.</summary>
public static class TreeCodec
{
    public static void Write(BinaryWriter writer, TreeEntry entry)
    {
        WriteName(writer, entry.Path);
        writer.Write((byte)entry.Kind);
        writer.Write(entry.Mode);
        writer.Write(entry.Uid);
        writer.Write(entry.Gid);
        writer.Write(entry.Size);
        writer.Write(entry.ModifiedSeconds);
        writer.Write(entry.Sha256);
        WriteName(writer, entry.Link);
        WriteBytes(writer, entry.Capability);
    }

    public static TreeEntry Read(BinaryReader reader) =>
        new(
            ReadName(reader)!,
            (TreeKind)reader.ReadByte(),
            reader.ReadUInt32(),
            reader.ReadUInt32(),
            reader.ReadUInt32(),
            reader.ReadInt64(),
            reader.ReadInt64(),
            reader.ReadString(),
            ReadName(reader),
            ReadBytes(reader));

    public static void Write(BinaryWriter writer, FileTree tree)
    {
        writer.Write(tree.Entries.Count);
        foreach (var entry in tree.Entries)
        {
            Write(writer, entry);
        }
    }

    public static FileTree ReadTree(BinaryReader reader)
    {
        var entries = new TreeEntry[reader.ReadInt32()];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = Read(reader);
        }

        return new FileTree(entries);
    }

    /// <summary>Where the content of one file is, and how long it must be.</summary>
    public static void Write(BinaryWriter writer, string path, long size)
    {
        WriteName(writer, path);
        writer.Write(size);
    }

    public static (string Path, long Size) ReadOrder(BinaryReader reader) => (ReadName(reader)!, reader.ReadInt64());

    private static void WriteName(BinaryWriter writer, string? name) =>
        WriteBytes(writer, name is null ? null : RawName.ToBytes(name));

    private static string? ReadName(BinaryReader reader) =>
        ReadBytes(reader) is { } bytes ? RawName.FromBytes(bytes) : null;

    private static void WriteBytes(BinaryWriter writer, byte[]? bytes)
    {
        writer.Write(bytes is null ? -1 : bytes.Length);
        if (bytes is not null)
        {
            writer.Write(bytes);
        }
    }

    private static byte[]? ReadBytes(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        return length < 0 ? null : reader.ReadBytes(length);
    }
}
