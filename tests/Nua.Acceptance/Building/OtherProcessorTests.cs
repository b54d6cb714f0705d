using System.Runtime.InteropServices;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Building;

/// <summary>An image for a processor that this machine has not: its Debian, its agent and its verbs run through an emulator here.</summary>
public sealed class OtherProcessorTests(ExampleImages images)
{
    [Fact]
    public async Task Image_for_another_processor_is_built_checked_and_run_through_an_emulator()
    {
        using var folder = new TemporaryFolder();
        var name = Path.GetFileName(new SmallApplications(folder).Site()) + ":arm";
        var app = folder[name[..^4]];
        (await images.Nua.RunAsync("build", app, "--platform", "linux/arm64", "-t", name)).Expect(0);
        (await images.Nua.RunAsync("check", name, "--strict")).Expect(0);
        Assert.Equal("aarch64\n", (await images.Nua.RunAsync("run", name, "--", "/bin/uname", "-m")).Expect(0).Out);

        var port = Web.FreePort();
        using var running = images.Nua.Shell.With("run", name, "-p", $"{port}", "--data", folder["data"]).Start();
        Assert.Contains("<p>", await Web.AskAsync(port, "/", () => running.HasEnded), StringComparison.Ordinal);
        running.Signal(PosixSignal.SIGTERM);
        Assert.Contains((await running.EndAsync(TimeSpan.FromSeconds(60))).Status, new[] { 0, 143 });
        Assert.True(Directory.Exists(folder["data/.nua"]));

        var refused = (await images.Nua.RunAsync("up", name, name[..^4])).Expect(1);
        Assert.Contains("NUA5007", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(name[..^4], (await images.Nua.RunAsync("ps")).Expect(0).Out, StringComparison.Ordinal);
        Assert.False(File.Exists("/proc/sys/fs/binfmt_misc/nua-arm64"));
        (await images.Nua.RunAsync("rm", name)).Expect(0);
    }
}
