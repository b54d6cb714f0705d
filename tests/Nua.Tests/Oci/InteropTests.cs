using System.Diagnostics;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Archives;
using Nua.Oci.Compression;
using Nua.Oci.Layers;
using Nua.Oci.Storage;
using Nua.Testing;
using Xunit;

namespace Nua.Tests.Oci;

/// <summary>Other people's tools as judges of what we write.</summary>
public sealed class InteropTests
{
    [Fact]
    public void Skopeo_reads_our_store_and_copies_it_unchanged()
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        var root = TestImages.PublishTypical(store, "nua-notes:1.0");
        Run("skopeo", "--insecure-policy", "copy", $"oci:{store.Home}:nua-notes:1.0", $"oci:{directory["out"]}:x");
        using var copy = ImageSource.Open(ImageLocation.Parse($"oci:{directory["out"]}:x"), null);
        Assert.Equal(root.Digest, copy.Root.Digest);
        Run("oci-image-tool", "validate", "--type", "image", "--ref", "name=x", directory["out"]);
    }

    [Fact]
    public void The_digest_survives_every_oci_form_in_a_circle()
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        var root = TestImages.PublishTypical(store, "nua-notes:1.0", LayerCompression.Zstd);
        var archive = ImageLocation.Parse($"oci-archive:{directory["a.tar"]}");
        var layout = ImageLocation.Parse($"oci:{directory["layout"]}:t");
        ImageTransfer.Copy(ImageLocation.Parse("nua-notes:1.0"), archive, store);
        ImageTransfer.Copy(archive, layout, null);
        ImageTransfer.Copy(layout, ImageLocation.Parse("back:2"), store);
        Assert.Equal(root.Digest, store.Resolve("back:2").Manifest.Digest);
        Assert.Empty(store.Verify(VerifyDepth.Layers));
        Assert.Equal(["blobs", "index.json", "oci-layout"], Directory.GetFileSystemEntries(directory["layout"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void An_archive_is_the_same_bytes_each_time()
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        TestImages.PublishTypical(store, "nua-notes:1.0");
        foreach (var form in (string[])["oci-archive", "docker-archive"])
        {
            ImageTransfer.Copy(ImageLocation.Parse("nua-notes:1.0"), ImageLocation.Parse($"{form}:{directory["1"]}"), store);
            ImageTransfer.Copy(ImageLocation.Parse("nua-notes:1.0"), ImageLocation.Parse($"{form}:{directory["2"]}"), store);
            Assert.Equal(File.ReadAllBytes(directory["1"]), File.ReadAllBytes(directory["2"]));
        }
    }

    [Fact]
    public void Skopeo_reads_our_archives()
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        var root = TestImages.PublishTypical(store, "nua-notes:1.0");
        ImageTransfer.Copy(ImageLocation.Parse("nua-notes:1.0"), ImageLocation.Parse($"oci-archive:{directory["o.tar"]}"), store);
        ImageTransfer.Copy(ImageLocation.Parse("nua-notes:1.0"), ImageLocation.Parse($"docker-archive:{directory["d.tar"]}"), store);
        Run("skopeo", "--insecure-policy", "copy", $"oci-archive:{directory["o.tar"]}", $"oci:{directory["o"]}:x");
        using var copy = ImageSource.Open(ImageLocation.Parse($"oci:{directory["o"]}:x"), null);
        Assert.Equal(root.Digest, copy.Root.Digest);

        Run("skopeo", "--insecure-policy", "copy", $"docker-archive:{directory["d.tar"]}", $"oci:{directory["d"]}:x");
        using var converted = ImageSource.Open(ImageLocation.Parse($"oci:{directory["d"]}:x"), null);
        Assert.Equal(store.OpenImage("nua-notes:1.0").Config.DiffIds, converted.OpenImage().Config.DiffIds);
    }

    [Theory]
    [InlineData(LayerCompression.Gzip)]
    [InlineData(LayerCompression.Zstd)]
    public void A_docker_archive_of_ours_and_of_skopeo_is_read(LayerCompression compression)
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        TestImages.PublishTypical(store, "nua-notes:1.0", compression);
        var original = store.OpenImage("nua-notes:1.0");
        ImageTransfer.Copy(ImageLocation.Parse("nua-notes:1.0"), ImageLocation.Parse($"docker-archive:{directory["d.tar"]}"), store);
        if (compression == LayerCompression.Gzip)
        {
            Run("skopeo", "--insecure-policy", "copy", $"oci:{store.Home}:nua-notes:1.0", $"docker-archive:{directory["s.tar"]}:nua-notes:1.0");
        }

        foreach (var file in compression == LayerCompression.Gzip ? (string[])["d.tar", "s.tar"] : ["d.tar"])
        {
            using var source = ImageSource.Open(ImageLocation.Parse($"docker-archive:{directory[file]}:nua-notes:1.0"), null);
            var result = ImageTransfer.Load(source, store, "loaded:1");
            Assert.Equal(original.Config.DiffIds, store.OpenImage("loaded:1").Config.DiffIds);
            Assert.Equal(result.Root.Digest, store.Resolve("loaded").Manifest.Digest);
            ImageTree.Read(store.OpenImage("loaded:1"));
        }
    }

    [Fact]
    public void Umoci_unpacks_what_we_unpack()
    {
        Assert.SkipUnless(Environment.UserName == "root", "umoci sets owners");
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        TestImages.PublishTypical(store, "nua-notes:1.0");
        Run("umoci", "unpack", "--image", $"{store.Home}:nua-notes:1.0", directory["theirs"]);
        Directory.CreateDirectory(directory["ours"]);
        var report = LayerApplier.Apply(store.OpenImage("nua-notes:1.0"), directory["ours"]);
        Assert.Empty(report.Notes);
        Assert.Equal(Mtree(Path.Combine(directory["theirs"], "rootfs")), Mtree(directory["ours"]));
    }

    private static string Mtree(string directory) => Run(
        "bsdtar", "-cf", "-", "--format=mtree", "--options=!all,mode,uid,gid,type,size,sha256,link,nlink,time", "-C", directory, ".");

    /// <summary>Output as names are: bytes that need not be UTF-8.</summary>
    internal static string RunBytes(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        using var bytes = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(bytes);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return Nua.Foundation.Linux.RawName.FromBytes(bytes.ToArray());
    }

    internal static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {error.Result}{output}");
        return output;
    }
}
