using System.Text;
using CsCheck;
using Nua.Foundation;
using Nua.Foundation.Linux;
using Nua.Oci.Tar;
using Nua.Testing;
using Xunit;

namespace Nua.Tests.Oci;

public sealed class TarTests
{
    private static readonly Gen<string> _name =
        from bytes in Gen.OneOf(Gen.Byte[97, 122], Gen.Byte[1, 255]).Array[1, 60]
        select RawName.FromBytes(bytes).Replace('/', '_').Trim('.') is { Length: > 0 } name ? name : "x";

    private static readonly Gen<string> _path =
        from parts in _name.Array[1, 6]
        select string.Join('/', parts);

    private static readonly Gen<TarEntry> _entry =
        from path in _path
        from type in Gen.Enum<TarEntryType>()
        from link in _path
        from mode in Gen.UInt[0, 0xFFF]
        from ids in Gen.Select(Gen.OneOf(Gen.UInt[0, 70_000], Gen.UInt), Gen.UInt[0, 70_000])
        from seconds in Gen.OneOf(Gen.Long[-5_000_000_000, 20_000_000_000], Gen.Long[0, 2_000_000_000])
        from nanoseconds in Gen.OneOf(Gen.Const(0), Gen.Int[0, 999_999_999])
        from size in Gen.Int[0, 3000]
        from xattr in Gen.Byte.Array[0, 100]
        from xattrs in Gen.Int[0, 2]
        select Make(path, type, link, mode, ids.Item1, ids.Item2, new TarTime(seconds, nanoseconds), size, xattr, xattrs);

    [Fact]
    public void Entries_are_the_same_after_a_round_trip() => _entry.Array[0, 6].Sample(
        entries =>
        {
            var bytes = Write(entries);
            var read = Read(bytes);
            Assert.Equal(entries.Length, read.Count);
            foreach (var (expected, (actual, content)) in entries.Zip(read))
            {
                AssertSame(expected, actual);
                Assert.Equal(ContentOf(expected), content);
            }
        }, iter: 2_000, threads: 1);

    [Fact]
    public void Gnu_tar_and_bsdtar_read_what_we_write()
    {
        using var directory = new TempDirectory();
        var entries = new List<TarEntry>
        {
            new("d", TarEntryType.Directory) { Mode = 0x1FF, Modified = new TarTime(1) },
            new("d/" + new string('l', 180), TarEntryType.File) { Size = 3, Uid = 5, Modified = new TarTime(2, 500_000_000) },
            new("d/grüße", TarEntryType.File) { Size = 700, Uid = 3_000_000 },
            new("d/raw\udcff\udce9", TarEntryType.File) { Size = 1 },
            new("d/link", TarEntryType.SymbolicLink) { LinkTarget = new string('t', 120) },
            new("d/hard", TarEntryType.HardLink) { LinkTarget = "d/grüße" },
            new("d/old", TarEntryType.File) { Modified = new TarTime(-2, 250_000_000) },
        };
        var file = directory.Write("x.tar", Write(entries));
        foreach (var tool in (string[])["tar", "bsdtar"])
        {
            var target = directory[tool];
            Directory.CreateDirectory(target);
            InteropTests.Run(tool, "-xpf", file, "-C", target, "--no-same-owner");
            Assert.Equal(
                [.. entries.Select(entry => Convert.ToHexString(RawName.ToBytes(entry.Path))).Order()],
                Names(target));
            Assert.Equal(ContentOf(entries[2]), File.ReadAllBytes(Path.Combine(target, "d/hard")));
            // bsdtar reads the fraction of a negative time with the wrong sign.
            Assert.Equal(tool == "tar" ? -1.75 : -0.25, double.Parse(InteropTests.Run("stat", "-c", "%.9Y", Path.Combine(target, "d/old")).Trim()));
        }
    }

