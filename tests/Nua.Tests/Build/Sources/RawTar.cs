using System.IO.Compression;
using System.Text;

namespace Nua.Tests.Build.Sources;

/// <summary>Writes tar bytes that no decent program would.</summary>
internal sealed class RawTar
{
    private readonly MemoryStream _bytes = new();

    public RawTar File(string name, string content, string mode = "0000644") => Add(name, '0', content, "", mode);

    public RawTar Folder(string name) => Add(name, '5', "", "", "0000755");

    public RawTar Link(string name, string target) => Add(name, '2', "", target, "0000777");

    public RawTar HardLink(string name, string target) => Add(name, '1', "", target, "0000644");

    public RawTar Special(string name, char type) => Add(name, type, "", "", "0000644");

    public byte[] ToArray() => [.. _bytes.ToArray(), .. new byte[1024]];

    public byte[] ToGzip()
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Fastest))
        {
            gzip.Write(ToArray());
        }

        return result.ToArray();
    }

    private RawTar Add(string name, char type, string content, string target, string mode)
    {
        var header = new byte[512];
        void Put(int offset, string text) => Encoding.UTF8.GetBytes(text).CopyTo(header, offset);
        var bytes = Encoding.UTF8.GetBytes(content);
        Put(0, name);
        Put(100, mode);
        Put(108, "0000000");
        Put(116, "0000000");
        Put(124, Convert.ToString(bytes.Length, 8).PadLeft(11, '0'));
        Put(136, "00000000000");
        header[156] = (byte)type;
        Put(157, target);
        Put(257, "ustar\0" + "00");
        Put(148, "        ");
        Put(148, Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0 ");
        _bytes.Write(header);
        _bytes.Write(bytes);
        _bytes.Write(new byte[(512 - (bytes.Length % 512)) % 512]);
        return this;
    }
}
