using Nua.Engine.Backups;
using Nua.Engine.Data;
using Nua.Engine.Engines;
using Nua.Engine.Instances;
using Nua.Foundation;
using Nua.Foundation.Linux;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Rootfs.Volumes;
using Nua.Testing;
using Nua.Testing.Hostile;

namespace Nua.Tests.Engine.Backups;

/// <summary>Archives that no backup of ours would be: nothing outside of the new generation is touched, and nothing of it stays.</summary>
public sealed class HostileBackupTests : IDisposable
{
    private const string Head =
        """{"format":1,"id":"00112233445566778899aabbccddeeff","app_id":"notes","instance":"notes","version":"1","image":"sha256:0000000000000000000000000000000000000000000000000000000000000000","reference":"n","data_version":1,"contract":1,"kind":"copy","mode":"cold","volumes":["data"],"secrets":[],"writer":"w","started":"2026-01-01T00:00:00+00:00","sequence":1}""";

    private readonly TempDirectory _home = new();
    private readonly string _sentinel;
    private readonly Generations _generations;

    public HostileBackupTests()
    {
        _sentinel = _home.Write("sentinel/file", "untouched");
        _generations = Generations.Open(new InstanceFolder(_home.Path, InstanceName.Parse("notes")), VolumeIds.Host);
    }

    public void Dispose()
    {
        _generations.Dispose();
        _home.Dispose();
    }

    public static TheoryData<string> Layers => [.. HostileCorpus.All.Select(item => item.Id)];

    [Theory]
    [MemberData(nameof(Layers))]
    public void Hostile_layer_as_data_stays_inside(string id)
    {
        var image = HostileCorpus.Get(id).Make(_home.Path);
        foreach (var tar in image.Layers.Where(layer => layer.MediaType == MediaTypes.LayerTar).Select(layer => layer.Blob))
        {
            try
            {
                _generations.Unpack(1, stream => stream.Write(tar));
                _generations.Remove(1);
            }
            catch (ProblemException)
            {
                Assert.Empty(_generations.List());
            }

            Assert.Equal("untouched", File.ReadAllText(_sentinel));
            Assert.Equal([_sentinel], Directory.GetFileSystemEntries(_home["sentinel"]));
            Assert.Empty(_generations.RemoveUnfinished());
        }
    }

    [Theory]
    [InlineData("no head")]
    [InlineData("head of another form")]
    [InlineData("no manifest")]
    [InlineData("manifest of something else")]
    [InlineData("climbs out of the volume")]
    [InlineData("climbs inside its own name")]
    [InlineData("volume that the head does not name")]
    [InlineData("file beside the volumes")]
    [InlineData("secret that the head does not name")]
    [InlineData("image that the head does not name")]
    [InlineData("hard link out of the volumes")]
    [InlineData("link, then a file through it")]
    [InlineData("link, then a file through it, then more than is read ahead")]
    [InlineData("device")]
    [InlineData("cut off inside a file")]
    public void Backup_that_was_put_together_is_refused(string what)
    {
        var tar = what == "no head" ? new RawTar() : new RawTar().Entry("nua-backup.json", content: what == "head of another form" ? Head.Replace("\"format\":1", "\"format\":2") : Head);
        _ = what == "no head" ? tar : tar.Entry("volumes/data/", '5', mode: 0x1ED);
        _ = what switch
        {
            "manifest of something else" => tar.Entry("manifest.json", content: $"{{\"head\":{Head},\n\"files\":[\n],\n\"end\":{{}}}}\n"),
            "climbs out of the volume" => tar.Entry("volumes/data/../../../sentinel/file", content: "x"),
            "climbs inside its own name" => tar.Entry("volumes/data/./x", content: "x"),
            "volume that the head does not name" => tar.Entry("volumes/other/x", content: "x"),
            "file beside the volumes" => tar.Entry("volumes", content: "x"),
            "secret that the head does not name" => tar.Entry("secrets/KEY", content: "x"),
            "image that the head does not name" => tar.Entry("image/index.json", content: "x"),
            "hard link out of the volumes" => tar.Entry("volumes/data/h", '1', link: "nua-backup.json"),
            "link, then a file through it" => tar.Entry("volumes/data/l", '2', link: "/").Entry("volumes/data/l/x", content: "x"),
            "link, then a file through it, then more than is read ahead" => tar.Entry("volumes/data/l", '2', link: "/").Entry("volumes/data/l/x", content: "x")
                .Entry("volumes/data/y", content: new string('y', 2 << 20)),
            "device" => tar.Entry("volumes/data/null", '3'),
            "cut off inside a file" => tar.Entry("volumes/data/x", content: "x", size: 100_000),
            _ => tar,
        };
        var file = _home.Write("backup", Wrapped(tar.ToArray()));

        var failure = Assert.Throws<ProblemException>(() => BackupReader.Open(file, null, _home.Path)
            .UnpackInto(_generations, 1, [new NewVolume("data", Libc.GetEuid(), Libc.GetEgid())]));

        Assert.True(failure.ExitCode == 65, failure.ToString());
        Assert.Empty(_generations.List());
        Assert.Empty(_generations.RemoveUnfinished());
        Assert.Equal("untouched", File.ReadAllText(_sentinel));
    }

