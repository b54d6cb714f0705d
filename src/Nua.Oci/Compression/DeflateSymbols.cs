using System.Numerics;

namespace Nua.Oci.Compression;

/// <summary>The alphabets of deflate (RFC 1951 §3.2.5 to 3.2.7), for both directions.</summary>
internal static class DeflateSymbols
{
    public const int LiteralCount = 286;
    public const int DistanceCount = 30;
    public const int EndOfBlock = 256;
    public const int MaxMatch = 258;
    public const int WindowSize = 32768;

    /// <summary>In which order the lengths of the code-length code are sent.</summary>
    public static ReadOnlySpan<byte> CodeLengthOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    public static ReadOnlySpan<ushort> LengthBase =>
        [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];

    public static ReadOnlySpan<byte> LengthExtra =>
        [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    public static ReadOnlySpan<ushort> DistanceBase =>
    [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193,
        12289, 16385, 24577,
    ];

    public static ReadOnlySpan<byte> DistanceExtra =>
        [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

    /// <summary>Index into <see cref="LengthBase"/> for a match of 3 to 258 bytes.</summary>
    public static byte[] LengthIndex { get; } = BuildLengthIndex();

    /// <summary>Index into <see cref="DistanceBase"/> for a distance of 1 to 32768.</summary>
    public static int DistanceIndex(int distance)
    {
        var x = (uint)distance - 1;
        if (x < 4)
        {
            return (int)x;
        }

        var top = BitOperations.Log2(x);
        return (2 * top) + (int)((x >> (top - 1)) & 1);
    }

    /// <summary>The lengths of the fixed literal code (§3.2.6).</summary>
    public static byte[] FixedLiteralLengths()
    {
        var lengths = new byte[288];
        lengths.AsSpan(0, 144).Fill(8);
        lengths.AsSpan(144, 112).Fill(9);
        lengths.AsSpan(256, 24).Fill(7);
        lengths.AsSpan(280, 8).Fill(8);
        return lengths;
    }

    private static byte[] BuildLengthIndex()
    {
        var index = new byte[MaxMatch + 1];
        for (var i = 0; i < LengthBase.Length; i++)
        {
            // 258 has a symbol of its own and is not 227 + 31.
            var last = i + 1 < LengthBase.Length ? LengthBase[i + 1] - 1 : MaxMatch;
            for (int length = LengthBase[i]; length <= last; length++)
            {
                index[length] = (byte)i;
            }
        }

        return index;
    }
}
