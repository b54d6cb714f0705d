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

/// <summary>Layers, honest and hostile, unpacked and looked at: both must agree, and nothing outside the root may
/// change.</summary>
public sealed class LayerTests
{
    private static readonly bool _isRoot = Environment.UserName == "root";

    /// <summary>Name, the layers, and the code of the verdict or the paths of the result
    /// (<c>path=type[:link]</c>).</summary>
    private static IEnumerable<(string Name, byte[][] Layers, string Verdict)> Cases()
    {
        yield return ("parent escape", [new RawTar().Entry("../evil", content: "x").ToArray()], "NUA3026");
        yield return ("inner escape", [new RawTar().Entry("a/../../evil", content: "x").ToArray()], "NUA3026");
        yield return ("absolute name", [new RawTar().Entry("/abs", content: "x").ToArray()], "abs=f");
        yield return ("dots and slashes", [new RawTar().Entry(".//a/./b", content: "x").ToArray()], "a=d a/b=f");
        yield return ("absolute link, then below", [new RawTar().Entry("l", '2', link: "SENTINEL").Entry("l/evil", content: "x").ToArray()], "NUA3052");
        yield return ("escaping link, then below", [new RawTar().Entry("l", '2', link: "../../../../../../SENTINEL").Entry("l/evil", content: "x").ToArray()], "NUA3052");
        yield return ("absolute link to a directory in the image", [new RawTar().Entry("d/", '5').Entry("l", '2', link: "/d").Entry("l/f", content: "x").ToArray()], "d=d d/f=f l=l:/d");
        yield return ("link over the top", [new RawTar().Entry("d/", '5').Entry("l", '2', link: "../../d").Entry("l/f").ToArray()], "d=d d/f=f l=l:../../d");
        yield return ("chain of links", [new RawTar().Entry("a/b/", '5').Entry("x", '2', link: "a").Entry("y", '2', link: "x/b").Entry("y/f").ToArray()], "a=d a/b=d a/b/f=f x=l:a y=l:x/b");
        yield return ("links in a circle", [new RawTar().Entry("a", '2', link: "b").Entry("b", '2', link: "a").Entry("a/f").ToArray()], "NUA3052");
        yield return ("file over a link", [new RawTar().Entry("l", '2', link: "/SENTINEL/file").ToArray(), new RawTar().Entry("l", content: "x").ToArray()], "l=f");
        yield return ("directory over a link", [new RawTar().Entry("d/", '5').Entry("l", '2', link: "d").ToArray(), new RawTar().Entry("l/", '5').Entry("l/f").ToArray()], "d=d l=d l/f=f");
        yield return ("root as a link", [new RawTar().Entry(".", '2', link: "/SENTINEL").ToArray()], "NUA3059");
        yield return ("root as a file", [new RawTar().Entry("./.", content: "x").ToArray()], "NUA3059");
        yield return ("root entry", [new RawTar().Entry("./", '5', mode: 0x1ED).Entry("f").ToArray()], "f=f");
        yield return ("hard link to the host", [new RawTar().Entry("h", '1', link: "/SENTINEL/file").ToArray()], "NUA3053");
        yield return ("hard link up", [new RawTar().Entry("h", '1', link: "../file").ToArray()], "NUA3026");
        yield return ("hard link through a link", [new RawTar().Entry("l", '2', link: "/SENTINEL").Entry("h", '1', link: "l/file").ToArray()], "NUA3053");
        yield return ("hard link to a link, then chmod", [new RawTar().Entry("l", '2', link: "/SENTINEL/file").Entry("h", '1', link: "l", mode: 0xFFF).ToArray()], "h=l:/SENTINEL/file l=l:/SENTINEL/file");
        yield return ("hard link to a directory", [new RawTar().Entry("d/", '5').Entry("h", '1', link: "d").ToArray()], "NUA3053");
        yield return ("hard link to itself", [new RawTar().Entry("h", '1', link: "./h").ToArray()], "NUA3053");
        yield return ("hard link to a later file", [new RawTar().Entry("h", '1', link: "f").Entry("f").ToArray()], "NUA3053");
        yield return ("hard link to the root", [new RawTar().Entry("h", '1', link: "/").ToArray()], "NUA3053");
        yield return ("hard link to a lower layer", [new RawTar().Entry("f", content: "x").ToArray(), new RawTar().Entry("h", '1', link: "f").ToArray()], "f=f h=f");
        yield return ("hard link over its target's directory", [new RawTar().Entry("d/f").ToArray(), new RawTar().Entry("d", '1', link: "d/f").ToArray()], "NUA3053");
        yield return ("file twice", [new RawTar().Entry("f", content: "1").Entry("./f", content: "2").ToArray()], "NUA3051");
        yield return ("directory twice", [new RawTar().Entry("d/", '5').Entry("d/f").Entry("d", '5').ToArray()], "d=d d/f=f");
        yield return ("file, then directory", [new RawTar().Entry("x").Entry("x/", '5').ToArray()], "NUA3051");
        yield return ("directory, then file", [new RawTar().Entry("x/", '5').Entry("x").ToArray()], "NUA3051");
        yield return ("implied directory, then file", [new RawTar().Entry("x/y").Entry("x").ToArray()], "NUA3051");
        yield return ("twice through a link", [new RawTar().Entry("d/", '5').Entry("l", '2', link: "d").Entry("d/f").Entry("l/f").ToArray()], "NUA3051");
        yield return ("file below a file", [new RawTar().Entry("f").Entry("f/g").ToArray()], "NUA3052");
        yield return ("file below a lower layer's file", [new RawTar().Entry("f").ToArray(), new RawTar().Entry("f/g").ToArray()], "NUA3052");
        yield return ("file over a lower directory", [new RawTar().Entry("d/a/b").ToArray(), new RawTar().Entry("d", content: "x").ToArray()], "d=f");
        yield return ("directory over a lower file", [new RawTar().Entry("d", content: "x").ToArray(), new RawTar().Entry("d/", '5').Entry("d/f").ToArray()], "d=d d/f=f");
        yield return ("whiteout of nothing's name", [new RawTar().Entry(".wh.").ToArray()], "NUA3050");
        yield return ("whiteout of dot", [new RawTar().Entry("d/.wh..").ToArray()], "NUA3050");
        yield return ("whiteout of the parent", [new RawTar().Entry("d/.wh...").ToArray()], "NUA3050");
        yield return ("whiteout of a whiteout", [new RawTar().Entry(".wh..wh.x").ToArray()], "NUA3050");
        yield return ("entry below a whiteout", [new RawTar().Entry(".wh.a/b").ToArray()], "NUA3050");
        yield return ("whiteout as a directory", [new RawTar().Entry(".wh.a/", '5').ToArray()], "NUA3050");
        yield return ("whiteout with content", [new RawTar().Entry(".wh.a", content: "x").ToArray()], "NUA3050");
        yield return ("whiteout", [new RawTar().Entry("a").Entry("b").ToArray(), new RawTar().Entry(".wh.a").ToArray()], "b=f");
        yield return ("whiteout of a tree", [new RawTar().Entry("a/b/c").Entry("a/d").ToArray(), new RawTar().Entry(".wh.a").ToArray()], "");
        yield return ("whiteout of nothing", [new RawTar().Entry("b").ToArray(), new RawTar().Entry(".wh.a").Entry("x/.wh.y").ToArray()], "b=f");
        yield return ("whiteout spares its own layer, first", [new RawTar().Entry("a", content: "old").ToArray(), new RawTar().Entry(".wh.a").Entry("a", '2', link: "new").ToArray()], "a=l:new");
        yield return ("whiteout spares its own layer, last", [new RawTar().Entry("a", content: "old").ToArray(), new RawTar().Entry("a", '2', link: "new").Entry(".wh.a").ToArray()], "a=l:new");
        yield return ("whiteout below a link", [new RawTar().Entry("d/f").Entry("l", '2', link: "d").ToArray(), new RawTar().Entry("l/.wh.f").ToArray()], "d=d l=l:d");
        yield return ("whiteout below a link out", [new RawTar().Entry("l", '2', link: "/SENTINEL").ToArray(), new RawTar().Entry("l/.wh.file").ToArray()], "l=l:/SENTINEL");
        yield return ("whiteout of a link", [new RawTar().Entry("l", '2', link: "/SENTINEL/file").ToArray(), new RawTar().Entry(".wh.l").ToArray()], "");
        yield return ("opaque first", [new RawTar().Entry("d/a").Entry("d/b").ToArray(), new RawTar().Entry("d/.wh..wh..opq").Entry("d/c").ToArray()], "d=d d/c=f");
        yield return ("opaque last", [new RawTar().Entry("d/a").Entry("d/e/x").ToArray(), new RawTar().Entry("d/c").Entry("d/e/y").Entry("d/.wh..wh..opq").ToArray()], "d=d d/c=f d/e=d d/e/y=f");
        yield return ("opaque root", [new RawTar().Entry("a").Entry("b/c").ToArray(), new RawTar().Entry("x").Entry(".wh..wh..opq").ToArray()], "x=f");
        yield return ("opaque below a link out", [new RawTar().Entry("l", '2', link: "/SENTINEL").ToArray(), new RawTar().Entry("l/.wh..wh..opq").ToArray()], "NUA3052");
        yield return ("whiteout and children", [new RawTar().Entry("a/old").ToArray(), new RawTar().Entry("a/new").Entry(".wh.a").ToArray()], "a=d a/new=f");
        yield return ("device 0:0", [new RawTar().Entry("x", '3').ToArray()], "NUA3054");
        yield return ("overlay attribute", [new RawTar().Pax(("SCHILY.xattr.trusted.overlay.redirect", "/etc")).Entry("d/", '5').ToArray()], "NUA3055");
        yield return ("user overlay attribute", [new RawTar().Pax(("SCHILY.xattr.user.overlay.opaque", "y")).Entry("d/", '5').ToArray()], "NUA3055");
        yield return ("FIFO", [new RawTar().Entry("p", '6').ToArray()], "p=p");
        yield return ("odd names", [new RawTar().Entry("C:\\x").Entry("a\nb").Entry("\xff\xfe").Entry("...").ToArray()], "...=f C:\\x=f a\nb=f \udcff\udcfe=f");
        yield return ("file through a lower link with missing end", [new RawTar().Entry("l", '2', link: "nowhere").ToArray(), new RawTar().Entry("l/f").ToArray()], "NUA3052");
    }

