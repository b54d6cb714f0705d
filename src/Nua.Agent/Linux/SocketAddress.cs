using System.Buffers.Binary;

namespace Nua.Agent.Linux;

/// <summary>IPv4 and IPv6 socket addresses as the kernel has them.</summary>
internal static class SocketAddress
{
    public const int Longest = 28;
    private const int _v4Length = 16;

    /// <summary>Writes the loopback or the any address; returns its length in bytes.</summary>
    public static int Write(Span<byte> target, bool v6, bool loopback, int port)
    {
        target[..Longest].Clear();
        System.Runtime.InteropServices.MemoryMarshal.Write(target, (ushort)(v6 ? Native.AfInet6 : Native.AfInet));
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)port);
        if (loopback && v6)
        {
            target[23] = 1;
        }
        else if (loopback)
        {
            (target[4], target[7]) = (127, 1);
        }

        return v6 ? Longest : _v4Length;
    }

    public static int Port(ReadOnlySpan<byte> address) => BinaryPrimitives.ReadUInt16BigEndian(address[2..]);

    /// <summary>The address without the port; an IPv4 address in its IPv6 form is shown as IPv4.</summary>
    public static string Text(ReadOnlySpan<byte> address)
    {
        var family = System.Runtime.InteropServices.MemoryMarshal.Read<ushort>(address);
        if (family == Native.AfInet)
        {
            return V4(address.Slice(4, 4));
        }

        var bytes = address.Slice(8, 16);
        if (bytes[..10].IndexOfAnyExcept((byte)0) < 0 && bytes[10] == 0xff && bytes[11] == 0xff)
        {
            return V4(bytes[12..]);
        }

        var words = new string[8];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * i)..]).ToString("x");
        }

        return string.Join(':', words);
    }

    private static string V4(ReadOnlySpan<byte> bytes) => $"{bytes[0]}.{bytes[1]}.{bytes[2]}.{bytes[3]}";
}
