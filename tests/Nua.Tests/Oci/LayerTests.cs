using System.Diagnostics;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Layers;
using Nua.Oci.Storage;
using Nua.Oci.Tar;
using Nua.Testing;
using Xunit;

namespace Nua.Tests.Oci;

/// <summary>Layers unpacked and looked at; hostile ones are in <c>Hostile</c>.</summary>
public sealed class LayerTests
{
    private static readonly bool _isRoot = Environment.UserName == "root";

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Metadata_is_exact(int workers)
    {
        Assert.SkipUnless(_isRoot, "setting owners needs root");
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        TestImages.PublishTypical(store, "typical:1");
        Directory.CreateDirectory(directory["root"]);
        LayerApplier.Apply(store.OpenImage("typical:1"), directory["root"]);

        Assert.Equal("4755 0 0 2", InteropTests.Run("stat", "-c", "%a %u %g %h", directory["root/bin/same"]).Trim());
        Assert.Contains("cap_net_raw=ep", InteropTests.Run("getcap", directory["root/usr/lib/capable"]), StringComparison.Ordinal);
        Assert.Equal("770 10001 1700000000", InteropTests.Run("stat", "-c", "%a %u %Y", directory["root/srv"]).Trim());
        Assert.Equal("1700000000", InteropTests.Run("stat", "-c", "%Y", directory["root/old"]).Trim());
        Assert.Equal(["c"], Directory.GetFiles(directory["root/old"]).Select(Path.GetFileName));

        var tree = ImageTree.Read(
            store.OpenImage("typical:1"), new TreeOptions { HashContent = true, KeepContent = path => path == "etc/passwd", Workers = workers });
        Assert.Equal(28, tree.Find("/etc/passwd")!.Content!.Value.Length);
        Assert.Equal("hi"u8.ToArray(), tree.ReadContent(tree.Find("etc/motd")!));
        Assert.Equal("usr/lib/capable", tree.Find("/lib/capable")!.Path);
        Assert.Equal("srv", tree.Find("run", followLinks: true)!.Path);
        Assert.Equal(tree.Find("bin/tool")!.Sha256, tree.Find("bin/same")!.Sha256);
        Assert.Equal(200_000, tree.Find("bin/same")!.Size);
        Assert.Equal([0, 1, 2], tree.Layers.Select(layer => layer.Index));
        Assert.Equal(1, tree.Layers[1].Whiteouts);
        Assert.Null(tree.Find("old/a"));
    }

    [Fact]
    public void Default_acls_reach_nothing_that_is_unpacked()
    {
        Assert.SkipUnless(_isRoot, "ACLs for others need root");
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        // Version 2; owner rwx, user 1000 rwx, group r-x, mask rwx, others r-x.
        const string Acl = "\x02\0\0\0\x01\0\x07\0\xff\xff\xff\xff\x02\0\x07\0\xe8\x03\0\0\x04\0\x05\0\xff\xff\xff\xff\x10\0\x07\0\xff\xff\xff\xff\x20\0\x05\0\xff\xff\xff\xff";
        TestImages.Publish(store, "acl:1", LayerCompression.None,
            new RawTar().Pax(("SCHILY.xattr.system.posix_acl_default", Acl)).Entry("d/", '5').Entry("d/f").Entry("d/sub/", '5').ToArray(),
            new RawTar().Entry("d/g").Entry("d/implied/h").ToArray());
        var above = Directory.CreateDirectory(directory["above"]);
        var bytes = System.Text.Encoding.Latin1.GetBytes(Acl);
        InteropTests.Run("python3", "-c", $"import os; os.setxattr('{above}', 'system.posix_acl_default', bytes.fromhex('{Convert.ToHexString(bytes)}'))");
        Directory.CreateDirectory(directory["above/root"]);

        LayerApplier.Apply(store.OpenImage("acl:1"), directory["above/root"]);

        var found = InteropTests.Run("python3", "-c",
            $"import os\nfor folder, folders, files in os.walk('{above}/root'):\n for name in ['.'] + files:\n  path = os.path.normpath(folder + '/' + name)\n  print(path[len('{above}'):], *os.listxattr(path))");
        Assert.Equal(
            ["/root", "/root/d system.posix_acl_default", "/root/d/f", "/root/d/g", "/root/d/implied", "/root/d/implied/h", "/root/d/sub"],
            found.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_wrong_diff_id_is_noticed_by_unpacking_and_by_looking()
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        using (var writer = store.BeginWrite())
        {
            var layer = TestImages.AddTar(writer, new RawTar().Entry("f").ToArray(), LayerCompression.Gzip);
            TestImages.Publish(writer, "lie:1", [layer with { DiffId = Digest.Sha256("other"u8) }]);
        }

        var image = store.OpenImage("lie:1");
        Directory.CreateDirectory(directory["root"]);
        Assert.Equal("NUA3056", CompressionTests.CodeOf(() => ImageTree.Read(image)));
        Assert.Equal("NUA3056", CompressionTests.CodeOf(() => LayerApplier.Apply(image, directory["root"], new ApplyOptions { SetOwners = false })));
        Assert.Contains(store.Verify(VerifyDepth.Layers), problem => problem.Why!.Contains("NUA3056", StringComparison.Ordinal));
    }

    [Fact]
    public void A_flipped_bit_in_a_layer_is_noticed()
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        TestImages.PublishTypical(store, "typical:1");
        var image = store.OpenImage("typical:1");
        var path = store.PathOf(image.Manifest.Layers[1].Digest);
        var bytes = File.ReadAllBytes(path);
        for (var i = 0; i < bytes.Length; i += 11)
        {
            File.Delete(path);
            var changed = (byte[])bytes.Clone();
            changed[i] ^= 0x10;
            File.WriteAllBytes(path, changed);
            Assert.Throws<ProblemException>(() => ImageTree.Read(image));
        }
    }

    [Fact]
    public void A_name_that_means_a_whiteout_is_refused_when_writing()
    {
        using var directory = new TempDirectory();
        using var writer = ImageStore.Open(directory["store"]).BeginWrite();
        using var layer = new LayerWriter(writer, LayerCompression.None);
        Assert.Equal("NUA3033", CompressionTests.CodeOf(() => layer.Add(new TarEntry("a/.wh.b", TarEntryType.File))));
    }

    [Fact]
    public void The_usual_devices_are_left_out_and_others_refused()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["root"]);
        var options = new ApplyOptions { SetOwners = false };
        static byte[] Device(string name) => new RawTar().Entry(name, '3', beforeChecksum: block => block[329] = (byte)'1').ToArray();
        using var applier = new LayerApplier(directory["root"], options);
        applier.Apply(new MemoryStream(Device("dev/null")), "test");
        Assert.False(Path.Exists(directory["root/dev/null"]));
        Assert.Equal("NUA3034", CompressionTests.CodeOf(() => applier.Apply(new MemoryStream(Device("dev/sda")), "test")));
    }
}
