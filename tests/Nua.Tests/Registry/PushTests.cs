using Nua.Foundation;
using Nua.Oci;
using Nua.Registry;
using Nua.Registry.Transfer;
using Nua.Testing;
using Nua.Testing.Registries;

namespace Nua.Tests.Registry;

public sealed class PushTests
{
    [Fact]
    public async Task Image_is_pushed_whole_and_in_order()
    {
        using var world = new RegistryWorld();
        var root = TestImages.PublishTypical(world.Source, null);

        var pushed = await world.PushAsync(root, "team/app:1.0");

        Assert.True(world.Has("team/app", root));
        Assert.Equal($"{world.Registry.Host}/team/app:1.0@{root.Digest}", pushed.Pinned.ToString());
        Assert.Equal((4, 1, 0), (pushed.Sent, pushed.Documents, pushed.Present));
        Assert.Equal("PUT", world.Registry.Requests.Where(request => request.Method is "PUT" or "PATCH").Last().Method);
        Assert.EndsWith("/manifests/1.0", world.Registry.Requests.Last(request => request.Method == "PUT").Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Index_is_pushed_after_its_manifests()
    {
        using var world = new RegistryWorld();
        var (index, amd64, arm64) = world.ServeIndex("elsewhere", "1");
        var root = world.Source.List().Single(image => image.Manifest.Digest == index).Manifest;

        await world.PushAsync(root, "team/app:1.0");

        Assert.True(world.Has("team/app", root));
        var puts = world.Registry.Requests.Where(request => request.Method == "PUT" && request.Path.Contains("/manifests/", StringComparison.Ordinal))
            .Select(request => request.Path.Split('/')[^1]).ToList();
        Assert.Equal("1.0", puts[^1]);
        Assert.Equal(new[] { amd64.ToString(), arm64.ToString() }.Order(StringComparer.Ordinal), puts[..^1].Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Unchanged_image_is_pushed_without_a_byte_of_a_blob()
    {
        using var world = new RegistryWorld();
        var root = TestImages.PublishTypical(world.Source, null);
        await world.PushAsync(root, "team/app:1.0");
        world.Registry.Requests.Clear();

        var pushed = await world.PushAsync(root, "team/app:1.0");

        Assert.Equal((0, 0, 4), (pushed.Sent, pushed.Documents, pushed.Present));
        Assert.All(world.Registry.Requests, request => Assert.Contains(request.Method, new[] { "HEAD", "GET" }));
    }

    [Fact]
    public async Task Blobs_are_mounted_from_another_repository()
    {
        using var world = new RegistryWorld();
        var root = TestImages.PublishTypical(world.Source, null);
        await world.PushAsync(root, "team/base:1.0");

        var pushed = await world.PushAsync(root, "team/app:1.0", new PushOptions { MountFrom = ["team/base"] });

        Assert.Equal((0, 4), (pushed.Sent, pushed.Mounted));
        Assert.True(world.Has("team/app", root));
    }

    [Fact]
    public async Task Push_that_is_cut_every_64_KiB_goes_on_where_it_was()
    {
        using var world = new RegistryWorld();
        var root = world.Large();
        var bytes = 0L;
        world.Registry.CutsBodyAfter = request => request.Method == "PATCH" ? 64 << 10 : null;
        world.Registry.Script = (request, answer) =>
        {
            bytes += request.Method == "PATCH" ? request.Body.Length : 0;
            return answer;
        };

        await world.PushAsync(root, "team/app:1.0");

        Assert.True(world.Has("team/app", root));
        Assert.InRange(bytes, 1 << 20, 2 << 20);
    }

    [Fact]
    public async Task Pull_that_is_cut_every_64_KiB_goes_on_where_it_was()
    {
        using var world = new RegistryWorld();
        var root = world.Large();
        world.Upload("team/app", "1.0", root);
        world.Registry.Script = (request, answer) =>
            request.Path.Contains("/blobs/", StringComparison.Ordinal) && request.Method == "GET" ? answer with { CutAfter = 64 << 10 } : answer;

        var pulled = await world.PullAsync("team/app:1.0");

        Assert.Equal(root.Digest, pulled.Digest);
        Assert.Empty(world.Store.Verify(Nua.Oci.Storage.VerifyDepth.Layers));
        Assert.InRange(world.Registry.RequestsFor("/blobs/").Count(), 16, 24);
    }

    [Fact]
    public async Task Registry_that_takes_small_bodies_only_gets_small_ones()
    {
        using var world = new RegistryWorld();
        var root = world.Large((3 << 20) - 4096);
        world.Registry.LargestBody = 2 << 20;

        await world.PushAsync(root, "team/app:1.0");

        Assert.True(world.Has("team/app", root));
        Assert.Equal(3, world.Registry.Requests.Count(request => request.Method == "PATCH" && request.Body.Length is > 0 and <= 1 << 20));
    }

    [Fact]
    public async Task Blob_that_the_registry_loses_is_noticed()
    {
        using var world = new RegistryWorld();
        var root = TestImages.PublishTypical(world.Source, null);
        world.Registry.Script = (request, answer) =>
            request.Method == "HEAD" && request.Path.Contains("/blobs/", StringComparison.Ordinal) ? new TestAnswer(404) : answer;

        var error = await Assert.ThrowsAsync<ProblemException>(() => world.PushAsync(root, "team/app:1.0"));

        Assert.Equal("NUA3621", error.Problems[0].Code);
        Assert.DoesNotContain(world.Registry.Manifests.Keys, key => key == "team/app:1.0");
    }

    [Fact]
    public async Task Tag_that_somebody_else_moves_is_noticed()
    {
        using var world = new RegistryWorld();
        var root = TestImages.PublishTypical(world.Source, null);
        var other = Digest.Sha256("another"u8);
        var isPut = false;
        world.Registry.Script = (request, answer) =>
        {
            isPut |= request.Method == "PUT" && request.Path.EndsWith("/manifests/1.0", StringComparison.Ordinal);
            return isPut && request.Method == "HEAD" ? answer.With("Docker-Content-Digest", other.ToString()) : answer;
        };

        var error = await Assert.ThrowsAsync<ProblemException>(() => world.PushAsync(root, "team/app:1.0"));

        Assert.Equal("NUA3622", error.Problems[0].Code);
        Assert.Contains(other.ToString(), error.Message, StringComparison.Ordinal);
    }
}