    [Theory]
    [InlineData("gnu")]
    [InlineData("pax")]
    [InlineData("ustar")]
    [InlineData("v7")]
    public void What_gnu_tar_writes_is_read(string format)
    {
        using var directory = new TempDirectory();
        var name = format is "v7" ? "short" : new string('n', 90);
        directory.Write($"in/{name}/file", "content");
        File.CreateSymbolicLink(directory["in/link"], "target");
        if (format is "gnu" or "pax")
        {
            directory.Write($"in/{new string('a', 120)}/{new string('b', 120)}", "long");
        }

        InteropTests.Run("tar", $"--format={format}", "-cf", directory["x.tar"], "-C", directory["in"], ".");
        var read = Read(File.ReadAllBytes(directory["x.tar"]));
        Assert.Contains(read, item => item.Entry.Path == $"./{name}/file" && Encoding.ASCII.GetString(item.Content) == "content");
        Assert.Contains(read, item => item.Entry is { Path: "./link", Type: TarEntryType.SymbolicLink, LinkTarget: "target" });
        Assert.Equal(format is "gnu" or "pax", read.Any(item => item.Entry.Path.Length > 240));
    }

    [Fact]
    public void A_negative_fraction_counts_away_from_zero()
    {
        Assert.Equal("-0.5", PaxTime(new TarTime(-1, 500_000_000)));
        Assert.Equal("-1.75", PaxTime(new TarTime(-2, 250_000_000)));
        Assert.Equal("3.000000001", PaxTime(new TarTime(3, 1)));
    }

    [Fact]
    public void Bytes_of_a_known_archive_never_change()
    {
        var bytes = Write([new("a", TarEntryType.Directory) { Modified = new TarTime(1_700_000_000) }, new("a/ü", TarEntryType.File) { Size = 4 }]);
        Assert.Equal("sha256:593485322270fa175233b634898bc828ae7a7b61375cc8b249d68b0143a7f380", Nua.Oci.Digest.Sha256(bytes).ToString());
    }

    [Fact]
    public void A_file_of_another_length_than_promised_is_an_error()
    {
        using var tar = new TarWriter(new MemoryStream());
        var entry = new TarEntry("f", TarEntryType.File) { Size = 10 };
        Assert.Equal("NUA3032", CompressionTests.CodeOf(() => tar.Write(entry, new MemoryStream(new byte[9]))));
        Assert.Equal("NUA3032", CompressionTests.CodeOf(() => tar.Write(entry, new MemoryStream(new byte[11]))));
    }

    [Fact]
    public void Missing_end_blocks_are_tolerated_and_told()
    {
        foreach (var (blocks, expected) in ((int, bool)[])[(0, false), (1, false), (2, true), (20, true)])
        {
            using var reader = new TarReader(new MemoryStream(new RawTar().Entry("f", content: "x").ToArray(blocks)), "test");
            Assert.NotNull(reader.Next());
            Assert.Null(reader.Next());
            Assert.Equal(expected, reader.HasEndMarker);
        }
    }

    [Fact]
    public void A_pax_size_counts_instead_of_the_header_s()
    {
        // TARmageddon: a reader that believes the header's size 0 finds a second archive in the content.
        var inner = new RawTar().Entry("smuggled", content: "evil").ToArray(0);
        var bytes = new RawTar().Pax(("size", $"{inner.Length}")).Entry("outer", size: 0).Data(inner).Entry("after", content: "x").ToArray();
        Assert.Equal(["outer", "after"], Read(bytes).Select(item => item.Entry.Path));
    }

    [Fact]
    public void Attribute_values_are_bytes()
    {
        const string value = "\x01\x00\n\x80=\xff";
        var bytes = new RawTar().Pax(("SCHILY.xattr.security.capability", value)).Entry("f").ToArray();
        Assert.Equal(Encoding.Latin1.GetBytes(value), Read(bytes)[0].Entry.Xattrs["security.capability"].ToArray());
    }

    [Fact]
    public void A_git_archive_s_global_comment_is_accepted() => Assert.Single(
        Read(new RawTar().Global(("comment", "0123456789abcdef")).Entry("f").ToArray()));

    [Fact]
    public void Truncation_anywhere_in_an_entry_is_an_error()
    {
        var bytes = new RawTar().Pax(("path", "p")).Entry("f", content: new string('x', 700)).ToArray(0);
        for (var length = 1; length < bytes.Length; length += 7)
        {
            Assert.Equal("NUA3020", CompressionTests.CodeOf(() => Read(bytes[..length])));
        }
    }

