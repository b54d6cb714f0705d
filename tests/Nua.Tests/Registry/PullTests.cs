using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Storage;
using Nua.Registry;
using Nua.Registry.Transfer;
using Nua.Testing;
using Nua.Testing.Registries;

namespace Nua.Tests.Registry;

public sealed class PullTests
{
    [Fact]
    public async Task Image_is_pulled_whole_and_pinned()
    {
        using var world = new RegistryWorld();
        var root = world.Serve("team/app", "1.0");

        var pulled = await world.PullAsync("team/app:1.0");

        Assert.Equal(root, pulled.Digest);
        Assert.Equal($"{world.Registry.Host}/team/app:1.0@{root}", pulled.Pinned.ToString());
        Assert.Empty(world.Store.Verify(VerifyDepth.Layers));
    }

    [Fact]
    public async Task Index_is_kept_whole_or_resolved_to_a_platform()
    {
        using var world = new RegistryWorld();
        var (index, amd64, _) = world.ServeIndex("team/app", "1.0");

        Assert.Equal(index, (await world.PullAsync("team/app:1.0")).Root.Digest);
        var chosen = await world.PullAsync("team/app:1.0", new PullOptions { Platform = Platform.LinuxAmd64, Names = ["one:1"] });

        Assert.Equal(amd64, chosen.Root.Digest);
        Assert.Equal(index, chosen.Digest);
        Assert.Equal(amd64, world.Store.OpenImage("one:1").Digest);
        var error = await Assert.ThrowsAsync<ProblemException>(() =>
            world.PullAsync("team/app:1.0", new PullOptions { Platform = new Platform("linux", "s390x") }));
        Assert.Contains("it is for linux/amd64, linux/arm64", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Indexes_that_name_each_other_many_times_are_read_once()
    {
        using var world = new RegistryWorld();
        using var writer = world.Source.BeginWrite();
        var below = writer.Put(MediaTypes.Index, new ImageIndex([]).ToBytes());
        for (var level = 0; level < 6; level++)
        {
            var bytes = new ImageIndex([.. Enumerable.Repeat(below, 500)]).ToBytes();
            below = writer.Put(MediaTypes.Index, bytes);
            world.Registry.AddManifest("team/app", level == 5 ? "1.0" : null, bytes, MediaTypes.Index);
        }

        world.Registry.AddManifest("team/app", null, new ImageIndex([]).ToBytes(), MediaTypes.Index);
        var error = await Assert.ThrowsAsync<ProblemException>(() =>
            world.PullAsync("team/app:1.0", new PullOptions { Platform = Platform.LinuxAmd64 })
                .WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.Equal("NUA3011", error.Problems[0].Code);
    }

    [Fact]
    public async Task Second_pull_fetches_no_blob()
    {
        using var world = new RegistryWorld();
        world.Serve("team/app", "1.0");
        await world.PullAsync("team/app:1.0");

        var again = await world.PullAsync("team/app:1.0");

        Assert.Equal((0, 0L), (again.Fetched, again.FetchedBytes));
        Assert.True(again.Present > 0);
    }

    [Theory]
    [InlineData("team/app:2.0", 66)]
    [InlineData("team/other:1.0", 66)]
    public async Task What_is_not_there_is_told_with_its_own_status(string reference, int status)
    {
        using var world = new RegistryWorld();
        world.Serve("team/app", "1.0");
        var error = await Assert.ThrowsAsync<ProblemException>(() => world.PullAsync(reference));
        Assert.Equal(status, error.ExitCode);
        Assert.Contains(reference, error.Message, StringComparison.Ordinal);
    }
}
