using CsCheck;
using Nua.Engine.Data;
using Nua.Engine.Engines;
using Nua.Engine.Instances;
using Nua.Foundation;
using Nua.Foundation.Linux;
using Nua.Oci.Tar;
using Nua.Rootfs.Volumes;
using Nua.Testing;

namespace Nua.Tests.Engine.Data;

public sealed class GenerationsTests : IDisposable
{
    private readonly TempDirectory _home = new();

    public void Dispose() => _home.Dispose();

    private InstanceFolder Folder => new(_home.Path, InstanceName.Parse("notes"));

    private Generations Open() => Generations.Open(Folder, VolumeIds.Host);

    private static NewVolume[] Data => [new NewVolume("data", Libc.GetEuid(), Libc.GetEgid())];

    [Fact]
    public void Empty_volumes_belong_to_the_application()
    {
        using var generations = Open();
        generations.CreateEmpty(1, Data);
        Assert.Equal([1], generations.List());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder.Volume(1, "data")));
        Assert.Equal((UnixFileMode)0x1F8, File.GetUnixFileMode(Folder.Volume(1, "data")));
    }

    [Fact]
    public void Volume_that_only_a_later_release_wants_is_added_and_the_others_stay()
    {
        using var generations = Open();
        generations.CreateEmpty(1, Data);
        File.WriteAllText(Folder.Volume(1, "data") + "/kept", "kept");
        generations.Clone(1, 2);
        generations.AddVolumes(2, [.. Data, Data[0] with { Name = "uploads" }]);
        generations.AddVolumes(2, [.. Data, Data[0] with { Name = "uploads" }]);
        Assert.Equal(["kept"], Directory.EnumerateFileSystemEntries(Folder.Volume(2, "data")).Select(path => Path.GetFileName(path)));
        Assert.Equal((UnixFileMode)0x1F8, File.GetUnixFileMode(Folder.Volume(2, "uploads")));
        Assert.False(Directory.Exists(Folder.Volume(1, "uploads")));
    }

    /// <summary><c>NUA_SMALL_FILES=1000000</c> makes a million of them.</summary>
    [Fact]
    public void Many_small_files_are_cloned_packed_and_unpacked()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("NUA_SMALL_FILES"), out var number) ? number : 20_000;
        using var generations = Open();
        generations.CreateEmpty(1, Data);
        for (var i = 0; i < count; i++)
        {
            var folder = $"{Folder.Volume(1, "data")}/{i / 1000}";
            if (i % 1000 == 0)
            {
                Directory.CreateDirectory(folder);
            }

            File.WriteAllText($"{folder}/{i}", $"{i}");
        }

        Assert.Equal(count, generations.Clone(1, 2).Files);
        generations.Unpack(3, stream => generations.Pack(2, "", packed => packed.CopyTo(stream)));
        var last = Folder.Volume(3, "data") + $"/{(count - 1) / 1000}/{count - 1}";
        Assert.Equal($"{count - 1}", File.ReadAllText(last));
        Assert.Equal(count, Directory.EnumerateFiles(Folder.Volume(3, "data"), "*", SearchOption.AllDirectories).Count());
    }

    [Fact]
    public void Clone_is_the_same_in_every_respect_for_any_tree() => GeneratedTree.Wishes.Sample(
        wishes =>
        {
            using var generations = Open();
            generations.Remove(1);
            generations.Remove(2);
            generations.CreateEmpty(1, Data);
            GeneratedTree.Make(Folder.Volume(1, "data"), wishes);
            var report = generations.Clone(1, 2);
            Assert.Empty(report.Notes);
            Assert.Equal(GeneratedTree.Describe(Folder.Generation(1)), GeneratedTree.Describe(Folder.Generation(2)));
        },
        iter: 200,
        threads: 1);

    [Fact]
    public void Packed_and_unpacked_is_the_same_in_every_respect_for_any_tree() => GeneratedTree.Wishes.Sample(
        wishes =>
        {
            using var generations = Open();
            generations.Remove(1);
            generations.Remove(2);
            generations.CreateEmpty(1, Data);
            GeneratedTree.Make(Folder.Volume(1, "data"), wishes);
            generations.Unpack(2, stream => generations.Pack(1, "", packed => packed.CopyTo(stream)));
            // A link's own access time aside, tar shows all there is; a sparse file's holes may only differ in how they are cut.
            Assert.Equal(GeneratedTree.Describe(Folder.Volume(1, "data")), GeneratedTree.Describe(Folder.Volume(2, "data")));
        },
        iter: 200,
        threads: 1);

    [Fact]
    public void Sockets_are_left_out_and_reported()
    {
        using var generations = Open();
        generations.CreateEmpty(1, Data);
        GeneratedTree.Make(Folder.Volume(1, "data"), [Wish(NodeSort.Socket, "s"), Wish(NodeSort.File, "f")]);
        var report = generations.Clone(1, 2);
        Assert.Equal("NUA4070", Assert.Single(report.Notes).Code);
        Assert.Equal(["f"], Directory.EnumerateFileSystemEntries(Folder.Volume(2, "data")).Select(Path.GetFileName));
        generations.Pack(1, "", packed => Assert.Equal(["data", "data/f"], Names(packed)));
    }

    [Fact]
    public void Sparse_file_of_a_terabyte_takes_no_room_and_no_time()
    {
        using var generations = Open();
        generations.CreateEmpty(1, Data);
        using (var file = File.Create(Folder.Volume(1, "data") + "/big"))
        {
            file.SetLength(1L << 40);
            file.Position = 500L << 30;
            file.Write("middle"u8);
        }

        generations.Clone(1, 2);
        generations.Unpack(3, stream => generations.Pack(1, "", packed => packed.CopyTo(stream)));
        foreach (var number in (int[])[2, 3])
        {
            var size = generations.Measure(number);
            Assert.Equal(1L << 40, size.ContentBytes);
            Assert.InRange(size.Bytes, 1, 1 << 20);
            using var copy = File.OpenRead(Folder.Volume(number, "data") + "/big");
            copy.Position = 500L << 30;
            var read = new byte[6];
            copy.ReadExactly(read);
            Assert.Equal("middle"u8, read);
        }
    }

    [Fact]
    public void Gnu_tar_unpacks_what_was_packed()
    {
        using var generations = Open();
        generations.CreateEmpty(1, Data);
        GeneratedTree.Make(
            Folder.Volume(1, "data"),
            [Wish(NodeSort.File, "f"), Wish(NodeSort.Sparse, "sparse"), Wish(NodeSort.HardLink, "h"), Wish(NodeSort.Symlink, "l"), Wish(NodeSort.Directory, "d")]);
        var archive = _home["a.tar"];
        using (var file = File.Create(archive))
        {
            generations.Pack(1, "", packed => packed.CopyTo(file));
        }

        Directory.CreateDirectory(_home["out"]);
        using var tar = System.Diagnostics.Process.Start("tar", ["--xattrs", "--acls", "-C", _home["out"], "-xpf", archive]);
        tar.WaitForExit();
        Assert.Equal(0, tar.ExitCode);
        Assert.Equal(GeneratedTree.Describe(Folder.Volume(1, "data")), GeneratedTree.Describe(_home["out"] + "/data"));
    }

    [Fact]
    public void What_a_killed_command_left_is_recognised_and_removed()
    {
        using var generations = Open();
        generations.CreateEmpty(1, Data);
        Directory.CreateDirectory(Folder.Generation(2) + ".part/data/half");
        Assert.Equal([1], generations.List());
        Assert.Equal(["2"], generations.RemoveUnfinished());
        Assert.Empty(generations.RemoveUnfinished());
        generations.Clone(1, 2);
        Assert.Equal([1, 2], generations.List());
    }

    [Fact]
    public void Full_disk_is_said_before_or_while_it_happens_and_leaves_nothing()
    {
        if (!CanMount())
        {
            return;
        }

        foreach (var kilobytes in (int[])[300, 700, 1100, 1500])
        {
            using var disk = new SmallDisk(_home[$"disk{kilobytes}"], kilobytes);
            var folder = new InstanceFolder(disk.Path, InstanceName.Parse("full"));
            using var generations = Generations.Open(folder, VolumeIds.Host);
            generations.CreateEmpty(1, Data);
            for (var i = 0; i < kilobytes / 20; i++)
            {
                File.WriteAllBytes($"{folder.Volume(1, "data")}/{i}", new byte[11_000]);
            }

            var before = GeneratedTree.Describe(folder.Generation(1));
            var failure = Assert.Throws<ProblemException>(() => generations.Clone(1, 2));
            Assert.Equal(("NUA5105", 73), (failure.Problems[0].Code, failure.ExitCode));
            failure = Assert.Throws<ProblemException>(
                () => generations.Unpack(2, stream => generations.Pack(1, "", packed => packed.CopyTo(stream))));
            Assert.Equal("NUA5105", failure.Problems[0].Code);
            Assert.Equal([1], generations.List());
            Assert.Empty(generations.RemoveUnfinished());
            Assert.Equal(before, GeneratedTree.Describe(folder.Generation(1)));
        }
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Hostile_archive_is_refused_and_touches_nothing_outside(string what, byte[] archive)
    {
        _ = what;
        using var generations = Open();
        var sentinel = _home.Write("sentinel/file", "untouched");
        Assert.Throws<ProblemException>(() => generations.Unpack(1, stream => stream.Write(archive)));
        Assert.Equal("untouched", File.ReadAllText(sentinel));
        Assert.Empty(generations.List());
        Assert.Empty(generations.RemoveUnfinished());
    }

    public static TheoryData<string, byte[]> Hostile => new()
    {
        { "climbs", new RawTar().Entry("../sentinel/file", content: "x").ToArray() },
        { "climbs inside", new RawTar().Entry("a/", '5').Entry("a/../../x", content: "x").ToArray() },
        { "through a link", new RawTar().Entry("l", '2', link: "..").Entry("l/x", content: "x").ToArray() },
        { "link then the same name", new RawTar().Entry("l", '2', link: "/etc/passwd").Entry("l", content: "x").ToArray() },
        { "hard link outside", new RawTar().Entry("h", '1', link: "../../../sentinel/file").ToArray() },
        { "hard link to nothing", new RawTar().Entry("h", '1', link: "missing").ToArray() },
        { "device", new RawTar().Entry("null", '3').ToArray() },
        { "root replaced", new RawTar().Entry(".", '2', link: "/").ToArray() },
        { "no parent", new RawTar().Entry("a/b", content: "x").ToArray() },
        { "twice", new RawTar().Entry("a", content: "1").Entry("a", content: "2").ToArray() },
        { "cut off", new RawTar().Entry("a", content: "1", size: 100_000).ToArray() },
        { "sparse, map too long", new RawTar().Pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "s"), ("GNU.sparse.realsize", "10"))
            .Entry("s", content: "1\n0\n1000\n".PadRight(512, '\0')).ToArray() },
        { "sparse, map out of order", new RawTar().Pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "s"), ("GNU.sparse.realsize", "10"))
            .Entry("s", content: "2\n5\n1\n0\n1\n".PadRight(512, '\0') + "ab").ToArray() },
        { "sparse, half its records", new RawTar().Pax(("GNU.sparse.major", "1"), ("GNU.sparse.realsize", "10")).Entry("s", content: "x").ToArray() },
        { "sparse of an exabyte", new RawTar().Pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "s"), ("GNU.sparse.realsize", "1152921504606846976"))
            .Entry("s", content: "0\n".PadRight(512, '\0')).ToArray() },
    };

    private static bool CanMount() => Libc.GetEuid() == 0;

    private static List<string> Names(Stream packed)
    {
        var names = new List<string>();
        using var tar = new TarReader(packed, "test");
        while (tar.Next() is { } entry)
        {
            names.Add(entry.Path.TrimEnd('/'));
        }

        return names;
    }

    private static NodeWish Wish(NodeSort sort, string name) => new(
        sort, System.Text.Encoding.UTF8.GetBytes(name), 0, 0, [1, 2, 3], 0x1A4, 0, 0, 1_000_000_000, 5, null, false);
}
