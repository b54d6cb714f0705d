using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Nua.Oci.Compression;

/// <summary>
/// The part of inflating where the time goes: codes that are in the short tables, while the input has enough bytes in memory. All state is in
/// local variables, and a top-up of the bits serves several symbols. What it does not know it leaves untouched to the careful way.
/// </summary>
internal static class QuickInflate
{
    /// <summary>Bytes beyond the longest match that a copy may write over.</summary>
    public const int Slack = 16;

    private const int Mask = (1 << HuffmanTable.FastBits) - 1;

    /// <summary>What <see cref="HuffmanTable.Fast"/> has for the first symbol that is no literal.</summary>
    private const uint EndOfBlock = DeflateSymbols.EndOfBlock << 4;

    /// <summary>Expands until <paramref name="limit"/>, until the input runs low, or up to something it does not know.</summary>
    /// <param name="output">Has room for the longest match and <see cref="Slack"/> behind the limit.</param>
    /// <returns>How much is written now; whether the block has ended.</returns>
    public static (int Written, bool HasEnded) Run(BitReader input, HuffmanTable literals, HuffmanTable distances, Span<byte> output, int written, int limit)
    {
        var loaded = input.Loaded;
        var (bits, count, position) = input.State;
        var literalTable = literals.Fast;
        var distanceTable = distances.Fast;
        var hasEnded = false;
        while (written < limit && position <= loaded.Length - 8)
        {
            bits |= BinaryPrimitives.ReadUInt64LittleEndian(loaded[position..]) << count;
            position += (63 - count) >> 3;
            count |= 56;
            uint entry = literalTable[(int)bits & Mask];
            if (entry - 1 < EndOfBlock - 1)
            {
                output[written++] = (byte)(entry >> 4);
                (bits, count) = (bits >> (int)(entry & 15), count - (int)(entry & 15));
                entry = literalTable[(int)bits & Mask];
                if (entry - 1 < EndOfBlock - 1)
                {
                    output[written++] = (byte)(entry >> 4);
                    (bits, count) = (bits >> (int)(entry & 15), count - (int)(entry & 15));
                }

                continue;
            }

            var (bitsBefore, countBefore) = (bits, count);
            (bits, count) = (bits >> (int)(entry & 15), count - (int)(entry & 15));
            var lengthIndex = (entry >> 4) - (DeflateSymbols.EndOfBlock + 1);
            if (entry is not 0 && entry >> 4 == DeflateSymbols.EndOfBlock)
            {
                hasEnded = true;
                break;
            }

            uint distanceEntry = 0;
            var (length, distance) = (0, int.MaxValue);
            if (entry != 0 && lengthIndex < (uint)DeflateSymbols.LengthBase.Length)
            {
                var extra = DeflateSymbols.LengthExtra[(int)lengthIndex];
                length = DeflateSymbols.LengthBase[(int)lengthIndex] + ((int)bits & ((1 << extra) - 1));
                (bits, count) = (bits >> extra, count - extra);
                distanceEntry = distanceTable[(int)bits & Mask];
            }

            if (distanceEntry != 0 && distanceEntry >> 4 < DeflateSymbols.DistanceCount)
            {
                (bits, count) = (bits >> (int)(distanceEntry & 15), count - (int)(distanceEntry & 15));
                var extra = DeflateSymbols.DistanceExtra[(int)(distanceEntry >> 4)];
                distance = DeflateSymbols.DistanceBase[(int)(distanceEntry >> 4)] + ((int)bits & ((1 << extra) - 1));
                (bits, count) = (bits >> extra, count - extra);
            }

            if (distance > written)
            {
                // A long code, or one that is wrong.
                (bits, count) = (bitsBefore, countBefore);
                break;
            }

            Copy(output, written, distance, length);
            written += length;
        }

        // Bits above the count belong to bytes not taken yet.
        input.State = (bits & ((1UL << count) - 1), count, position);
        return (written, hasEnded);
    }

    private static void Copy(Span<byte> output, int written, int distance, int length)
    {
        if (distance >= Slack)
        {
            for (var i = 0; i < length; i += Slack)
            {
                Vector128.Create<byte>(output.Slice(written - distance + i, Slack)).CopyTo(output.Slice(written + i, Slack));
            }
        }
        else if (distance == 1)
        {
            output.Slice(written, length).Fill(output[written - 1]);
        }
        else
        {
            // The copy overlaps itself on purpose: a run.
            var from = output.Slice(written - distance, length + distance);
            for (var i = distance; i < from.Length; i++)
            {
                from[i] = from[i - distance];
            }
        }
    }
}
