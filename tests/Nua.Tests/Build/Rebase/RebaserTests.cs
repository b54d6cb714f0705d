using System.Text;
using System.Text.Json;
using Nua.Build;
using Nua.Build.Rebase;
using Nua.Check;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Layers;
using Nua.Oci.Storage;
using Nua.Testing;
using Xunit;

namespace Nua.Tests.Build.Rebase;

/// <summary>Another base under a finished image. A site needs nothing of its base, so no worker is started for these.</summary>
public sealed class RebaserTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly ImageStore _store;

    public RebaserTests()
    {
        _store = ImageStore.Open(_folder["store"]);
        Base("plain:1", "one", new RawTar().Entry("usr/bin/dash", content: "x", mode: 0x1ED));
        Base("shell:1", "two", new RawTar().Entry("bin/", '5').Entry("bin/sh", content: "#!", mode: 0x1ED)
            .Entry("lib/apk/db/installed", content: "P:busybox\nV:1\nA:x86_64\n\n"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rebased_image_is_the_one_that_a_build_on_the_base_gives_but_for_what_it_tells_of_itself()
    {
        var old = await BuildAsync("plain:1");
        var direct = await BuildAsync("shell:1", "direct:1");
        var outcome = await RebaseAsync(old.Digest.ToString(), "shell:1", "moved:1");
        var moved = _store.OpenImage("moved:1");

        Assert.Equal(outcome.Digest, moved.Digest);
        Assert.Equal(direct.Manifest.Layers.SkipLast(1).Select(l => l.Digest), moved.Manifest.Layers.SkipLast(1).Select(l => l.Digest));
        Assert.Equal(direct.Config.Run.Labels, moved.Config.Run.Labels);
        Assert.Equal(direct.Manifest.Annotations, moved.Manifest.Annotations);
        Assert.Equal(direct.Config.History.Select(h => h.CreatedBy), moved.Config.History.Select(h => h.CreatedBy));
        Assert.Equal(Findings(direct), Findings(moved));

        var (one, two) = (Read(direct), Read(moved));
        Assert.Equal(one.Walk().Select(n => (n.Path, n.Type, n.Entry.Mode, n.Entry.Uid)), two.Walk().Select(n => (n.Path, n.Type, n.Entry.Mode, n.Entry.Uid)));
        var different = one.Walk().Where(n => n.Sha256 != two.Find(n.Path)!.Sha256).Select(n => n.Path);
        Assert.Equal(["nua/metadata/build.json", "nua/metadata/files.json"], different);
        Assert.Equal(old.Digest.ToString(), BuildJson(two).GetProperty("rebased_from").GetString());
    }

    [Fact]
    public async Task Same_image_on_the_same_base_has_the_same_digest()
    {
        var old = await BuildAsync("plain:1");
        var first = await RebaseAsync(old.Digest.ToString(), "shell:1", "a:1");
        Assert.Equal(first.Digest, (await RebaseAsync(old.Digest.ToString(), "shell:1", "b:1")).Digest);
    }

    [Fact]
    public async Task Base_that_is_there_already_changes_nothing()
    {
        var old = await BuildAsync("plain:1");
        var outcome = await RebaseAsync(old.Digest.ToString(), "plain:1", "same:1");
        Assert.True(outcome.WasThere);
        Assert.Equal(old.Digest, _store.OpenImage("same:1").Digest);
    }

    [Fact]
    public async Task Name_moves_to_the_new_image_unless_another_is_given()
    {
        await BuildAsync("plain:1", "site:1");
        var outcome = await RebaseAsync("site:1", "shell:1", null);
        Assert.Equal("site:1", outcome.ImageName);
        Assert.Equal(outcome.Digest, _store.OpenImage("site:1").Digest);
    }

    [Fact]
    public async Task Every_reason_against_it_is_told_and_nothing_gets_a_name()
    {
        var old = await BuildAsync("plain:1", "site:1");
        var error = await Assert.ThrowsAsync<ProblemException>(() => RebaseAsync("site:1", "shell:1", null, ["no loader", "no library"]));
        Assert.Equal("NUA2404", error.Problems[0].Code);
        Assert.Contains("no loader; no library", error.Problems[0].Why, StringComparison.Ordinal);
        Assert.Equal(old.Digest, _store.OpenImage("site:1").Digest);
    }

    [Fact]
    public async Task Virtual_environment_needs_its_own_version_of_python()
    {
        Base("py313:1", "a", new RawTar().Entry("usr/bin/python3", '2', link: "python3.13").Entry("usr/bin/python3.13", content: "x", mode: 0x1ED));
        Base("py312:1", "b", new RawTar().Entry("usr/bin/python3", '2', link: "python3.12").Entry("usr/bin/python3.12", content: "x", mode: 0x1ED));
        var app = Site();
        Directory.CreateDirectory(Path.Combine(app, "nua/venv/lib/python3.13"));
        File.WriteAllText(Path.Combine(app, "nua/venv/lib/python3.13/x.py"), "");
        await BuildAsync("py313:1", "py:1");
        var error = await Assert.ThrowsAsync<ProblemException>(() => RebaseAsync("py:1", "py312:1", null));
        Assert.Contains("/nua/venv is for python3.13, the base has /usr/bin/python3.12", error.Problems[0].Why, StringComparison.Ordinal);
        await RebaseAsync("py:1", "py313:1", null);
    }

    [Fact]
    public async Task Image_that_nua_did_not_build_is_refused()
    {
        TestImages.PublishTypical(_store, "other:1");
        Assert.Equal("NUA2401", await CodeAsync("other:1", "plain:1"));
    }

    [Fact]
    public async Task Image_that_somebody_put_a_layer_on_is_refused()
    {
        var image = await BuildAsync("plain:1");
        using (var writer = _store.BeginWrite())
        {
            var extra = TestImages.AddTar(writer, new RawTar().Entry("x").ToArray(), LayerCompression.Gzip);
            var config = writer.Put(MediaTypes.Config, (image.Config with { DiffIds = [.. image.Config.DiffIds, extra.DiffId] }).ToBytes());
            writer.Publish(writer.Put(MediaTypes.Manifest, new ImageManifest(config, [.. image.Manifest.Layers, extra.Blob]).ToBytes()), ["changed:1"]);
        }

        Assert.Equal("NUA2401", await CodeAsync("changed:1", "shell:1"));
    }

    [Fact]
    public async Task Wrapped_image_is_refused()
    {
        Base("app:1", "x", new RawTar().Entry("x"), new RunConfig { Cmd = ["/x"] });
        File.WriteAllText(Path.Combine(Site(), "nua-config.toml"),
            "[metadata]\nid = \"w\"\nversion = \"1\"\ntitle = \"t\"\nauthor = \"a\"\n[build]\nbase-image = \"app:1\"\n");
        await BuildAsync(null, "wrapped:1");
        Assert.Equal("NUA2402", await CodeAsync("wrapped:1", "shell:1"));
    }

    private async Task<string> CodeAsync(string image, string onto) =>
        (await Assert.ThrowsAsync<ProblemException>(() => RebaseAsync(image, onto, null))).Problems[0].Code;

    private void Base(string name, string passwd, RawTar tar, RunConfig? run = null)
    {
        using var writer = _store.BeginWrite();
        var layer = TestImages.AddTar(writer, tar.Entry("etc/passwd", content: $"{passwd}:x:7:7::/:/bin/sh\n").ToArray(), LayerCompression.Gzip);
        TestImages.Publish(writer, name, [layer], run ?? new RunConfig());
    }

    private string Site()
    {
        var app = Directory.CreateDirectory(_folder["site"]).FullName;
        File.WriteAllText(Path.Combine(app, "index.html"), "<p>site");
        return app;
    }

    private async Task<Image> BuildAsync(string? onto, string name = "site:0")
    {
        File.WriteAllText(_folder["agent"], "the agent");
        var request = new BuildRequest
        {
            Directory = Site(), StoreHome = _store.Home, AgentPath = _folder["agent"], BaseReference = onto, Name = name,
        };
        var outcome = await Builder.BuildAsync(request, new Progress<BuildEvent>(), TestContext.Current.CancellationToken);
        return _store.OpenImage(outcome.Digest.ToString());
    }

    private Task<RebaseOutcome> RebaseAsync(string image, string onto, string? name, params string[] reasons) => Rebaser.RebaseAsync(
        new RebaseRequest { Image = image, BaseReference = onto, Name = name, StoreHome = _store.Home, Judge = (_, _) => reasons },
        TestContext.Current.CancellationToken);

    private static IEnumerable<string> Findings(Image image) =>
        ImageChecker.Check(image).Findings.Select(f => $"{f.RuleId} {f.Place} {f.What}");

    private static ImageTree Read(Image image) =>
        ImageTree.Read(image, new TreeOptions { HashContent = true });

    private static JsonElement BuildJson(ImageTree tree) =>
        JsonDocument.Parse(tree.ReadContent(tree.Find("nua/metadata/build.json")!)).RootElement;
}
