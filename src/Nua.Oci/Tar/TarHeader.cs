namespace Nua.Oci.Tar;

/// <summary>One header block, its checksum verified and its numbers parsed.</summary>
internal readonly ref struct TarHeader
{
    private readonly ReadOnlySpan<byte> _block;
    private readonly TarProblem _problem;

    public TarHeader(ReadOnlySpan<byte> block, long offset, TarProblem problem)
    {
        _block = block;
        _problem = problem;
        Offset = offset;
        var (unsigned, signed) = TarFormat.Checksum(block);
        var stated = Octal(block.Slice(148, 8));
        if (stated is null || (stated != unsigned && stated != signed))
        {
            throw problem.Checksum(offset);
        }
    }

    public long Offset { get; }

    public byte Type => _block[156];

    public long Size => Number(124, 12, "size") is >= 0 and var size
        ? size
        : throw _problem.Number(Offset, "the size is negative");

    public uint Mode => (uint)(Number(100, 8, "mode") & 0xFFF);

    public uint Uid => Id(108, "uid");

    public uint Gid => Id(116, "gid");

    public long Modified => Number(136, 12, "mtime");

    public uint DeviceMajor => Id(329, "device major");

    public uint DeviceMinor => Id(337, "device minor");

    public byte[] LinkName => Text(157, 100).ToArray();

    /// <summary>The name, with ustar's prefix in front of it where there is one. GNU's format has other things in that
    /// place.</summary>
    public byte[] Name
    {
        get
        {
            var name = Text(0, 100);
            var prefix = _block.Slice(257, 8).SequenceEqual("ustar\000"u8) ? Text(345, 155) : default;
            return prefix.IsEmpty ? name.ToArray() : [.. prefix, (byte)'/', .. name];
        }
    }

    private ReadOnlySpan<byte> Text(int start, int length)
    {
        var field = _block.Slice(start, length);
        var end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    private uint Id(int start, string field) => Number(start, 8, field) is >= 0 and <= uint.MaxValue and var id
        ? (uint)id
        : throw _problem.Number(Offset, $"the {field} is out of range");

    /// <summary>Octal digits, or (first bit set) a two's complement number in the rest of the field.</summary>
    private long Number(int start, int length, string field)
    {
        var bytes = _block.Slice(start, length);
        if ((bytes[0] & 0x80) == 0)
        {
            return Octal(bytes) ?? throw _problem.Number(Offset, $"the {field} is not octal");
        }

        // The first byte has the sign in its second bit; the value must fit 64 bits.
        var isNegative = (bytes[0] & 0x40) != 0;
        long value = isNegative ? -1 : 0;
        for (var i = 0; i < length; i++)
        {
            var next = i == 0 ? (byte)((bytes[0] & 0x3F) | (isNegative ? 0xC0 : 0)) : bytes[i];
            if (value is > (long.MaxValue >> 8) or < (long.MinValue >> 8))
            {
                throw _problem.Number(Offset, $"the {field} is too large");
            }

            value = (value << 8) | next;
        }

        return value;
    }

    /// <summary>Spaces, digits, then spaces or NULs. An empty field is 0. Null when there is anything else.</summary>
    private static long? Octal(ReadOnlySpan<byte> field)
    {
        var digits = field.TrimStart((byte)' ');
        var end = digits.IndexOfAny((byte)0, (byte)' ');
        var rest = end < 0 ? default : digits[end..];
        digits = end < 0 ? digits : digits[..end];
        if (rest.IndexOfAnyExcept((byte)0, (byte)' ') >= 0)
        {
            return null;
        }

        long value = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return null;
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return value;
    }
}