    [Theory]
    [InlineData("\"volumes\":[\"data\"]", "\"volumes\":null")]
    [InlineData("\"volumes\":[\"data\"]", "\"volumes\":[null]")]
    [InlineData("\"volumes\":[\"data\"]", "\"volumes\":[\"../data\"]")]
    [InlineData("\"secrets\":[]", "\"secrets\":[\"../../etc/passwd\"]")]
    [InlineData("\"secrets\":[]", "\"secrets\":[],\"secrets_left_out\":[null]")]
    [InlineData("\"secrets\":[]", "\"secrets\":[],\"seeds\":[null]")]
    [InlineData("\"secrets\":[]", "\"secrets\":[],\"seeds\":[{\"number\":1}]")]
    [InlineData("\"secrets\":[]", "\"secrets\":[],\"seeds\":[{\"number\":1,\"values\":{\"a\":null}}]")]
    [InlineData("\"app_id\":\"notes\"", "\"app_id\":null")]
    [InlineData("\"reference\":\"n\"", "\"reference\":\"\\u001b[2Jn\"")]
    [InlineData("\"version\":\"1\"", "\"version\":\"\\u202e1\"")]
    [InlineData("sha256:0", "sha256:")]
    [InlineData("\"image\":\"sha256:", "\"image\":\"../")]
    [InlineData("\"sequence\":1", "\"sequence\":2147483647")]
    [InlineData("\"sequence\":1", "\"sequence\":-1")]
    [InlineData("\"data_version\":1", "\"data_version\":-5")]
    [InlineData("\"id\":\"0011", "\"id\":\"..//")]
    public void Head_that_this_program_would_not_write_is_refused(string what, string instead)
    {
        Assert.Contains(what, Head, StringComparison.Ordinal);
        var json = System.Text.Encoding.UTF8.GetBytes(Head.Replace(what, instead, StringComparison.Ordinal));
        var refused = Assert.Throws<ProblemException>(() => BackupHead.Parse(json, "here"));
        Assert.Equal(("NUA5120", 65), (refused.Problems[0].Code, refused.ExitCode));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("folder")]
    [InlineData("pipe")]
    [InlineData("device")]
    public void What_is_no_file_is_refused_without_waiting(string what)
    {
        var path = _home["what"];
        switch (what)
        {
            case "folder":
                Directory.CreateDirectory(path);
                break;
            case "pipe":
                const uint Fifo = 0x1000 | 0x180;
                Posix.Check(Libc.MknodAt(Libc.AtFdCwd, Posix.Path(path), Fifo, 0), "making", path);
                break;
            case "device":
                path = "/dev/null";
                break;
            default:
                break;
        }

        var refused = Assert.Throws<ProblemException>(() => BackupReader.Open(path, null, _home.Path));
        Assert.Equal(("NUA5120", 65), (refused.Problems[0].Code, refused.ExitCode));
    }

    [Fact]
    public void Frame_that_expands_to_more_than_a_piece_is_refused()
    {
        using var zstd = new ZstdSharp.Compressor();
        zstd.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        var file = _home.Write("bomb", Ended(zstd.Wrap(new byte[64 << 20]).ToArray()));
        var failure = Assert.Throws<ProblemException>(() => BackupReader.Open(file, null, _home.Path));
        Assert.Equal("NUA5121", failure.Problems[0].Code);
    }

    private static byte[] Wrapped(byte[] tar)
    {
        var output = new MemoryStream();
        using (var zstd = new ParallelZstdWriter(output, 1))
        {
            zstd.Write(tar);
            zstd.Complete();
        }

        return Ended(output.ToArray());
    }

    /// <summary>With the end that a whole backup has (docs/reference/backup-file.md).</summary>
    private static byte[] Ended(byte[] frames) =>
        [.. frames, 0x5E, 0x2A, 0x4D, 0x18, 12, 0, 0, 0, .. "NUABKUP1"u8, .. BitConverter.GetBytes(Crc32.Append(0, frames))];
}
