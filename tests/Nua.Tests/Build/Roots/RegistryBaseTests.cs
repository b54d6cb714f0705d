using System.Text;
using Nua.Build;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Layers;
using Nua.Testing;
using Nua.Tests.Registry;
using Xunit;

namespace Nua.Tests.Build.Roots;

/// <summary>Bases in registries. Wrapping is the build that needs nothing but its base.</summary>
public sealed class RegistryBaseTests : IDisposable
{
    private readonly RegistryWorld _world = new();
    private readonly TempDirectory _folder = new();
    private readonly SettableTime _time = new();

    public void Dispose()
    {
        _world.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Base_is_pulled_and_pinned_in_labels_annotations_and_build_json()
    {
        var digest = _world.Serve("team/app", "1.0");
        var image = await BuildAsync("team/app:1.0");
        Assert.Equal(digest.ToString(), image.Config.Run.Labels[AnnotationKeys.BaseDigest]);
        Assert.Equal($"{_world.Registry.Host}/team/app:1.0", image.Config.Run.Labels[AnnotationKeys.BaseName]);
        Assert.Equal(digest.ToString(), image.Manifest.Annotations[AnnotationKeys.BaseDigest]);
        var tree = ImageTree.Read(image);
        Assert.Contains(digest.ToString(), Encoding.UTF8.GetString(tree.ReadContent(tree.Find("nua/metadata/build.json")!)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_again_asks_nobody_and_gives_the_same_image()
    {
        _world.Serve("team/app", "1.0");
        var first = await BuildAsync("team/app:1.0");
        var asked = _world.Registry.Requests.Count();
        _time.Now += TimeSpan.FromHours(23);
        Assert.Equal(first.Digest, (await BuildAsync("team/app:1.0")).Digest);
        Assert.Equal(asked, _world.Registry.Requests.Count());
    }

    [Fact]
    public async Task Registry_that_is_away_is_told_and_the_image_of_before_is_used()
    {
        _world.Serve("team/app", "1.0");
        var first = await BuildAsync("team/app:1.0");
        _time.Now += TimeSpan.FromDays(2);
        _world.Registry.Script = (_, answer) => answer with { Status = 503 };
        var problems = new List<Problem>();
        Assert.Equal(first.Digest, (await BuildAsync("team/app:1.0", problems)).Digest);
        Assert.Contains(problems, p => p.Code == "NUA2217");
    }

    [Fact]
    public async Task Tag_that_moved_is_noticed_after_a_day_and_at_once_without_cache()
    {
        var old = _world.Serve("team/app", "1.0");
        await BuildAsync("team/app:1.0");
        var moved = _world.Serve("team/app", "1.0", seed: 7);
        Assert.Equal(old.ToString(), (await BuildAsync("team/app:1.0")).Config.Run.Labels[AnnotationKeys.BaseDigest]);
        Assert.Equal(moved.ToString(), (await BuildAsync("team/app:1.0", noCache: true)).Config.Run.Labels[AnnotationKeys.BaseDigest]);
        var again = _world.Serve("team/app", "1.0", seed: 8);
        _time.Now += TimeSpan.FromDays(2);
        Assert.Equal(again.ToString(), (await BuildAsync("team/app:1.0")).Config.Run.Labels[AnnotationKeys.BaseDigest]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20_000)]
    public async Task Tag_that_moved_is_noticed_when_the_clock_was_set_back(int days)
    {
        _world.Serve("team/app", "1.0");
        await BuildAsync("team/app:1.0");
        var moved = _world.Serve("team/app", "1.0", seed: 7);
        _time.Now -= TimeSpan.FromDays(days);
        Assert.Equal(moved.ToString(), (await BuildAsync("team/app:1.0")).Config.Run.Labels[AnnotationKeys.BaseDigest]);
    }

    [Fact]
    public async Task Digest_is_never_looked_up_again()
    {
        var digest = _world.Serve("team/app", "1.0");
        var first = await BuildAsync($"team/app@{digest}");
        _world.Registry.Script = (_, answer) => answer with { Status = 500 };
        _time.Now += TimeSpan.FromDays(400);
        Assert.Equal(first.Digest, (await BuildAsync($"team/app@{digest}")).Digest);
    }

    [Fact]
    public async Task Index_gives_the_image_of_this_platform()
    {
        var (_, amd64, _) = _world.ServeIndex("team/app", "1.0");
        Assert.Equal(amd64.ToString(), (await BuildAsync("team/app:1.0")).Config.Run.Labels[AnnotationKeys.BaseDigest]);
    }

    [Fact]
    public async Task Image_for_another_platform_is_refused()
    {
        var (_, _, arm64) = _world.ServeIndex("team/app", "1.0");
        // The test image says amd64 in its config; make it say what the index said.
        var root = Retold(arm64, text => text.Replace("\"amd64\"", "\"arm64\"", StringComparison.Ordinal));
        _world.Upload("team/app", "arm", root);
        var error = await Assert.ThrowsAsync<ProblemException>(() => BuildAsync("team/app:arm"));
        Assert.Equal("NUA3011", error.Problems[0].Code);
        Assert.Contains("linux/arm64", error.Message, StringComparison.Ordinal);

        await _world.PullAsync("team/app:arm", new Nua.Registry.Transfer.PullOptions { Names = ["arm:1"] });
        var local = await Assert.ThrowsAsync<ProblemException>(() => BuildOnAsync("arm:1"));
        Assert.Equal("NUA2213", local.Problems[0].Code);
        Assert.Contains("linux/arm64", local.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LayerCompression.Gzip)]
    [InlineData(LayerCompression.Zstd)]
    [InlineData(LayerCompression.None)]
    public async Task Layers_of_every_compression_are_kept_as_they_are(LayerCompression compression)
    {
        var root = TestImages.PublishTypical(_world.Source, null, compression);
        _world.Upload("team/app", "1.0", root);
        var before = Image.Load(_world.Source.Blobs, root).Manifest.Layers;
        var after = (await BuildAsync("team/app:1.0")).Manifest.Layers;
        Assert.Equal(before.Select(l => (l.MediaType, l.Digest, l.Size)), after.Take(before.Count).Select(l => (l.MediaType, l.Digest, l.Size)));
    }

    [Fact]
    public async Task Image_in_dockers_form_becomes_an_oci_image_with_the_same_layers()
    {
        var oci = TestImages.PublishTypical(_world.Source, null);
        var manifest = Image.Load(_world.Source.Blobs, oci).Manifest;
        var layers = string.Join(',', manifest.Layers.Select(l =>
            $$"""{"mediaType":"{{MediaTypes.DockerLayer}}","digest":"{{l.Digest}}","size":{{l.Size}}}"""));
        var text = $$"""
            {"schemaVersion":2,"mediaType":"{{MediaTypes.DockerManifest}}","config":{"mediaType":"{{MediaTypes.DockerConfig}}","digest":"{{manifest.Config.Digest}}","size":{{manifest.Config.Size}}},"layers":[{{layers}}]}
            """;
        _world.Upload("team/app", null, oci);
        var digest = _world.Registry.AddManifest("team/app", "1.0", Encoding.UTF8.GetBytes(text), MediaTypes.DockerManifest);
        var image = await BuildAsync("team/app:1.0");
        Assert.Equal(MediaTypes.Manifest, image.ManifestDescriptor.MediaType);
        Assert.All(image.Manifest.Layers, l => Assert.Equal(MediaTypes.LayerGzip, l.MediaType));
        Assert.Equal(manifest.Layers.Select(l => l.Digest), image.Manifest.Layers.Take(3).Select(l => l.Digest));
        Assert.Equal(digest.ToString(), image.Config.Run.Labels[AnnotationKeys.BaseDigest]);
    }

    /// <summary>The image with another config text.</summary>
    private Descriptor Retold(Digest digest, Func<string, string> change)
    {
        var image = _world.Source.OpenImage(digest.ToString());
        using var writer = _world.Source.BeginWrite();
        var config = writer.Put(MediaTypes.Config, Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(image.ConfigBytes.Span))));
        var root = writer.Put(MediaTypes.Manifest, new ImageManifest(config, image.Manifest.Layers).ToBytes());
        writer.Publish(root, []);
        return root;
    }

    private Task<Image> BuildAsync(string rest, List<Problem>? problems = null, bool noCache = false) =>
        BuildOnAsync(_world.Reference(rest).ToString(), problems, noCache);

    private async Task<Image> BuildOnAsync(string image, List<Problem>? problems = null, bool noCache = false)
    {
        var app = Directory.CreateDirectory(_folder["app"]).FullName;
        File.WriteAllText(Path.Combine(app, "nua-config.toml"),
            $"[metadata]\nid = \"app\"\nversion = \"1\"\ntitle = \"App\"\nauthor = \"a\"\n[build]\nbase-image = \"{image}\"\n");
        File.WriteAllText(_folder["agent"], "the agent");
        var outcome = await Builder.BuildAsync(
            new BuildRequest
            {
                Directory = app,
                StoreHome = _world.Store.Home,
                AgentPath = _folder["agent"],
                Registries = _world.Options,
                NoCache = noCache,
                Clock = _time,
            },
            new Listener(problems ?? []),
            TestContext.Current.CancellationToken);
        return _world.Store.OpenImage(outcome.Digest.ToString());
    }

    private sealed class SettableTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed class Listener(List<Problem> problems) : IProgress<BuildEvent>
    {
        public void Report(BuildEvent value)
        {
            if (value is BuildEvent.ProblemFound { Problem: var problem })
            {
                problems.Add(problem);
            }
        }
    }
}
