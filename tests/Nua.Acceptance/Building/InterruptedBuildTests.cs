using System.Runtime.InteropServices;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Building;

/// <summary>A build that is asked to end does so at once, with the shell's status for the signal, and leaves nothing.</summary>
public sealed class InterruptedBuildTests(ExampleImages images) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private NuaProgram Nua => new(_folder["home"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGTERM, 143)]
    public async Task Signal_ends_a_build_and_the_next_one_succeeds(PosixSignal signal, int status)
    {
        var app = new SmallApplications(_folder).Commands("build = [\"echo begun; test -e go || sleep 600\"]");
        string[] build = ["build", app, "--base", await images.BaseAsync()];
        using var building = Nua.Shell.With(build).Start();
        for (var tries = 0; tries < 600 && !building.Printed.Contains("| begun", StringComparison.Ordinal) && !building.HasEnded; tries++)
        {
            await Task.Delay(50);
        }

        building.Signal(signal);
        var outcome = (await building.EndAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Expect(status);

        Assert.Empty(outcome.Out);
        Assert.Contains("interrupted; nothing is left half done", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("error", outcome.Error, StringComparison.Ordinal);
        for (var tries = 0; tries < 100 && Processes.With(_folder["home"]).Count > 0; tries++)
        {
            await Task.Delay(50);
        }

        Assert.Empty(Processes.With(_folder["home"]));
        (await Nua.RunAsync("store", "verify")).Expect(0);
        File.WriteAllText(Path.Combine(app, "go"), "");
        (await Nua.RunAsync(build)).Expect(0);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["home/sandbox/tmp"]));
    }
}
