using System.Buffers.Binary;

namespace Nua.Oci.Compression;

/// <summary>Finds where zstd frames end without expanding them (RFC 8878, 3.1.1), so that several can be expanded at once.</summary>
internal static class ZstdFrames
{
    public const uint Magic = 0xFD2FB528;

    /// <summary>Magic number and descriptor.</summary>
    public const int Start = 5;

    /// <summary>Bytes of the whole header, from its first five.</summary>
    public static int HeaderLength(ReadOnlySpan<byte> start)
    {
        var isSingle = (start[4] & 0x20) != 0;
        return (isSingle ? 5 : 6) + ((start[4] >> 6) switch { 0 => isSingle ? 1 : 0, 1 => 2, 2 => 4, _ => 8 });
    }

    /// <param name="start">The whole header.</param>
    /// <returns>The length of the frame's content; null when it is no frame with a stated length and a checksum.</returns>
    public static long? ContentLength(ReadOnlySpan<byte> start)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(start) != Magic)
        {
            return null;
        }

        var descriptor = start[4];
        var isSingle = (descriptor & 0x20) != 0;
        var hasChecksum = (descriptor & 0x04) != 0;
        var hasDictionary = (descriptor & 0x03) != 0;
        if (hasDictionary || !hasChecksum || (descriptor & 0x08) != 0)
        {
            return null;
        }

        var at = isSingle ? 5 : 6;
        return (descriptor >> 6) switch
        {
            0 when isSingle => start[at],
            1 => BinaryPrimitives.ReadUInt16LittleEndian(start[at..]) + 256L,
            2 => BinaryPrimitives.ReadUInt32LittleEndian(start[at..]),
            3 => BinaryPrimitives.ReadInt64LittleEndian(start[at..]),
            _ => null,
        };
    }

    /// <param name="header">The three bytes before a block.</param>
    /// <returns>How many bytes of the block follow, and whether it is the last. A reserved kind gives -1.</returns>
    public static (int Length, bool IsLast) ReadBlock(ReadOnlySpan<byte> header)
    {
        var bits = header[0] | (header[1] << 8) | (header[2] << 16);
        var length = ((bits >> 1) & 3) switch { 1 => 1, 3 => -1, _ => bits >> 3 };
        return (length, (bits & 1) != 0);
    }
}
