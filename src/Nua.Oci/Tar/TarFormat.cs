using System.Text;

namespace Nua.Oci.Tar;

/// <summary>The 512-byte header block (POSIX.1-2001 ustar) and where its fields are.</summary>
internal static class TarFormat
{
    public const int BlockSize = 512;
    public const int NameLength = 100;
    public const long MaxOctal12 = 0x1_FFFF_FFFF;
    public const long MaxOctal8 = 0x1F_FFFF;

    /// <summary>Name of every pax header. Readers ignore it; a constant one makes two runs equal.</summary>
    public static ReadOnlySpan<byte> PaxHeaderName => "PaxHeaders.0/entry"u8;

    public static void FormatHeader(Span<byte> block, TarEntry entry, byte[] name, byte[] link)
    {
        var type = entry.Type switch
        {
            TarEntryType.File => '0',
            TarEntryType.HardLink => '1',
            TarEntryType.SymbolicLink => '2',
            TarEntryType.CharacterDevice => '3',
            TarEntryType.BlockDevice => '4',
            TarEntryType.Directory => '5',
            _ => '6',
        };
        FormatHeader(
            block, FieldOf(name), type, entry.Mode & 0xFFF, entry.Size <= MaxOctal12 ? entry.Size : 0,
            entry.Uid <= MaxOctal8 ? entry.Uid : 0, entry.Gid <= MaxOctal8 ? entry.Gid : 0,
            entry.Modified.Seconds is >= 0 and <= MaxOctal12 ? entry.Modified.Seconds : 0,
            FieldOf(link), entry.DeviceMajor, entry.DeviceMinor);
    }

    public static void FormatHeader(
        Span<byte> block, ReadOnlySpan<byte> name, char type, uint mode, long size, long uid = 0, long gid = 0,
        long modified = 0, ReadOnlySpan<byte> link = default, uint major = 0, uint minor = 0)
    {
        block.Clear();
        name.CopyTo(block);
        Octal(block.Slice(100, 8), mode);
        Octal(block.Slice(108, 8), uid);
        Octal(block.Slice(116, 8), gid);
        Octal(block.Slice(124, 12), size);
        Octal(block.Slice(136, 12), modified);
        block[156] = (byte)type;
        link.CopyTo(block[157..]);
        "ustar\0"u8.CopyTo(block[257..]);
        "00"u8.CopyTo(block[263..]);
        Octal(block.Slice(329, 8), major);
        Octal(block.Slice(337, 8), minor);

        // The checksum is summed with its own field full of spaces, and written with six digits, a NUL and a space.
        Octal(block.Slice(148, 7), Checksum(block).Unsigned);
        block[155] = (byte)' ';
    }

    /// <summary>Sums of the block's bytes, taken as unsigned and (as some old writers did) as signed, the checksum's
    /// own field read as spaces.</summary>
    public static (long Unsigned, long Signed) Checksum(ReadOnlySpan<byte> block)
    {
        long unsigned = 0;
        long signed = 0;
        for (var i = 0; i < BlockSize; i++)
        {
            var value = i is >= 148 and < 156 ? (byte)' ' : block[i];
            unsigned += value;
            signed += (sbyte)value;
        }

        return (unsigned, signed);
    }

    /// <summary>Whether a name goes into the header itself: short and ASCII, so that every reader agrees on
    /// it.</summary>
    public static bool FitsField(ReadOnlySpan<byte> name) => name.Length <= NameLength && Ascii.IsValid(name);

    /// <summary>A name that is in the pax header is still shown in the field, cut, for readers that know nothing
    /// better.</summary>
    private static ReadOnlySpan<byte> FieldOf(byte[] name) => name.AsSpan(0, Math.Min(name.Length, NameLength));

    private static void Octal(Span<byte> field, long value)
    {
        for (var i = field.Length - 2; i >= 0; i--)
        {
            field[i] = (byte)('0' + (int)(value & 7));
            value >>= 3;
        }
    }
}
