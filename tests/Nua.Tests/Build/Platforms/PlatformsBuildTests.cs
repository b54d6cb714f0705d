using Nua.Build;
using Nua.Build.Platforms;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Archives;
using Nua.Oci.Compression;
using Nua.Oci.Storage;
using Nua.Testing;
using Xunit;

namespace Nua.Tests.Build.Platforms;

/// <summary>One build for machines that this one is not. A site runs nothing, so its agent may be anything here.</summary>
public sealed class PlatformsBuildTests : IDisposable
{
    private static readonly Platform _arm64 = new("linux", "arm64");

    private readonly TempDirectory _folder = new();
    private readonly ImageStore _store;

    public PlatformsBuildTests()
    {
        _store = ImageStore.Open(_folder["store"]);
        using var writer = _store.BeginWrite();
        Descriptor[] entries = [Base(writer, Platform.LinuxAmd64), Base(writer, _arm64)];
        writer.Publish(writer.Put(MediaTypes.Index, new ImageIndex(entries).ToBytes()), ["both:1"]);
        Directory.CreateDirectory(_folder["site"]);
        File.WriteAllText(_folder["site/index.html"], "<p>site");
        File.WriteAllText(_folder["agent-amd64"], "an agent");
        File.WriteAllText(_folder["agent-arm64"], "another agent");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Index_holds_an_image_of_each_platform_on_the_base_of_each()
    {
        var outcome = await BuildAsync("both:1");
        var stored = _store.Resolve("site:1");
        Assert.Equal(outcome.Digest, stored.Manifest.Digest);
        Assert.Equal(MediaTypes.Index, stored.Manifest.MediaType);
        foreach (var platform in new[] { Platform.LinuxAmd64, _arm64 })
        {
            var image = _store.OpenImage("site:1", platform);
            Assert.Equal(platform, image.Config.Platform);
            Assert.Equal(_store.OpenImage("both:1", platform).Digest.ToString(), image.Config.Run.Labels[AnnotationKeys.BaseDigest]);
            Assert.Equal(image.Digest, _store.OpenImage($"site:1-{platform.Architecture}").Digest);
        }

        Assert.Empty(_store.Verify(VerifyDepth.Layers));
    }

    [Fact]
    public async Task Building_again_gives_the_same_index_from_what_is_known()
    {
        var first = await BuildAsync("both:1");
        var again = await BuildAsync("both:1");
        Assert.Equal(first.Digest, again.Digest);
        Assert.True(again.WasCached);
        Assert.False(first.WasCached);
    }

    [Fact]
    public async Task Layout_and_archive_keep_the_index_whole_and_a_base_in_them_is_chosen_by_platform()
    {
        var layout = ImageLocation.Parse($"oci:{_folder["layout"]}:1");
        ImageTransfer.Copy(ImageLocation.Parse("both:1"), layout, _store);
        var outcome = await BuildAsync(layout.ToString());
        Assert.Equal(_arm64, _store.OpenImage("site:1", _arm64).Config.Platform);
        var archive = ImageLocation.Parse($"oci-archive:{_folder["site.tar"]}:1");
        ImageTransfer.Copy(ImageLocation.Parse("site:1"), archive, _store);
        using var source = ImageSource.Open(archive, null);
        Assert.Equal(outcome.Digest, source.Root.Digest);
        Assert.Equal(_arm64, source.OpenImage(_arm64).Config.Platform);
    }

    [Fact]
    public async Task Base_without_the_platform_is_refused_and_the_name_is_not_taken()
    {
        using (var writer = _store.BeginWrite())
        {
            writer.Publish(Base(writer, Platform.LinuxAmd64) with { Platform = null }, ["one:1"]);
        }

        var error = await Assert.ThrowsAsync<ProblemException>(() => BuildAsync("one:1"));
        Assert.Equal("NUA2213", error.Problems[0].Code);
        Assert.Null(_store.Find("site:1"));
    }

    [Fact]
    public async Task Everything_that_would_have_to_run_is_named()
    {
        File.WriteAllText(_folder["site/nua-config.toml"],
            "[metadata]\nid = \"a\"\nversion = \"1\"\ntitle = \"t\"\nauthor = \"a\"\n[build]\nbuild = [\"make\"]\ntest = [\"true\"]\n[run]\nstart = \"sleep 1\"\npackages = [\"curl\"]\n");
        var error = await Assert.ThrowsAsync<ProblemException>(() => Builder.BuildAsync(Request(null, _arm64), new Progress<BuildEvent>(), TestContext.Current.CancellationToken));
        Assert.Equal("NUA2501", error.Problems[0].Code);
        var why = error.Problems[0].Why!;
        Assert.All(new[] { "Debian base", "build steps", "curl", "build.test" }, part => Assert.Contains(part, why, StringComparison.Ordinal));
    }

    private static Descriptor Base(StoreWriter writer, Platform platform)
    {
        var layer = TestImages.AddTar(writer, new RawTar().Entry("etc/machine", content: platform.Architecture).ToArray(), LayerCompression.Gzip);
        var config = writer.Put(MediaTypes.Config, new ImageConfig(platform, [layer.DiffId]).ToBytes());
        return writer.Put(MediaTypes.Manifest, new ImageManifest(config, [layer.Blob]).ToBytes()) with { Platform = platform };
    }

    private BuildRequest Request(string? onto, Platform platform) => new()
    {
        Directory = _folder["site"],
        StoreHome = _store.Home,
        AgentPath = _folder["agent-" + platform.Architecture],
        Platform = platform,
        BaseReference = onto,
        Name = "site:1",
    };

    private Task<BuildOutcome> BuildAsync(string onto) => PlatformsBuild.BuildAsync(
        [Request(onto, Platform.LinuxAmd64), Request(onto, _arm64)], new Progress<BuildEvent>(), TestContext.Current.CancellationToken);
}
