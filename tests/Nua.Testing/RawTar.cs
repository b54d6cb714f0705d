using System.Text;

namespace Nua.Testing;

/// <summary>Makes tar archives that no honest program would write: every field is the caller's.</summary>
public sealed class RawTar
{
    private readonly List<byte> _bytes = [];

    /// <summary>Appends a header with a right checksum, unless <paramref name="spoil"/> changes it afterwards, and
    /// content.</summary>
    public RawTar Entry(
        string name, char type = '0', string content = "", string link = "", int mode = 0x1A4, long? size = null,
        int uid = 0, int gid = 0, string magic = "ustar\000", string prefix = "", Action<byte[]>? beforeChecksum = null, Action<byte[]>? spoil = null) =>
        Entry(Encoding.Latin1.GetBytes(name), type, Encoding.Latin1.GetBytes(content), Encoding.Latin1.GetBytes(link), mode, size, uid, gid, magic, prefix, beforeChecksum, spoil);

    /// <summary>A file with any bytes in it; a name over 100 bytes is told in a pax header.</summary>
    public RawTar Entry(string name, byte[] content)
    {
        var isLong = name.Length > 100;
        if (isLong)
        {
            Pax(("path", name));
        }

        return Entry(Encoding.Latin1.GetBytes(isLong ? "long" : name), '0', content, [], 0x1A4, null, 0, 0, "ustar\000", "", null, null);
    }

    public RawTar Entry(
        byte[] name, char type, byte[] content, byte[] link, int mode, long? size, int uid, int gid, string magic, string prefix,
        Action<byte[]>? beforeChecksum, Action<byte[]>? spoil)
    {
        var block = new byte[512];
        Put(block, 0, name, 100);
        Octal(block, 100, 8, mode);
        Octal(block, 108, 8, uid);
        Octal(block, 116, 8, gid);
        Octal(block, 124, 12, size ?? content.Length);
        Octal(block, 136, 12, 0);
        block[156] = (byte)type;
        Put(block, 157, link, 100);
        Put(block, 257, Encoding.Latin1.GetBytes(magic), 8);
        Put(block, 345, Encoding.Latin1.GetBytes(prefix), 155);
        beforeChecksum?.Invoke(block);
        Checksum(block);
        spoil?.Invoke(block);
        _bytes.AddRange(block);
        return Data(content);
    }

    /// <summary>A pax header for the next entry, from records as text or ready-made bytes.</summary>
    public RawTar Pax(params (string Key, string Value)[] records) => Entry(
        "PaxHeader", 'x', string.Concat(records.Select(record => Record(record.Key, record.Value))));

    public RawTar Global(params (string Key, string Value)[] records) => Entry(
        "PaxGlobal", 'g', string.Concat(records.Select(record => Record(record.Key, record.Value))));

    /// <summary>Bytes, padded to a whole block.</summary>
    public RawTar Data(byte[] content)
    {
        _bytes.AddRange(content);
        _bytes.AddRange(new byte[(512 - (content.Length % 512)) % 512]);
        return this;
    }

    public RawTar Bytes(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    /// <summary>The archive with this many zero blocks behind it.</summary>
    public byte[] ToArray(int endBlocks = 2)
    {
        var end = new byte[512 * endBlocks];
        return [.. _bytes, .. end];
    }

    public static string Record(string key, string value)
    {
        var rest = key.Length + value.Length + 3;
        var length = rest + $"{rest}".Length;
        length = rest + $"{length}".Length;
        return $"{length} {key}={value}\n";
    }

    public static void Checksum(byte[] block)
    {
        block.AsSpan(148, 8).Fill((byte)' ');
        var sum = block.Sum(value => value);
        Encoding.ASCII.GetBytes($"{Convert.ToString(sum, 8).PadLeft(6, '0')}\0 ").CopyTo(block, 148);
    }

    private static void Put(byte[] block, int start, byte[] value, int length) =>
        value.AsSpan(0, Math.Min(value.Length, length)).CopyTo(block.AsSpan(start));

    private static void Octal(byte[] block, int start, int length, long value) =>
        Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(length - 1, '0')).CopyTo(block, start);
}
