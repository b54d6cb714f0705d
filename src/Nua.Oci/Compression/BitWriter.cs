using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Nua.Oci.Compression;

/// <summary>Packs bits, the first one lowest, into a growing buffer.</summary>
internal sealed class BitWriter
{
    private byte[] _buffer = new byte[1 << 16];
    private int _length;
    private ulong _bits;
    private int _count;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public void Clear()
    {
        _length = 0;
        _bits = 0;
        _count = 0;
    }

    /// <summary>Makes room for this many more bytes, so that <see cref="Write"/> need not look.</summary>
    public void Reserve(int bytes)
    {
        if (_buffer.Length - _length < bytes + 16)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes + 16));
        }
    }

    /// <param name="count">At most 56; room was reserved.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ulong value, int count)
    {
        // Eight bytes are stored each time, of which the whole ones count.
        var bits = _bits | (value << _count);
        count += _count;
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(_length), bits);
        var bytes = count >> 3;
        _length += bytes;
        _bits = bytes == 8 ? 0 : bits >> (bytes * 8);
        _count = count & 7;
    }

    /// <summary>Fills up to a whole byte with zeros.</summary>
    public void Align()
    {
        if (_count > 0)
        {
            _buffer[_length++] = (byte)_bits;
        }

        _bits = 0;
        _count = 0;
    }

    /// <summary>Whole bytes; must be aligned.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }
}
