using System.Buffers.Binary;
using System.Text;

namespace Nua.Tests.Check;

/// <summary>Writes the smallest ELF files that a loader would recognise: header, segments, names, dynamic
/// table.</summary>
internal static class ElfMaker
{
    public const ushort Amd64 = 62;
    public const ushort Arm64 = 183;
    private const int NeedTable = 32;
    private const int VersionTables = NeedTable + 28;

    public static byte[] Static(ushort machine = Amd64) => Make(machine, null, [], null);

    public static byte[] Program(params string[] needed) => Make(Amd64, "/lib64/ld-linux-x86-64.so.2", needed, null);

    public static byte[] Library(params string[] needed) => Make(Amd64, null, needed, null, isDynamic: true);

    /// <param name="asks">A symbol version that <paramref name="needed"/>'s first library must define.</param>
    /// <param name="defines">A symbol version that this file defines.</param>
    public static byte[] Make(
        ushort machine, string? interpreter, string[] needed, string? runPath, bool isDynamic = false, int padding = 0, string? asks = null,
        string? defines = null)
    {
        const int HeaderSize = 64, SegmentSize = 56, Segments = 3;
        var names = new MemoryStream();
        names.WriteByte(0);
        var offsets = needed.Select(name => Add(names, name)).ToArray();
        var runPathAt = runPath is null ? -1 : Add(names, runPath);
        var asksAt = asks is null ? 0 : Add(names, asks);
        var definesAt = defines is null ? 0 : Add(names, defines);
        var loaderAt = HeaderSize + (Segments * SegmentSize);
        var loader = interpreter is null ? [] : Encoding.ASCII.GetBytes(interpreter + "\0");
        var namesAt = loaderAt + loader.Length;
        var versionsAt = namesAt + (int)names.Length;
        var dynamicAt = versionsAt + VersionTables + padding;
        var entries = new List<(long Tag, long Value)>();
        if (isDynamic || interpreter is not null)
        {
            entries.AddRange(offsets.Select(offset => (1L, (long)offset)));
            entries.Add((5, namesAt));
            if (runPathAt >= 0)
            {
                entries.Add((29, runPathAt));
            }

            if (asks is not null)
            {
                entries.AddRange([(0x6ffffffe, versionsAt), (0x6fffffff, 1)]);
            }

            if (defines is not null)
            {
                entries.AddRange([(0x6ffffffc, versionsAt + NeedTable), (0x6ffffffd, 1)]);
            }

            entries.Add((0, 0));
        }

        var file = new byte[dynamicAt + (entries.Count * 16)];
        "\u007fELF"u8.CopyTo(file);
        (file[4], file[5], file[6]) = (2, 1, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(16), 3);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(18), machine);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(32), HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(54), SegmentSize);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(56), Segments);
        WriteSegment(file.AsSpan(HeaderSize), 1, 0, file.Length);
        WriteSegment(file.AsSpan(HeaderSize + SegmentSize), interpreter is null ? 0 : 3, loaderAt, loader.Length);
        WriteSegment(file.AsSpan(HeaderSize + (2 * SegmentSize)), entries.Count == 0 ? 0 : 2, dynamicAt,
            entries.Count * 16);
        loader.CopyTo(file, loaderAt);
        names.ToArray().CopyTo(file, namesAt);
        WriteVersions(file.AsSpan(versionsAt), offsets.FirstOrDefault(), asksAt, definesAt);
        for (var i = 0; i < entries.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(dynamicAt + (i * 16)), entries[i].Tag);
            BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(dynamicAt + (i * 16) + 8), entries[i].Value);
        }

        return file;
    }

    /// <summary>One need with one version, then one definition with one name.</summary>
    private static void WriteVersions(Span<byte> at, int library, int asks, int defines)
    {
        BinaryPrimitives.WriteInt32LittleEndian(at[4..], library);
        BinaryPrimitives.WriteInt32LittleEndian(at[8..], 16);
        BinaryPrimitives.WriteInt32LittleEndian(at[24..], asks);
        BinaryPrimitives.WriteInt32LittleEndian(at[(NeedTable + 12)..], 20);
        BinaryPrimitives.WriteInt32LittleEndian(at[(NeedTable + 20)..], defines);
    }

    private static int Add(MemoryStream names, string name)
    {
        var at = (int)names.Length;
        names.Write(Encoding.ASCII.GetBytes(name + "\0"));
        return at;
    }

    private static void WriteSegment(Span<byte> at, int type, long offset, long size)
    {
        BinaryPrimitives.WriteInt32LittleEndian(at, type);
        BinaryPrimitives.WriteInt64LittleEndian(at[8..], offset);
        BinaryPrimitives.WriteInt64LittleEndian(at[16..], offset);
        BinaryPrimitives.WriteInt64LittleEndian(at[32..], size);
    }
}
