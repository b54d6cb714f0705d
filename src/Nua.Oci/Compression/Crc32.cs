using System.Buffers.Binary;

namespace Nua.Oci.Compression;

/// <summary>The checksum of gzip (RFC 1952 §8), eight bytes a step.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[] _table = BuildTable();

    /// <summary>Continues <paramref name="crc"/> (0 at the beginning) over more bytes.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<uint> table = _table;
        crc = ~crc;
        while (bytes.Length >= 8)
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = table[0x700 + (int)(low & 0xFF)] ^ table[0x600 + (int)((low >> 8) & 0xFF)]
                ^ table[0x500 + (int)((low >> 16) & 0xFF)] ^ table[0x400 + (int)(low >> 24)]
                ^ table[0x300 + (int)(high & 0xFF)] ^ table[0x200 + (int)((high >> 8) & 0xFF)]
                ^ table[0x100 + (int)((high >> 16) & 0xFF)] ^ table[(int)(high >> 24)];
            bytes = bytes[8..];
        }

        foreach (var value in bytes)
        {
            crc = table[(int)((crc ^ value) & 0xFF)] ^ (crc >> 8);
        }

        return ~crc;
    }

    /// <summary>The checksum of two pieces of data one after the other, from those of each. Appending n zero bits
    /// multiplies by x^n
    /// modulo the polynomial; the power is made by repeated squaring.</summary>
    public static uint Combine(uint first, uint second, long secondLength)
    {
        var power = 0x80000000u;
        var square = 0x00800000u; // x^8: one byte
        for (var n = (ulong)secondLength; n != 0; n >>= 1)
        {
            if ((n & 1) != 0)
            {
                power = Multiply(power, square);
            }

            square = Multiply(square, square);
        }

        return Multiply(power, first) ^ second;
    }

    /// <summary>Product of two polynomials over GF(2), bits reversed as in the checksum (the top bit is x^0).</summary>
    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (var bit = 0x80000000u; bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0)
            {
                product ^= b;
            }

            b = (b & 1) != 0 ? (b >> 1) ^ Polynomial : b >> 1;
        }

        return product;
    }

    private static uint[] BuildTable()
    {
        var table = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? (value >> 1) ^ Polynomial : value >> 1;
            }

            table[i] = value;
        }

        for (var i = 256; i < table.Length; i++)
        {
            table[i] = table[table[i - 256] & 0xFF] ^ (table[i - 256] >> 8);
        }

        return table;
    }
}
