using Nua.Acceptance.Running;

namespace Nua.Acceptance.Building;

/// <summary>Build commands that take or write all they can get.</summary>
public sealed class HostileCommandTests(ExampleImages images) : IDisposable
{
    private const int MostPrinted = 3_000_000;
    private readonly TemporaryFolder _folder = new();

    private NuaProgram Nua => images.Nua;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Flood_of_output_is_cut_and_its_last_lines_are_shown()
    {
        var app = Commands("build = [\"yes | head -n 1000000; echo the end\", \"echo another step\"]");
        var outcome = (await Nua.RunAsync("build", app)).Expect(0);
        Assert.InRange(outcome.Error.Length, 1_000_000, MostPrinted);
        Assert.Contains("this step has written 2 MiB; what follows is not shown", outcome.Error, StringComparison.Ordinal);
        Assert.Matches("… [0-9]{6} lines are not shown; the last ones:", outcome.Error);
        Assert.Contains("| the end\n", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("| another step\n", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flood_without_end_is_stopped_at_the_time_limit()
    {
        var outcome = (await Nua.RunAsync("build", Commands("build = [\"yes\"]\ntimeout = 2"))).Expect(1);
        Assert.Contains("NUA2302", outcome.Error, StringComparison.Ordinal);
        Assert.InRange(outcome.Error.Length, 1000, MostPrinted);
    }

    [Fact]
    public async Task Fork_bomb_is_ended_soon_after_its_time_limit()
    {
        var outcome = (await Nua.RunAsync("build", Commands("build = [\"f() { f | f & }; f; sleep 100\"]\ntimeout = 2"))).Expect(1);
        Assert.Contains("NUA2302", outcome.Error, StringComparison.Ordinal);
        Assert.InRange(outcome.Time.TotalSeconds, 2, 40);
    }

    [Fact]
    public async Task More_processes_than_a_build_may_have_are_not_started()
    {
        var count = "i=0; while [ $i -lt 5000 ]; do sleep 50 & i=$((i+1)); done";
        var outcome = (await Nua.RunAsync("build", Commands($"build = [\"{count}\"]\ntimeout = 60"))).Expect(1);
        Assert.Contains("NUA2301", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("Cannot fork", outcome.Error, StringComparison.Ordinal);
        Assert.InRange(outcome.Time.TotalSeconds, 0, 45);
    }

    [Fact]
    public async Task Scratch_space_counts_as_memory()
    {
        var outcome = (await Nua.RunAsync("build", Commands("build = [\"dd if=/dev/zero of=/tmp/big bs=1M count=500\"]\nmemory = 128"))).Expect(1);
        Assert.Contains("NUA2311", outcome.Error, StringComparison.Ordinal);
    }

    private string Commands(string build) => new SmallApplications(_folder).Commands(build);
}
