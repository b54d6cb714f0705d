using System.Diagnostics;
using System.Globalization;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Building;

/// <summary>
/// Kills, with SIGKILL and at random moments, any process of a build: the command, its worker, runc, the agent, what a step started. Afterwards
/// nothing of the build runs or is mounted, the store is whole, older images are what they were, and the same build succeeds.
/// </summary>
/// <remarks><c>NUA_FAULTS=200 ./test acceptance -k Any_process_of_a_build</c> kills 200 times; without it there are as many as fit into 25 seconds.
/// <c>NUA_FAULT_SEED</c> repeats a run as far as timing allows.</remarks>
public sealed class KilledBuildTests(ExampleImages images) : IDisposable
{
    /// <summary>Rounds however busy the machine is.</summary>
    private const int Fewest = 4;

    /// <summary>What their command lines contain, the outermost first: unshare's and runc's contain the next ones.</summary>
    private static readonly string[] _kinds = ["unshare", "__worker", "runc", "nua-agent"];
    private static readonly string[] _victims = [.. _kinds, "nua", "command"];
    private readonly TemporaryFolder _folder = new();
    private readonly SortedDictionary<string, int> _seen = new(StringComparer.Ordinal);

    private NuaProgram Nua => new(_folder["home"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Any_process_of_a_build_may_be_killed_at_any_moment()
    {
        var rounds = Number("NUA_FAULTS") ?? int.MaxValue;
        var time = rounds == int.MaxValue ? TimeSpan.FromSeconds(25) : TimeSpan.MaxValue;
        var seed = Number("NUA_FAULT_SEED") ?? Environment.TickCount;
        var random = new Random(seed);
        var app = new SmallApplications(_folder).Commands("""
            src-url = "source.tar"
            build = ["for i in 1 2 3 4 5 6; do sleep 0.05; done; head -c 4000000 /dev/urandom >noise", "gzip -k noise; rm noise*; cp source.txt made"]
            test = ["sleep 0.1; test -f /nua/app/made"]
            """);
        (await Shell.ScriptAsync("tar -cf source.tar source.txt", app)).Expect(0);
        string[] build = ["build", app, "--base", await images.BaseAsync()];
        var older = (await Nua.RunAsync([.. build, "-t", "older:1"])).Expect(0).Out.Trim();
        // What is there already makes every later build shorter than the first one.
        var usual = (await Nua.RunAsync([.. build, "--set", "metadata.version=2"])).Expect(0).Time;
        var kills = 0;
        var clock = Stopwatch.StartNew();
        for (var round = 0; kills < rounds && (kills < Fewest || clock.Elapsed < time); round++)
        {
            kills += await RoundAsync(
                [.. build, "-t", "killed:1", "--set", $"metadata.version=3.{round}"], older, random.NextDouble() * usual, random, $"seed {seed}, round {round}") ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills, seed {seed}");
        foreach (var (what, count) in _seen)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{count,4} {what}");
        }
    }

    [Fact]
    public async Task What_a_killed_build_left_in_the_kernel_goes_with_the_next_one_though_that_has_nothing_to_do()
    {
        var applications = new SmallApplications(_folder);
        string[] build = ["build", "--base", await images.BaseAsync(), applications.Commands("build = [\"touch made\"]")];
        (await Nua.RunAsync(build)).Expect(0);
        using var building = Nua.Shell.With([.. build[..^1], applications.Commands("build = [\"sleep 60\"]")]).Start();
        for (var tries = 0; tries < 600 && !ControlGroups(building.Id).Any(); tries++)
        {
            await Task.Delay(20);
        }

        Assert.NotEmpty(ControlGroups(building.Id));
        Processes.Kill(building.Id);
        _ = await building.EndAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        await NothingIsLeftAsync("killed");
        Assert.NotEmpty(ControlGroups(building.Id));

        (await Nua.RunAsync(build)).Expect(0);
        Assert.Empty(ControlGroups(building.Id));
    }

    /// <returns>False when the build had ended before.</returns>
    private async Task<bool> RoundAsync(string[] build, string older, TimeSpan delay, Random random, string which)
    {
        if (random.Next(6) == 0)
        {
            // The next build has to unpack its base again, and may be killed doing so.
            (await Nua.RunAsync("prune", "--all")).Expect(0);
        }

        var victim = _victims[random.Next(_victims.Length)];
        which = $"{which}, {victim} after {delay.TotalMilliseconds:0} ms";
        using var building = Nua.Shell.With(build).Start();
        await Task.Delay(delay);
        var killed = building.HasEnded ? null : Kill(victim, building.Id, random);
        which += $": {killed}";
        var outcome = await building.EndAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        if (killed is not null)
        {
            _seen[$"{killed}: exit {outcome.Status}"] = _seen.GetValueOrDefault($"{killed}: exit {outcome.Status}") + 1;
        }

        Assert.True(outcome.Status is 0 or 1 or 137, $"{which}\n{outcome}");
        Assert.True(outcome.Status != 1 || outcome.Error.Contains("error NUA", StringComparison.Ordinal), $"{which}\n{outcome}");
        Assert.DoesNotContain("NUA9001", outcome.Error, StringComparison.Ordinal);
        await NothingIsLeftAsync(which);
        (await Nua.RunAsync("store", "verify")).Expect(0);
        Assert.Equal(older, (await Nua.JsonAsync("inspect", "older:1")).GetProperty("image").GetString());

        var next = await Nua.RunAsync(build);
        Assert.True(next.Status == 0, $"{which}\n{next}\nkilled:\n{outcome}");
        Assert.True(outcome.Status != 0 || outcome.Out == next.Out, $"{which}: said to be done and is not\n{outcome}");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["home/sandbox/tmp"]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["home/work"]));
        Assert.Empty(ControlGroups(building.Id));
        return killed is not null;
    }

    /// <returns>Who it was.</returns>
    private static string Kill(string victim, int build, Random random)
    {
        var all = Processes.Below(build).Append((Id: build, CommandLine: "nua")).ToList();
        var meant = all.Where(process => Kind(process.CommandLine) == victim).ToList();
        var (id, line) = (meant.Count > 0 ? meant : all)[random.Next((meant.Count > 0 ? meant : all).Count)];
        Processes.Kill(id);
        return Kind(line);
    }

    private static string Kind(string commandLine) =>
        _kinds.FirstOrDefault(kind => commandLine.Contains(kind, StringComparison.Ordinal)) ?? (commandLine == "nua" ? "nua" : "command");

    private async Task NothingIsLeftAsync(string which)
    {
        IReadOnlyList<string> left = [];
        for (var tries = 0; tries < 100 && (left = Processes.With(_folder["home"])).Count > 0; tries++)
        {
            await Task.Delay(50);
        }

        Assert.True(left.Count == 0, $"{which}: still there after 5 s:\n{string.Join('\n', left)}");
    }

    private static IEnumerable<string> ControlGroups(int build) =>
        Directory.EnumerateDirectories("/sys/fs/cgroup", $"nua-{build}-*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 6 });

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
