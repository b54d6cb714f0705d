using System.Text;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Layers;
using Nua.Oci.Storage;

namespace Nua.Testing.Hostile;

/// <summary>Images that are small on the disk and want all the memory or all the time of whoever reads them.</summary>
public static class LargeImages
{
    private static readonly string _records = string.Concat(Enumerable.Range(0, 60_000).Select(i => Record($"ABC.k{i}", "v")));

    /// <summary>By name: files of a layer, each with the pax records in front of it, in as little as a tar can say it.</summary>
    public static IReadOnlyDictionary<string, Func<IEnumerable<byte[]>>> Layers { get; } = new Dictionary<string, Func<IEnumerable<byte[]>>>
    {
        ["half a million files"] = () => Files(500_000, i => $"d{i % 1000}/f{i}"),
        ["names of a kilobyte"] = () => Named(50_000, i => $"{i:d7}{new string('x', 240)}/{new string('y', 250)}/{new string('y', 250)}/{new string('y', 250)}"),
        ["one folder of four kilobytes for all"] = () => Named(50_000, i => string.Concat(Enumerable.Repeat(new string('y', 250) + "/", 15)) + i),
        ["deep folders that nobody else has"] = () => Files(15_000, i => i + string.Concat(Enumerable.Repeat("/a", 30))),
        ["a quarter million links"] = () => Records(250_000, i => ("linkpath", new string('z', 200) + i), '2'),
        ["hard links to one file"] = () => Files(390_000, i => i == 0 ? "a" : $"h{i}", i => i == 0 ? '0' : '1'),
        ["hidden files that never were"] = () => Files(500_000, i => $"d/.wh.f{i}"),
        ["an attribute for each file"] = () => Records(250_000, i => ($"SCHILY.xattr.user.k{i}", "v"), '0'),
        ["a program's first line for each file"] = () => Files(250_000, i => $"f{i}", content: i => $"#!/bin/{i}\n"),
        ["pax headers of a megabyte"] = () => Enumerable.Range(0, 200).SelectMany(i => (byte[][])
            [Header("p", 'x', _records.Length), Padded(_records), Header($"f{i}")]),
    };

    /// <summary>A layout at the store's home with one image of one layer.</summary>
    public static void Write(string home, IEnumerable<byte[]> layer, LayerCompression compression = LayerCompression.Zstd)
    {
        using var writer = ImageStore.Open(home).BeginWrite();
        using var blob = writer.NewBlob();
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        var length = 0L;
        using (var stream = LayerStreams.Compress(blob, compression))
        {
            foreach (var bytes in layer.Append(new byte[1024]))
            {
                stream.Write(bytes);
                hash.AppendData(bytes);
                length += bytes.Length;
            }
        }

        var diffId = Digest.Parse("sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset()));
        TestImages.Publish(writer, "large:1", [new Layer(blob.Commit(MediaTypes.Layer(compression)), diffId, length)]);
    }

    /// <summary>A gzip layer that begins as given and goes on with a file of zeros, which takes a thousandth of its size on the disk.</summary>
    public static void WriteBomb(string home, IEnumerable<byte[]> start, int megabytes)
    {
        using var writer = ImageStore.Open(home).BeginWrite();
        using var blob = writer.NewBlob();
        foreach (var piece in start.Append(Header("zeros", size: (long)megabytes << 20)).Chunk(10_000))
        {
            blob.Write(Gzip(piece));
        }

        var zeros = Gzip([new byte[1 << 20]]);
        for (var i = 0; i < megabytes; i++)
        {
            blob.Write(zeros);
        }

        blob.Write(Gzip([new byte[1024]]));
        TestImages.Publish(writer, "large:1", [new Layer(blob.Commit(MediaTypes.LayerGzip), Digest.Sha256("not known"u8), 0)]);
    }

    /// <summary>A manifest of almost 4 MiB: one small layer, thousands of times.</summary>
    public static void WriteManifest(string home, int layers)
    {
        using var writer = ImageStore.Open(home).BeginWrite();
        var layer = TestImages.AddTar(writer, new RawTar().Entry("a").ToArray(), LayerCompression.None);
        TestImages.Publish(writer, "large:1", [.. Enumerable.Repeat(layer, layers)]);
    }

    private static byte[] Gzip(IEnumerable<byte[]> pieces)
    {
        using var output = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(output, System.IO.Compression.CompressionLevel.Fastest))
        {
            foreach (var piece in pieces)
            {
                gzip.Write(piece);
            }
        }

        return output.ToArray();
    }

    private static IEnumerable<byte[]> Files(int count, Func<int, string> name, Func<int, char>? type = null, Func<int, string>? content = null)
    {
        for (var i = 0; i < count; i++)
        {
            var kind = type?.Invoke(i) ?? '0';
            var text = content?.Invoke(i) ?? "";
            yield return Header(name(i), kind, text.Length, kind == '1' ? "a" : "");
            if (text.Length > 0)
            {
                yield return Padded(text);
            }
        }
    }

    private static IEnumerable<byte[]> Named(int count, Func<int, string> name) => Records(count, i => ("path", name(i)), '0');

    private static IEnumerable<byte[]> Records(int count, Func<int, (string Key, string Value)> record, char type)
    {
        for (var i = 0; i < count; i++)
        {
            var (key, value) = record(i);
            var text = Record(key, value);
            yield return Header("p", 'x', text.Length);
            yield return Padded(text);
            yield return Header($"f{i}", type, 0, type == '2' ? "target" : "");
        }
    }

    private static string Record(string key, string value)
    {
        var rest = $" {key}={value}\n";
        var length = rest.Length + 1;
        while ($"{length}{rest}".Length != length)
        {
            length++;
        }

        return $"{length}{rest}";
    }

    private static byte[] Padded(string text) => Encoding.Latin1.GetBytes(text.PadRight((text.Length + 511) / 512 * 512, '\0'));

    private static byte[] Header(string name, char type = '0', long size = 0, string link = "")
    {
        var block = new byte[512];
        Put(0, name);
        Put(100, "0000644\0" + "0000000\0" + "0000000\0" + Convert.ToString(size, 8).PadLeft(11, '0') + "\0" + "00000000000\0" + "        " + type);
        Put(157, link);
        Put(257, "ustar\0" + "00");
        Put(148, Convert.ToString(block.Sum(b => b), 8).PadLeft(6, '0') + "\0 ");
        return block;

        void Put(int at, string text) => Encoding.Latin1.GetBytes(text, block.AsSpan(at));
    }
}
