using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nua.Oci.Compression;

/// <summary>The checksum of gzip (RFC 1952 §8): sixteen bytes a step where the processor multiplies without carries, else eight.</summary>
public static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    private static readonly uint[] _table = BuildTable();

    /// <summary>Continues <paramref name="crc"/> (0 at the beginning) over more bytes.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        if (Pclmulqdq.IsSupported && bytes.Length >= 64)
        {
            var whole = bytes.Length & ~15;
            crc = Fold(crc, bytes[..whole]);
            bytes = bytes[whole..];
        }

        ReadOnlySpan<uint> table = _table;
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

    /// <summary>The checksum of two pieces of data one after the other, from those of each. Appending n zero bits multiplies by
    /// x^n modulo the polynomial; the power is made by repeated squaring.</summary>
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

    /// <summary>
    /// Four lanes at once, then one, then what is left modulo the polynomial (V. Gopal and others, "Fast CRC Computation for Generic Polynomials Using
    /// PCLMULQDQ Instruction", Intel 2009; the numbers are its powers of x for this polynomial, bits reversed).
    /// </summary>
    /// <param name="bytes">A multiple of 16, at least 64.</param>
    private static uint Fold(uint crc, ReadOnlySpan<byte> bytes)
    {
        var by64 = Vector128.Create(0x0154442bd4UL, 0x01c6e41596UL);
        var by16 = Vector128.Create(0x01751997d0UL, 0x00ccaa009eUL);
        var a = Next(ref bytes) ^ Vector128.CreateScalar(crc).AsUInt64();
        var (b, c, d) = (Next(ref bytes), Next(ref bytes), Next(ref bytes));
        while (bytes.Length >= 64)
        {
            a = Folded(a, by64) ^ Next(ref bytes);
            b = Folded(b, by64) ^ Next(ref bytes);
            c = Folded(c, by64) ^ Next(ref bytes);
            d = Folded(d, by64) ^ Next(ref bytes);
        }

        a = Folded(a, by16) ^ b;
        a = Folded(a, by16) ^ c;
        a = Folded(a, by16) ^ d;
        while (!bytes.IsEmpty)
        {
            a = Folded(a, by16) ^ Next(ref bytes);
        }

        var low = Vector128.Create(uint.MaxValue, 0, uint.MaxValue, 0).AsUInt64();
        a = Sse2.ShiftRightLogical128BitLane(a, 8) ^ Pclmulqdq.CarrylessMultiply(a, by16, 0x10);
        a = Sse2.ShiftRightLogical128BitLane(a, 4) ^ Pclmulqdq.CarrylessMultiply(a & low, Vector128.CreateScalar(0x0163cd6124UL), 0x00);
        // Barrett's reduction.
        var polynomial = Vector128.Create(0x01db710641UL, 0x01f7011641UL);
        var quotient = Pclmulqdq.CarrylessMultiply(a & low, polynomial, 0x10) & low;
        return (a ^ Pclmulqdq.CarrylessMultiply(quotient, polynomial, 0x00)).AsUInt32().GetElement(1);

        static Vector128<ulong> Folded(Vector128<ulong> lane, Vector128<ulong> by) =>
            Pclmulqdq.CarrylessMultiply(lane, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(lane, by, 0x11);

        static Vector128<ulong> Next(ref ReadOnlySpan<byte> bytes)
        {
            var lane = Vector128.Create(bytes[..16]).AsUInt64();
            bytes = bytes[16..];
            return lane;
        }
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
