using System.Buffers.Binary;

namespace Nua.Oci.Compression;

/// <summary>Packs bits, the first one lowest, into a growing buffer.</summary>
internal sealed class BitWriter
{
    private byte[] _buffer = new byte[1 << 16];
    private int _length;
    private ulong _bits;
    private int _count;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public int UnalignedBits => _count & 7;

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

    /// <param name="count">At most 32; room was reserved.</param>
    public void Write(uint value, int count)
    {
        _bits |= (ulong)value << _count;
        _count += count;
        if (_count >= 32)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(_length), (uint)_bits);
            _length += 4;
            _bits >>= 32;
            _count -= 32;
        }
    }

    /// <summary>Fills up to a whole byte with zeros.</summary>
    public void Align()
    {
        while (_count > 0)
        {
            _buffer[_length++] = (byte)_bits;
            _bits >>= 8;
            _count -= 8;
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