    public static TheoryData<string> Names => [.. Cases().Select(item => item.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Unpacking_and_looking_agree_and_nothing_outside_changes(string name)
    {
        Assert.SkipUnless(_isRoot, "setting owners needs root");
        using var directory = new TempDirectory();
        var sentinel = directory["sentinel"];
        directory.Write("sentinel/file", "untouched");
        directory.Write("sentinel/sub/other", "untouched");
        var before = Mtree(sentinel);
        var (_, layers, verdict) = Cases().Single(item => item.Name == name);
        verdict = verdict.Replace("/SENTINEL", sentinel, StringComparison.Ordinal);
        layers = [.. layers.Select(layer => WithSentinel(layer, sentinel))];

        var store = ImageStore.Open(directory["store"]);
        TestImages.Publish(store, "hostile:1", LayerCompression.None, layers);
        var image = store.OpenImage("hostile:1");
        var root = directory["deep/er/root"];
        Directory.CreateDirectory(root);

        var looked = Try(() => ImageTree.Read(image).Walk().Select(Describe));
        var ahead = Try(() => ImageTree.Read(image, new TreeOptions { Workers = 3 }).Walk().Select(Describe));
        var unpacked = Try(() =>
        {
            LayerApplier.Apply(image, root);
            return Listing(root);
        });

        Assert.Equal(verdict, looked);
        Assert.Equal(verdict, ahead);
        Assert.Equal(verdict, unpacked);
        Assert.Equal(before, Mtree(sentinel));
        Assert.Equal(["deep", "sentinel", "store"], Directory.GetFileSystemEntries(directory.Path).Select(Path.GetFileName).Order());
        Assert.Single(Directory.GetFileSystemEntries(directory["deep/er"]));
    }

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

    private static string Describe(TreeNode node) => node.Path + "=" + node.Type switch
    {
        TarEntryType.File => "f",
        TarEntryType.Directory => "d",
        TarEntryType.SymbolicLink => "l:" + node.Entry.LinkTarget,
        TarEntryType.Fifo => "p",
        _ => "?",
    };

    private static string Try(Func<IEnumerable<string>> action)
    {
        try
        {
            return string.Join(' ', action().OrderBy(line => line.Replace('=', '\0'), StringComparer.Ordinal));
        }
        catch (ProblemException error)
        {
            return error.Problems[0].Code;
        }
    }

    /// <summary>Sentinel paths are put in after the fact; they fit the link field.</summary>
    private static byte[] WithSentinel(byte[] tar, string sentinel)
    {
        for (var i = 0; i + 512 <= tar.Length; i += 512)
        {
            var block = tar[i..(i + 512)];
            var link = System.Text.Encoding.Latin1.GetString(block, 157, 100);
            if (link.Contains("SENTINEL", StringComparison.Ordinal))
            {
                link = link.TrimEnd('\0').Replace("/SENTINEL", sentinel, StringComparison.Ordinal).Replace("SENTINEL", sentinel, StringComparison.Ordinal);
                block.AsSpan(157, 100).Clear();
                System.Text.Encoding.Latin1.GetBytes(link).CopyTo(block, 157);
                RawTar.Checksum(block);
                block.CopyTo(tar, i);
            }
        }

        return tar;
    }

    private static IEnumerable<string> Listing(string root)
    {
        var output = InteropTests.RunBytes("find", root, "-mindepth", "1", "-printf", "%P=%y:%l\\0");
        return output.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.EndsWith(':') && !line.Contains("=l:", StringComparison.Ordinal) ? line[..^1] : line);
    }

    private static string Mtree(string directory) => InteropTests.Run(
        "bsdtar", "-cf", "-", "--format=mtree", "--options=!all,mode,uid,gid,type,size,sha256,link,nlink,time", "-C", directory, ".");
}
