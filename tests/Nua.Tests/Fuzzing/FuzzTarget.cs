using System.Text;
using Nua.Agent.Templates;
using Nua.Config;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Archives;
using Nua.Oci.Compression;
using Nua.Oci.Tar;
using Nua.Testing;
using Nua.Testing.Hostile;

namespace Nua.Tests.Fuzzing;

/// <summary>A reader of bytes from outside.</summary>
/// <param name="Seeds">Inputs to begin from; those in <c>Corpus/NAME</c> come on top.</param>
/// <param name="Words">Pieces that mean something to the reader.</param>
/// <param name="Read">Ends well, or throws what the reader documents, or fails the test.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, IReadOnlyList<string> Words, Action<byte[]> Read)
{
    private static readonly string[] _json = ["{", "}", "[", "]", ",", ":", "null", "-1", "1e999", "\"\\ud800\"", "\"size\":", "\"digest\":", "\"manifests\":[]"];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("tar", TarSeeds(), ["ustar\000", "x", "L", "g", "5", "99 path=", "12 size=-1\n", "/../", "\0\0\0\0", "77777777777\0"], ReadLayer)
        {
            Mend = MendChecksums,
        },
        new("manifest", Documents("layers"), _json, bytes => Typed(() => ImageManifest.Parse(bytes, "fuzz"))),
        new("index", [HostileImage.Honest().ToFiles()["index.json"]], _json, bytes => Typed(() => ImageIndex.Parse(bytes, "fuzz"))),
        new("config", Documents("rootfs"), _json, bytes => Typed(() => AssertSameAgain(ImageConfig.Parse(bytes, "fuzz")))),
        new("reference", Texts("registry.example:5000/team/notes:1.0@sha256:" + new string('a', 64), "oci:/a/b:nua-notes:1.0", "notes", "[::1]:5000/a"),
            [":", "@", "/", "..", "sha256:", "docker://", "oci-archive:", "[", "]", "%00"], ReadReference),
        new("gzip", [Packed(LayerCompression.Gzip), Packed(LayerCompression.Gzip, 100_000)], ["\x1f\x8b\x08", "\0\0\xff\xff"], bytes => Expand(bytes, LayerCompression.Gzip)),
        new("zstd", [Packed(LayerCompression.Zstd), Packed(LayerCompression.Zstd, 100_000)], ["\x28\xb5\x2f\xfd", "\x50\x2a\x4d\x18"], bytes => Expand(bytes, LayerCompression.Zstd)),
        .. ((string[])["toml", "yaml", "json"]).Select(form => new FuzzTarget(
            "nua-config-" + form, [], ["[build]", "[[provider]]", "\"\"\"", "- ", "&a ", "*a", "!!", "{", "}", "1979-05-27", "0x", "=", ": ", "\t", "\r\n"],
            bytes => ConfigReader.ReadText("nua-config." + form, bytes))),
        new("template", Texts("{% for k, v in m.items() %}{{ loop.index }}{{ v|default('x')|upper }}{% endfor %}", "{% set a = 1 + 2 * 3 %}{{ a if a > 2 else -a }}"),
            ["{{", "}}", "{%", "%}", "{#", "for ", " in ", "if ", "|", "(", ")", "[", "]", "**", "range(9999999999)", "'", "~", "endfor"], Render),
    ];

    /// <summary>Makes a mutation get past the first check, where there is one.</summary>
    public Func<byte[], byte[]> Mend { get; init; } = bytes => bytes;

    public override string ToString() => Name;

    private static void ReadLayer(byte[] bytes) => Typed(() =>
    {
        using var reader = new TarReader(new MemoryStream(bytes), "fuzz");
        while (reader.Next() is { } entry)
        {
            AssertSameAgain(entry);
            reader.Content.CopyTo(Stream.Null);
        }
    });

    /// <summary>What was read can be written, and means the same when it is read again.</summary>
    private static void AssertSameAgain(TarEntry entry)
    {
        var path = entry.Path.TrimEnd('/');
        if (path.Length == 0)
        {
            return;
        }

        using var output = new MemoryStream();
        var same = entry with { Path = path, Size = 0 };
        using (var writer = new TarWriter(output))
        {
            writer.Write(same);
            writer.Complete();
        }

        output.Position = 0;
        using var reader = new TarReader(output, "again");
        var again = reader.Next()!;
        Assert.Equal((same.Type, same.Mode, same.Uid, same.Gid, same.Modified, same.LinkTarget), (again.Type, again.Mode, again.Uid, again.Gid, again.Modified, again.LinkTarget));
        Assert.Equal(path, again.Path.TrimEnd('/'));
    }

    private static void AssertSameAgain(ImageConfig config) =>
        Assert.Equal(config.ToBytes(), ImageConfig.Parse(config.ToBytes(), "again").ToBytes());

    private static void ReadReference(byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        if (ImageReference.TryParse(text, out var reference, out _))
        {
            Assert.Equal(text, reference.ToString());
        }

        Typed(() => Assert.Equal(ImageLocation.Parse(text), ImageLocation.Parse(ImageLocation.Parse(text).ToString()!)));
    }

    private static void Expand(byte[] bytes, LayerCompression compression) => Typed(() =>
    {
        using var stream = LayerStreams.Expand(new MemoryStream(bytes), compression, "fuzz", new ExpansionLimits(8 << 20, 1100));
        stream.CopyTo(Stream.Null);
    });

    private static void Render(byte[] bytes)
    {
        var names = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["a"] = 1L, ["s"] = "text", ["l"] = new List<object?> { 1L, "b", null },
            ["m"] = new Dictionary<string, object?>(StringComparer.Ordinal) { ["k"] = 2.5 },
        };
        try
        {
            JinjaTemplate.Parse(Encoding.Latin1.GetString(bytes)).Render(names);
        }
        catch (TemplateError)
        {
            // What it documents.
        }
    }

    private static void Typed(Action read)
    {
        try
        {
            read();
        }
        catch (ProblemException error)
        {
            Assert.All(error.Problems, problem => Assert.Matches("^NUA[0-9]{4}$", problem.Code));
            Assert.DoesNotContain(error.Message, c => char.IsControl(c) && c != '\n');
        }
    }

    private static IReadOnlyList<byte[]> TarSeeds() =>
    [
        .. HostileCorpus.All.Where(item => item.Forms == Forms.All).SelectMany(item => item.Make("/nowhere").Layers)
            .Select(layer => layer.Blob).Where(blob => blob.Length is > 0 and < 20_000),
    ];

    private static IReadOnlyList<byte[]> Documents(string word) =>
    [
        .. HostileImage.Honest().ToFiles().Values.Where(bytes => Encoding.Latin1.GetString(bytes).Contains($"\"{word}\":", StringComparison.Ordinal)),
    ];

    private static IReadOnlyList<byte[]> Texts(params string[] texts) => [.. texts.Select(Encoding.Latin1.GetBytes)];

    private static byte[] Packed(LayerCompression compression, int length = 300)
    {
        var data = new byte[length];
        for (var i = 0; i < length; i++)
        {
            data[i] = (byte)"the quick brown fox "[(int)((long)i * i / 7 % 20)];
        }

        return HostileLayer.Of(data, compression).Blob;
    }

    /// <summary>Of every block that looks like a header.</summary>
    private static byte[] MendChecksums(byte[] bytes)
    {
        for (var i = 0; i + 512 <= bytes.Length; i += 512)
        {
            var block = bytes[i..(i + 512)];
            if (block.AsSpan(257, 5).SequenceEqual("ustar"u8))
            {
                RawTar.Checksum(block);
                block.CopyTo(bytes, i);
            }
        }

        return bytes;
    }
}
