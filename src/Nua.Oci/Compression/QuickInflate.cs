using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nua.Oci.Compression;

/// <summary>
/// The part of inflating where the time goes: while the input has enough bytes in memory and the output has room. All state is in local variables, and
/// a top-up of the bits serves several symbols. What is wrong it leaves untouched to the careful way.
/// </summary>
internal static class QuickInflate
{
    /// <summary>Bytes beyond the longest match that are written: literals before it, and what a copy writes over its end.</summary>
    public const int Slack = 2 + Step;

    private const int Step = 16;

    /// <summary>Of the first tables: most codes are not longer.</summary>
    public const int LiteralBits = 11, DistanceBits = 9;

    private const int LiteralMask = (1 << LiteralBits) - 1, DistanceMask = (1 << DistanceBits) - 1;
    private const int LongLiteralMask = (1 << (15 - LiteralBits)) - 1, LongDistanceMask = (1 << (15 - DistanceBits)) - 1;

    /// <summary>Expands until <paramref name="limit"/>, until the input runs low, or up to something that is wrong.</summary>
    /// <param name="output">Has room for the longest match and <see cref="Slack"/> behind the limit.</param>
    /// <returns>How much is written now; whether the block has ended.</returns>
    public static (int Written, bool HasEnded) Run(BitReader input, HuffmanTable literals, HuffmanTable distances, Span<byte> output, int written, int limit)
    {
        var loaded = input.Loaded;
        var (bits, start, position) = input.State;
        // Only its lowest byte counts: whole entries are taken from it, and an entry's lowest byte is never more than there is.
        var count = (uint)start;
        var literalTable = literals.Entries;
        var distanceTable = distances.Entries;
        var hasEnded = false;
        // Bytes are taken three times at most before this is looked at again.
        var last = loaded.Length - (3 * sizeof(ulong));
        if (position > last || written >= limit)
        {
            return (written, false);
        }

        (bits, count, position) = TopUp(bits, count, position, loaded);
        var entry = literalTable[(int)((uint)bits & LiteralMask)];
        while (true)
        {
            // There are 56 bits or more: two literals of the first table and a length with its extra bits take 42 at most.
            if ((int)entry < 0)
            {
                output[written++] = (byte)(entry >> DeflateEntry.BaseAt);
                bits >>= (int)entry;
                count -= entry;
                entry = literalTable[(int)((uint)bits & LiteralMask)];
                if ((int)entry < 0)
                {
                    output[written++] = (byte)(entry >> DeflateEntry.BaseAt);
                    bits >>= (int)entry;
                    count -= entry;
                    entry = literalTable[(int)((uint)bits & LiteralMask)];
                    if ((int)entry < 0)
                    {
                        output[written++] = (byte)(entry >> DeflateEntry.BaseAt);
                        bits >>= (int)entry;
                        count -= entry;
                        if (position > last || written >= limit)
                        {
                            break;
                        }

                        (bits, count, position) = TopUp(bits, count, position, loaded);
                        entry = literalTable[(int)((uint)bits & LiteralMask)];
                        continue;
                    }
                }
            }

            var (bitsBefore, countBefore, positionBefore) = (bits, count, position);
            if ((entry & (DeflateEntry.Table | DeflateEntry.EndOfBlock)) != 0)
            {
                if ((entry & DeflateEntry.Table) != 0)
                {
                    entry = literalTable[(int)(entry >> DeflateEntry.BaseAt) + ((int)(bits >> LiteralBits) & LongLiteralMask)];
                }

                if ((entry & (DeflateEntry.Literal | DeflateEntry.EndOfBlock)) != 0)
                {
                    bits >>= (int)entry;
                    count -= entry;
                    if ((entry & DeflateEntry.EndOfBlock) != 0)
                    {
                        hasEnded = true;
                        break;
                    }

                    output[written++] = (byte)(entry >> DeflateEntry.BaseAt);
                    if (position > last || written >= limit)
                    {
                        break;
                    }

                    (bits, count, position) = TopUp(bits, count, position, loaded);
                    entry = literalTable[(int)((uint)bits & LiteralMask)];
                    continue;
                }
            }

            var length = Value(entry, bits);
            bits >>= (int)entry;
            count -= entry;
            (bits, count, position) = TopUp(bits, count, position, loaded);
            var distanceEntry = distanceTable[(int)((uint)bits & DistanceMask)];
            if ((distanceEntry & DeflateEntry.Table) != 0)
            {
                distanceEntry = distanceTable[(int)(distanceEntry >> DeflateEntry.BaseAt) + ((int)(bits >> DistanceBits) & LongDistanceMask)];
            }

            var distance = Value(distanceEntry, bits);
            if (distance > written || distanceEntry == DeflateEntry.None || entry == DeflateEntry.None)
            {
                (bits, count, position) = (bitsBefore, countBefore, positionBefore);
                break;
            }

            bits >>= (int)distanceEntry;
            count -= distanceEntry;
            if (position > last || written + length >= limit)
            {
                Copy(output, written, distance, length);
                written += length;
                break;
            }

            // The next entry is on its way while bytes are copied.
            (bits, count, position) = TopUp(bits, count, position, loaded);
            entry = literalTable[(int)((uint)bits & LiteralMask)];
            Copy(output, written, distance, length);
            written += length;
        }

        // Bits above the count belong to bytes not taken yet.
        input.State = (bits & ((1UL << (byte)count) - 1), (byte)count, position);
        return (written, hasEnded);
    }

    /// <summary>To 56 bits or more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (ulong Bits, uint Count, int Position) TopUp(ulong bits, uint count, int position, ReadOnlySpan<byte> loaded) =>
        (bits | (BinaryPrimitives.ReadUInt64LittleEndian(loaded[position..]) << (int)count), count | 56, position + 7 - ((int)(count >> 3) & 7));

    /// <summary>The base and the extra bits behind the code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Value(uint entry, ulong bits) =>
        (int)(entry >> DeflateEntry.BaseAt) + (int)((uint)(bits & ((1UL << (int)entry) - 1)) >> DeflateEntry.CodeBits(entry));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(Span<byte> output, int written, int distance, int length)
    {
        if (distance >= Step)
        {
            for (var i = 0; i < length; i += Step)
            {
                Vector128.Create<byte>(output.Slice(written - distance + i, Step)).CopyTo(output.Slice(written + i, Step));
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
