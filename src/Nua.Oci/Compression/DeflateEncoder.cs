using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nua.Oci.Compression;

/// <summary>
/// Nua's own deflate (RFC 1951). zlib's output differs between its versions and builds; this one's depends on the input alone,
/// so a digest stays the same when the .NET runtime or the processor changes. <see cref="Version"/> is raised when its output
/// changes.
/// </summary>
/// <remarks>
/// Hash chains over four-byte sequences with one step of lazy evaluation; blocks of at most <see cref="MaxTokens"/> symbols,
/// each stored, with the fixed code or with a code of its own, whichever is shortest.
/// </remarks>
internal sealed class DeflateEncoder
{
    /// <summary>Recorded as part of what determines an image's digest.</summary>
    public const int Version = 1;

    private const int HashBits = 15;
    private const int MinMatch = 4;
    private const int MaxTokens = 16384;
    private const int WindowMask = DeflateSymbols.WindowSize - 1;

    /// <summary>Candidates looked at for one position.</summary>
    private const int MaxChain = 5;

    /// <summary>A match this long is taken without looking further.</summary>
    private const int NiceLength = 32;

    /// <summary>A match this long is not worth a look at the next position.</summary>
    private const int LazyLimit = 16;

    private readonly int[] _head = new int[1 << HashBits];
    private readonly int[] _previous = new int[DeflateSymbols.WindowSize];
    private readonly uint[] _tokens = new uint[MaxTokens];
    private readonly DeflateBlockWriter _blocks = new();
    private int _tokenCount;
    private int _blockStart;

    /// <summary>
    /// Compresses <paramref name="input"/> from <paramref name="start"/>, using what is before it as history. The
    /// result ends on a byte boundary
    /// without a final block, so results can be joined. Valid until the next call.
    /// </summary>
    public ReadOnlySpan<byte> Encode(ReadOnlySpan<byte> input, int start)
    {
        _blocks.Clear();
        Array.Fill(_head, -1);
        _tokenCount = 0;
        _blockStart = start;
        var hashable = input.Length - 8;
        for (var i = Math.Max(0, start - DeflateSymbols.WindowSize); i < start && i <= hashable; i++)
        {
            Insert(input, i);
        }

        var position = FindMatches(input, start, hashable);
        for (; position < input.Length; position++)
        {
            Literal(input, position);
        }

        FlushBlock(input, input.Length);
        return _blocks.Finish();
    }

    private int FindMatches(ReadOnlySpan<byte> input, int position, int hashable)
    {
        var misses = 0;
        while (position <= hashable)
        {
            var (length, distance) = Longest(input, position, MinMatch - 1);
            Insert(input, position);
            if (length < MinMatch)
            {
                // Where nothing repeats (compressed files), look at fewer and fewer positions.
                var step = 1 + (misses++ >> 6);
                for (var end = Math.Min(position + step, hashable + 1); position < end; position++)
                {
                    Literal(input, position);
                }

                continue;
            }

            misses = 0;
            if (length < LazyLimit && position < hashable)
            {
                var (nextLength, nextDistance) = Longest(input, position + 1, length);
                if (nextLength > length)
                {
                    Literal(input, position++);
                    Insert(input, position);
                    (length, distance) = (nextLength, nextDistance);
                }
            }

            Match(input, position, length, distance);
            var last = Math.Min(position + length, hashable + 1);
            for (var i = position + 1; i < last; i++)
            {
                Insert(input, i);
            }

            position += length;
        }

        return position;
    }

    /// <summary>The longest earlier occurrence, when it is longer than <paramref name="atLeast"/>; the nearest of
    /// equals.</summary>
    /// <remarks>Unchecked reads: a candidate is an earlier position, and <c>best</c> stays below the bytes that are
    /// left after
    /// <paramref name="position"/>.</remarks>
    private (int Length, int Distance) Longest(ReadOnlySpan<byte> input, int position, int atLeast)
    {
        ref var bytes = ref MemoryMarshal.GetReference(input);
        ref var previous = ref MemoryMarshal.GetArrayDataReference(_previous);
        var limit = Math.Min(DeflateSymbols.MaxMatch, input.Length - position);
        if (atLeast >= limit)
        {
            return (0, 0);
        }

        var oldest = Math.Max(0, position - DeflateSymbols.WindowSize);
        var candidate = _head[HashAt(input, position)];
        var (best, distance) = (atLeast, 0);
        for (var chain = MaxChain; candidate >= oldest && chain > 0; chain--)
        {
            // A longer match must agree in the four bytes that end just behind the best one so far.
            if (Word(ref bytes, candidate + best - 3) == Word(ref bytes, position + best - 3))
            {
                var length = CommonLength(ref bytes, candidate, position, limit);
                if (length > best)
                {
                    (best, distance) = (length, position - candidate);
                    if (length >= NiceLength || length == limit)
                    {
                        break;
                    }
                }
            }

            candidate = Unsafe.Add(ref previous, candidate & WindowMask);
        }

        return distance == 0 ? (0, 0) : (best, distance);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Word(ref byte bytes, int position) => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref bytes, position));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CommonLength(ref byte first, int a, int b, int limit)
    {
        var length = 0;
        while (length + 8 <= limit)
        {
            var difference = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, a + length))
                ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, b + length));
            if (difference != 0)
            {
                return length + (BitOperations.TrailingZeroCount(difference) >> 3);
            }

            length += 8;
        }

        while (length < limit && Unsafe.Add(ref first, a + length) == Unsafe.Add(ref first, b + length))
        {
            length++;
        }

        return length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int HashAt(ReadOnlySpan<byte> input, int position)
    {
        var value = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref MemoryMarshal.GetReference(input), position));
        return (int)((value * 2654435761u) >> (32 - HashBits));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Insert(ReadOnlySpan<byte> input, int position)
    {
        ref var head = ref _head[HashAt(input, position)];
        _previous[position & WindowMask] = head;
        head = position;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Literal(ReadOnlySpan<byte> input, int position)
    {
        _tokens[_tokenCount++] = input[position];
        if (_tokenCount == MaxTokens)
        {
            FlushBlock(input, position + 1);
        }
    }

    private void Match(ReadOnlySpan<byte> input, int position, int length, int distance)
    {
        _tokens[_tokenCount++] = DeflateBlockWriter.Match(length, distance);
        if (_tokenCount == MaxTokens)
        {
            FlushBlock(input, position + length);
        }
    }

    private void FlushBlock(ReadOnlySpan<byte> input, int end)
    {
        if (end > _blockStart)
        {
            _blocks.Write(_tokens.AsSpan(0, _tokenCount), input[_blockStart..end]);
        }

        _tokenCount = 0;
        _blockStart = end;
    }
}