    [Fact]
    public void Changed_bytes_never_do_worse_than_a_typed_error()
    {
        var bytes = new RawTar().Pax(("path", "some/path"), ("mtime", "12.5"), ("SCHILY.xattr.user.x", "v"))
            .Entry("f", content: "hello").Entry("long", 'L', "a/long/name\0").Entry("x", '5').ToArray();
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte).Array[1, 4].Sample(
            changes =>
            {
                var changed = (byte[])bytes.Clone();
                foreach (var (at, value) in changes)
                {
                    changed[at] = value;
                }

                if (changes[0].Item2 % 2 == 0)
                {
                    for (var i = 0; i + 512 <= changed.Length; i += 512)
                    {
                        var block = changed[i..(i + 512)];
                        RawTar.Checksum(block);
                        block.CopyTo(changed, i);
                    }
                }

                try
                {
                    Read(changed);
                }
                catch (ProblemException)
                {
                    // The typed error.
                }
            }, iter: 5_000, threads: 1);
    }

    private static string PaxTime(TarTime time)
    {
        var text = Encoding.Latin1.GetString(Write([new TarEntry("f", TarEntryType.File) { Modified = time }]));
        return text[(text.IndexOf("mtime=", StringComparison.Ordinal) + 6)..].Split('\n')[0];
    }

    private static TarEntry Make(
        string path, TarEntryType type, string link, uint mode, uint uid, uint gid, TarTime time, int size, byte[] xattr, int xattrs) => new(path, type)
        {
            Mode = mode,
            Uid = uid,
            Gid = gid,
            Modified = time,
            Size = type == TarEntryType.File ? size : 0,
            LinkTarget = type is TarEntryType.SymbolicLink or TarEntryType.HardLink ? link : null,
            DeviceMajor = type is TarEntryType.CharacterDevice or TarEntryType.BlockDevice ? 5u : 0,
            DeviceMinor = type is TarEntryType.CharacterDevice or TarEntryType.BlockDevice ? 300u : 0,
            Xattrs = Enumerable.Range(0, xattrs).ToDictionary(i => $"user.name{i}", i => (ReadOnlyMemory<byte>)xattr),
        };

    private static void AssertSame(TarEntry expected, TarEntry actual)
    {
        Assert.Equal(expected.Path, actual.Type == TarEntryType.Directory ? actual.Path.TrimEnd('/') : actual.Path);
        Assert.Equal(
            (expected.Type, expected.Mode, expected.Uid, expected.Gid, expected.Size, expected.Modified, expected.LinkTarget, expected.DeviceMajor, expected.DeviceMinor),
            (actual.Type, actual.Mode, actual.Uid, actual.Gid, actual.Size, actual.Modified, actual.LinkTarget, actual.DeviceMajor, actual.DeviceMinor));
        Assert.Equal(
            expected.Xattrs.Select(pair => (pair.Key, Convert.ToHexString(pair.Value.Span))).Order(),
            actual.Xattrs.Select(pair => (pair.Key, Convert.ToHexString(pair.Value.Span))).Order());
    }

    private static byte[] ContentOf(TarEntry entry)
    {
        var bytes = new byte[entry.Size];
        new Random(entry.Path.Length).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Write(IEnumerable<TarEntry> entries)
    {
        using var output = new MemoryStream();
        using var tar = new TarWriter(output);
        foreach (var entry in entries)
        {
            tar.Write(entry, ContentOf(entry));
        }

        tar.Complete();
        return output.ToArray();
    }

    private static List<(TarEntry Entry, byte[] Content)> Read(byte[] bytes)
    {
        var result = new List<(TarEntry, byte[])>();
        using var reader = new TarReader(new MemoryStream(bytes), "test");
        while (reader.Next() is { } entry)
        {
            using var content = new MemoryStream();
            reader.Content.CopyTo(content);
            result.Add((entry, content.ToArray()));
        }

        return result;
    }

    private static string[] Names(string directory) =>
        [.. InteropTests.Run("sh", "-c", $"cd {directory} && find d -print0 | od -An -v -tx1 | tr -d ' \\n'")
            .Split("00", StringSplitOptions.RemoveEmptyEntries).Where(hex => hex.Length > 0).Select(hex => hex.ToUpperInvariant()).Order()];
}
