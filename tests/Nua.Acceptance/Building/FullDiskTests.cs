using Nua.Acceptance.Running;

namespace Nua.Acceptance.Building;

/// <summary>A store on a small file system of its own, and what happens when that is full.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly ExampleImages _images;
    private readonly TemporaryFolder _folder = new();

    public FullDiskTests(ExampleImages images)
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root, loop devices and mkfs.ext4");
        _images = images;
        var script = $"truncate -s 400M disk; mkfs.ext4 -q -F disk; mkdir mount; mount -o loop disk mount";
        Shell.ScriptAsync(script, _folder.Path).GetAwaiter().GetResult().Expect(0);
    }

    private string Home => _folder["mount/home"];

    private NuaProgram Nua => new(Home);

    private long Free => new DriveInfo(_folder["mount"]).AvailableFreeSpace;

    public void Dispose()
    {
        Shell.ScriptAsync($"umount -l '{_folder["mount"]}' || true").GetAwaiter().GetResult();
        _folder.Dispose();
    }

    [Fact]
    public async Task Command_that_fills_the_disk_is_stopped_before_it_is_full_and_the_space_comes_back()
    {
        var (good, older) = await OlderAsync();
        var before = Free;

        var hog = new SmallApplications(_folder).Commands("build = [\"while :; do dd if=/dev/zero of=hog bs=1M count=64 oflag=append conv=notrunc 2>/dev/null; done\"]");
        var outcome = (await BuildAsync(hog)).Expect(1);

        Assert.Contains("NUA2303", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("nua prune", outcome.Error, StringComparison.Ordinal);
        Assert.InRange(outcome.Time.TotalSeconds, 0, 60);
        await IsAsBeforeAsync(good, older, before);
    }

    [Fact]
    public async Task Disk_that_is_full_while_the_image_is_written_is_named_and_nothing_is_left_of_it()
    {
        var (good, older) = await OlderAsync();
        // Room for what the command makes, not for the layer that it becomes.
        var app = new SmallApplications(_folder).Commands("build = [\"head -c 40000000 /dev/urandom > made\"]");
        (await Shell.ScriptAsync($"fallocate -l {Free - 60_000_000} filler", _folder["mount"])).Expect(0);
        var before = Free;

        var outcome = (await BuildAsync(app)).Expect(1);

        Assert.DoesNotContain("NUA9001", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("error NUA", outcome.Error, StringComparison.Ordinal);
        Assert.True(outcome.Error.Contains("fix: free space", StringComparison.Ordinal), outcome.ToString());
        await IsAsBeforeAsync(good, older, before);
        File.Delete(_folder["mount/filler"]);
        (await BuildAsync(app)).Expect(0);
    }

    private async Task<(string App, string Digest)> OlderAsync()
    {
        var app = new SmallApplications(_folder).Commands("build = [\"cp source.txt made\"]");
        return (app, (await BuildAsync(app)).Expect(0).Out.Trim());
    }

    private async Task<Outcome> BuildAsync(string app) => await Nua.RunAsync("build", app, "--base", await _images.BaseAsync());

    /// <summary>The older image is whole, a new build of it needs nothing, and the disk is as free as before but for a few records.</summary>
    private async Task IsAsBeforeAsync(string app, string digest, long free)
    {
        (await Nua.RunAsync("store", "verify")).Expect(0);
        Assert.Equal(digest, (await BuildAsync(app)).Expect(0).Out.Trim());
        Assert.InRange(Free, free - 2_000_000, long.MaxValue);
    }
}
