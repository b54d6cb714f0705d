using System.Diagnostics;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Archives;
using Nua.Oci.Compression;
using Nua.Oci.Layers;
using Nua.Oci.Storage;
using Nua.Oci.Tar;
using Nua.Testing;
using Xunit;

namespace Nua.Tests.Oci;

public sealed class StoreTests
{
    private static readonly PruneOptions _now = new() { Grace = TimeSpan.Zero, CacheAge = TimeSpan.Zero };

    [Fact]
    public void A_published_image_is_found_by_every_way_of_naming_it()
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        var root = TestImages.PublishTypical(store, "nua-notes:1.0");
        foreach (var text in (string[])["nua-notes:1.0", "nua-notes", root.Digest.ToString(), root.Digest.Encoded[..12]])
        {
            Assert.Equal(root.Digest, store.Resolve(text).Manifest.Digest);
        }

        Assert.Equal("NUA3104", CompressionTests.CodeOf(() => store.Resolve("nua-other")));
        TestImages.PublishTypical(store, "nua-notes:2.0", seed: 2);
        Assert.Equal("NUA3105", CompressionTests.CodeOf(() => store.Resolve("nua-notes")));
        Assert.Empty(store.Verify(VerifyDepth.Layers));
    }

    [Fact]
    public void A_name_moves_and_the_old_image_keeps_its_digest_until_pruning()
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        var old = TestImages.PublishTypical(store, "a:1");
        var young = TestImages.PublishTypical(store, "a:1", seed: 2);
        Assert.Equal(young.Digest, store.Resolve("a:1").Manifest.Digest);
        Assert.Equal(old.Digest, store.Resolve(old.Digest.ToString()).Manifest.Digest);
        var report = store.Prune(_now);
        Assert.Equal([old.Digest], report.Images.Select(image => image.Digest));
        Assert.True(report.Blobs >= 2);
        Assert.Null(store.Find(old.Digest.ToString()));
        Assert.Empty(store.Verify(VerifyDepth.Layers));
    }

    [Fact]
    public void Tags_are_added_and_removed()
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        var root = TestImages.PublishTypical(store, "a:1");
        store.Tag(root, "b:1");
        Assert.Equal(["a:1", "b:1"], store.List().Select(image => image.Name));
        store.Remove("a:1");
        Assert.Equal(["b:1"], store.List().Select(image => image.Name));
        store.Tag(root, "c:1");
        Assert.Equal(2, store.Remove(root.Digest.ToString()).Count);
        Assert.Empty(store.List());
        Assert.Equal("NUA3106", CompressionTests.CodeOf(() => store.Tag(root, "Bad Name")));
        store.Prune(_now);
        Assert.Empty(Directory.GetFiles(Path.Combine(store.Home, "blobs/sha256")));
    }

    [Fact]
    public void An_incomplete_image_is_not_published()
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        using var writer = store.BeginWrite();
        var config = writer.Put(MediaTypes.Config, new ImageConfig(Platform.LinuxAmd64, [Digest.Sha256("x"u8)]).ToBytes());
        var absent = new Descriptor(MediaTypes.LayerTar, Digest.Sha256("absent"u8), 6);
        var manifest = writer.Put(MediaTypes.Manifest, new ImageManifest(config, [absent]).ToBytes());
        Assert.Equal("NUA3103", CompressionTests.CodeOf(() => writer.Publish(manifest, "a:1")));
        Assert.Empty(store.List());
    }

    [Fact]
    public void Pruning_spares_what_a_writer_relies_on()
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        using var writer = store.BeginWrite();
        var blob = writer.Put(MediaTypes.Config, "{}"u8);
        using var open = writer.NewBlob();
        open.Write("unfinished"u8);
        Assert.Equal(0, store.Prune(_now).Blobs);
        Assert.True(store.Blobs.TryGetSize(blob.Digest, out _));
        var other = open.Commit(MediaTypes.LayerTar);
        writer.Dispose();
        Assert.Equal(2, store.Prune(_now).Blobs);
        Assert.False(store.Blobs.TryGetSize(other.Digest, out _));
    }

    [Fact]
    public void Young_blobs_and_cached_layers_stay()
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        Descriptor cached, loose;
        using (var writer = store.BeginWrite())
        {
            cached = writer.Put(MediaTypes.LayerTar, "cached"u8);
            loose = writer.Put(MediaTypes.LayerTar, "loose"u8);
            writer.Sync();
        }

        store.WriteRecord(RecordKind.Layers, "tree-1", System.Text.Encoding.ASCII.GetBytes($$"""{"digest":"{{cached.Digest}}"}"""));
        Assert.Equal(0, store.Prune().Blobs);
        Assert.Equal(1, store.Prune(new PruneOptions { Grace = TimeSpan.Zero }).Blobs);
        Assert.True(store.Blobs.TryGetSize(cached.Digest, out _));
        Assert.False(store.Blobs.TryGetSize(loose.Digest, out _));
        Assert.NotNull(store.ReadRecord(RecordKind.Layers, "tree-1"));
        var report = store.Prune(_now);
        Assert.Equal((1, 1), (report.Blobs, report.Records));
        Assert.Null(store.ReadRecord(RecordKind.Layers, "tree-1"));
    }

    [Fact]
    public void Every_flipped_bit_of_a_document_is_found_before_use()
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        TestImages.PublishTypical(store, "a:1");
        var image = store.OpenImage("a:1");
        foreach (var digest in (Digest[])[image.Digest, image.Manifest.Config.Digest])
        {
            var path = store.PathOf(digest);
            var bytes = File.ReadAllBytes(path);
            for (var i = 0; i < bytes.Length; i++)
            {
                var changed = (byte[])bytes.Clone();
                changed[i] ^= 1;
                Overwrite(path, changed);
                Assert.Equal("NUA3062", CompressionTests.CodeOf(() => store.OpenImage("a:1")));
            }

            Overwrite(path, bytes);
        }

        Assert.Empty(store.Verify(VerifyDepth.Layers));
    }

    [Fact]
    public void Verification_reports_all_damage_and_loading_heals_it()
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        TestImages.PublishTypical(store, "a:1");
        ImageTransfer.Copy(ImageLocation.Parse("a:1"), ImageLocation.Parse($"oci-archive:{directory["a.tar"]}"), store);
        var layers = store.OpenImage("a:1").Manifest.Layers;
        var flipped = File.ReadAllBytes(store.PathOf(layers[0].Digest));
        flipped[flipped.Length / 2] ^= 4;
        Overwrite(store.PathOf(layers[0].Digest), flipped);
        Overwrite(store.PathOf(layers[1].Digest), []);
        File.Delete(store.PathOf(layers[2].Digest));

        Assert.Equal(["NUA3112", "NUA3112"], store.Verify(VerifyDepth.Documents).Select(problem => problem.Code));
        Assert.Equal(["NUA3111", "NUA3111", "NUA3112", "NUA3112"], store.Verify(VerifyDepth.Content).Select(problem => problem.Code).Order());
        ImageTransfer.Copy(ImageLocation.Parse($"oci-archive:{directory["a.tar"]}"), ImageLocation.Parse("a:1"), store);
        Assert.Empty(store.Verify(VerifyDepth.Layers));
    }

    [Fact]
    public void A_damaged_index_is_reported_and_not_overwritten()
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        var root = TestImages.PublishTypical(store, "a:1");
        File.WriteAllText(Path.Combine(store.Home, "index.json"), "{");
        Assert.Equal("NUA3110", Assert.Single(store.Verify(VerifyDepth.Documents)).Code);
        Assert.Throws<ProblemException>(() => store.Tag(root, "b:1"));
        Assert.Throws<ProblemException>(() => store.Prune(_now));
        Assert.True(store.Blobs.TryGetSize(root.Digest, out _));
    }

    [Fact]
    public void The_store_is_private_but_can_be_passed_through()
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        TestImages.PublishTypical(store, "a:1");
        Assert.Equal((UnixFileMode)0x1C9, File.GetUnixFileMode(store.Home));
        File.SetUnixFileMode(Path.Combine(store.Home, "blobs"), (UnixFileMode)0x1FF);
        ImageStore.Open(store.Home);
        foreach (var path in Directory.GetDirectories(store.Home))
        {
            Assert.Equal((UnixFileMode)0x1C0, File.GetUnixFileMode(path));
        }

        Assert.All(Directory.GetFiles(Path.Combine(store.Home, "blobs/sha256")), path => Assert.Equal((UnixFileMode)0x124, File.GetUnixFileMode(path)));
    }

    [Fact]
    public void Many_writers_at_once_lose_nothing()
    {
        using var directory = new TempDirectory();
        var home = directory["store"];
        Parallel.For(0, 24, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var store = ImageStore.Open(home);
            TestImages.PublishTypical(store, $"image{i}:1", seed: i);
            if (i % 4 == 0)
            {
                store.Prune(_now);
            }
        });
        var all = ImageStore.Open(home);
        Assert.Equal(24, all.List().Count);
        Assert.Empty(all.Verify(VerifyDepth.Layers));
        Assert.Empty(Directory.GetFiles(Path.Combine(home, "leases")));
        Assert.Empty(Directory.GetFiles(Path.Combine(home, "ingest")));
    }

    [Fact]
    public void A_full_disk_is_an_error_that_changes_nothing()
    {
        using var directory = new TempDirectory();
        var mount = directory["small"];
        Directory.CreateDirectory(mount);
        Assert.SkipUnless(TryRun("mount", "-t", "tmpfs", "-o", "size=600k", "none", mount), "mounting needs root");
        try
        {
            var store = ImageStore.Open(Path.Combine(mount, "store"));
            TestImages.PublishTypical(store, "a:1");
            var error = Assert.Throws<ProblemException>(() =>
            {
                using var writer = store.BeginWrite();
                using var layer = new LayerWriter(writer, LayerCompression.None);
                layer.Add(new TarEntry("big", TarEntryType.File) { Size = 1 << 20 }, new byte[1 << 20]);
                layer.Complete();
            });
            Assert.Equal("NUA3101", error.Problems[0].Code);
            Assert.Contains("prune", error.Problems[0].Remedy!, StringComparison.Ordinal);
            Assert.Empty(store.Verify(VerifyDepth.Layers));
            Assert.Empty(Directory.GetFiles(Path.Combine(store.Home, "ingest")));
        }
        finally
        {
            TryRun("umount", mount);
        }
    }

    [Fact]
    public void Kill_at_random_moments_leaves_a_store_that_verifies()
    {
        using var directory = new TempDirectory();
        var home = directory["store"];
        var first = TestImages.PublishTypical(ImageStore.Open(home), "first:1");
        var random = new Random(4711);
        var published = 0;
        for (var round = 0; round < 25; round++)
        {
            using var child = StoreChild.Start(home, round * 1000);
            var said = new List<string>();
            for (var lines = random.Next(1, 4); lines > 0; lines--)
            {
                said.Add(child.StandardOutput.ReadLine()!);
            }

            Thread.Sleep(random.Next(1, 60));
            child.Kill();
            // Whatever the child said it had published must be there: the line is written after Publish has returned.
            said.AddRange(child.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries));
            child.WaitForExit();
            var store = ImageStore.Open(home);
            Assert.Empty(store.Verify(VerifyDepth.Content));
            Assert.Equal(first.Digest, store.Resolve("first:1").Manifest.Digest);
            // A name moves on every seventh image, and the last one may be published without having been said.
            var digests = said.Where(line => line.EndsWith('.')).Select(line => line.TrimEnd('.').Split(' ')).ToList();
            foreach (var name in digests.GroupBy(line => line[0], line => line[1]))
            {
                var found = store.Resolve(name.Key).Manifest.Digest.ToString();
                Assert.True(found == name.Last() || !name.Contains(found), $"{name.Key} went back to an image it had before");
                published++;
            }
        }

        Assert.True(published > 0);
        var end = ImageStore.Open(home);
        end.Prune(_now);
        Assert.Empty(end.Verify(VerifyDepth.Layers));
        Assert.Empty(Directory.GetFiles(Path.Combine(home, "ingest")));
        Assert.Empty(Directory.GetFiles(Path.Combine(home, "leases")));
        Assert.Empty(Directory.GetFiles(home, ".*.tmp"));
    }

    [Theory]
    [InlineData("/h", null, null, false, "/h")]
    [InlineData(null, "/data", "/home/u", false, "/data/nua")]
    [InlineData(null, "relative", "/home/u", false, "/home/u/.local/share/nua")]
    [InlineData(null, null, "/home/u", false, "/home/u/.local/share/nua")]
    [InlineData(null, "/data", "/root", true, "/var/lib/nua")]
    public void Home_is_where_the_environment_says(string? nua, string? data, string? home, bool isRoot, string expected) => Assert.Equal(
        expected, ImageStore.DefaultHome(name => name switch { "NUA_HOME" => nua, "XDG_DATA_HOME" => data, "HOME" => home, _ => null }, isRoot));

    private static void Overwrite(string path, byte[] bytes)
    {
        File.Delete(path);
        File.WriteAllBytes(path, bytes);
    }

    private static bool TryRun(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
