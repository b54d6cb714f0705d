using Nua.Foundation.Linux;

namespace Nua.Rootfs.Trees;

/// <summary>One path of a layer to be written: what it will be, and where its bytes are now.</summary>
/// <param name="Entry">Final path, mode, owner, time.</param>
/// <param name="From">Path of the content below the tree's root on disk; null when <paramref name="Content"/> holds it or there is none.</param>
public sealed record LayerItem(TreeEntry Entry, string? From, byte[]? Content = null);

/// <summary>Entries as bytes on the pipe to the worker. Not JSON: names are bytes, and there may be a million.</summary>
internal static class TreeCodec
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
