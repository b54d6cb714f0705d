using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Nua.Oci.Compression;

/// <summary>Takes bits, the lowest first, and whole bytes from a stream. What it has read ahead is not lost: what follows a member
/// stays readable here.</summary>
internal sealed class BitReader(Stream input, Func<Exception> truncated)
{
    private readonly byte[] _buffer = new byte[64 << 10];
    private int _position;
    private int _length;
    private ulong _bits;
    private int _count;

    /// <summary>The bytes that are in memory, those before <see cref="State"/>'s position taken.</summary>
    public ReadOnlySpan<byte> Loaded => _buffer.AsSpan(0, _length);

    /// <summary>For a loop that keeps it in local variables and puts it back: bits, lowest first and zero above the count; their count, at most
    /// 63; where in <see cref="Loaded"/> the next byte is.</summary>
    public (ulong Bits, int Count, int Position) State
    {
        get => (_bits, _count, _position);
        set => (_bits, _count, _position) = value;
    }

    /// <summary>Tops up to at least 48 bits, or to whatever the input still has.</summary>
    public void Fill()
    {
        if (_length - _position >= 8)
        {
            _bits |= BinaryPrimitives.ReadUInt64LittleEndian(_buffer.AsSpan(_position)) << _count;
            var bytes = (63 - _count) >> 3;
            _position += bytes;
            _count += bytes * 8;
            // Bits above the count belong to bytes not taken yet; they must not be there twice.
            _bits &= _count == 64 ? ulong.MaxValue : (1UL << _count) - 1;
            return;
        }

        while (_count <= 48 && (_position < _length || Load()))
        {
            _bits |= (ulong)_buffer[_position++] << _count;
            _count += 8;
        }
    }

    /// <summary>Makes sure of 15 bits, the longest code, as far as the input has them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void FillForCode()
    {
        if (_count < 15)
        {
            Fill();
        }
    }

    /// <summary>The next bits without taking them; zeros where the input has ended. <see cref="Fill"/> comes
    /// first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Peek(int count) => (uint)_bits & ((1u << count) - 1);

    /// <summary>Takes bits that were looked at.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Take(int count)
    {
        if (count > _count)
        {
            throw truncated();
        }

        _bits >>= count;
        _count -= count;
    }

    /// <param name="count">At most 25.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Read(int count)
    {
        if (_count < count)
        {
            Fill();
        }

        var value = Peek(count);
        Take(count);
        return value;
    }

    public void AlignToByte() => Take(_count & 7);

    /// <summary>-1 at the end of the input. Aligned.</summary>
    public int ReadByteOrEnd()
    {
        if (_count == 0 && _position == _length && !Load())
        {
            return -1;
        }

        return (int)Read(8);
    }

    /// <summary>Aligned; fills the whole span.</summary>
    public void ReadBytes(Span<byte> bytes)
    {
        while (_count > 0 && !bytes.IsEmpty)
        {
            bytes[0] = (byte)Read(8);
            bytes = bytes[1..];
        }

        while (!bytes.IsEmpty)
        {
            if (_position == _length && !Load())
            {
                throw truncated();
            }

            var count = Math.Min(bytes.Length, _length - _position);
            _buffer.AsSpan(_position, count).CopyTo(bytes);
            _position += count;
            bytes = bytes[count..];
        }
    }

    private bool Load()
    {
        _position = 0;
        _length = input.Read(_buffer);
        return _length > 0;
    }
}
