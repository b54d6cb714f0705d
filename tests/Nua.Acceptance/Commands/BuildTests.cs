using System.Text.Json;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Commands;

/// <summary>What <c>nua build</c> promises, on small applications. All share one store, so that the base is assembled once.</summary>
public sealed class BuildTests(ExampleImages images) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private NuaProgram Nua => images.Nua;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Standard_output_is_the_digest_alone()
    {
        var outcome = await BuildAsync(Site());
        Assert.Matches("^sha256:[0-9a-f]{64}\n$", outcome.Out);
    }

    [Fact]
    public async Task Build_with_nothing_new_gives_the_same_digest_and_says_so()
    {
        var app = Site();
        var first = await BuildAsync(app);
        var again = await Nua.JsonAsync("build", app);
        Assert.Equal(first.Out.Trim(), again.GetProperty("digest").GetString());
        Assert.True(again.GetProperty("cached").GetBoolean());
    }

    [Fact]
    public async Task One_changed_byte_gives_another_digest()
    {
        var app = Site();
        var first = await BuildAsync(app);
        File.AppendAllText(Path.Combine(app, "index.html"), "!");
        Assert.NotEqual(first.Out, (await BuildAsync(app)).Out);
    }

    [Fact]
    public async Task Name_and_destinations_are_what_was_asked_for()
    {
        var app = Site();
        var built = await BuildAsync(app, "-t", "other:7", "-o", $"oci:{_folder["layout"]}:7", "-o", $"oci-archive:{_folder["a.tar"]}:7");
        Assert.Equal(built.Out.Trim(), (await Nua.JsonAsync("inspect", "other:7")).GetProperty("image").GetString());
        Assert.Equal(built.Out.Trim(), (await Nua.JsonAsync("inspect", $"oci:{_folder["layout"]}:7")).GetProperty("image").GetString());
        Assert.Equal(built.Out.Trim(), (await Nua.JsonAsync("inspect", $"oci-archive:{_folder["a.tar"]}:7")).GetProperty("image").GetString());
    }

    [Fact]
    public async Task Source_folder_is_never_changed()
    {
        var app = _folder.CopyOf(Repository.Example("site"), "app");
        var before = await ListingAsync(app);
        await BuildAsync(app);
        Assert.Equal(before, await ListingAsync(app));
    }

    [Fact]
    public async Task Source_that_cannot_be_written_can_be_built()
    {
        var app = Site();
        await Shell.ScriptAsync($"chmod -R a-w {app}");
        await BuildAsync(app);
    }

    [Fact]
    public async Task Odd_files_of_the_source_are_named_and_do_not_stop_the_build()
    {
        var app = Site();
        await Shell.ScriptAsync("mkfifo fifo; ln -s /etc/passwd escaping; ln -s nowhere dangling; touch \"$(printf 'new\\nline')\" \"$(printf 'bad\\377utf')\"; "
            + "touch \"$(printf 'x%.0s' $(seq 255))\"", app);
        var outcome = await Nua.RunAsync("build", app);
        Assert.True(outcome.Status is 0 or 1, outcome.ToString());
        Assert.DoesNotContain("NUA9001", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("fifo", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_named_like_a_whiteout_is_refused()
    {
        var app = Site();
        File.WriteAllText(Path.Combine(app, ".wh.x"), "");
        var outcome = (await Nua.RunAsync("build", app)).Expect(1);
        Assert.Contains(".wh.x", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failing_command_shows_its_status_and_last_lines()
    {
        var app = Commands("build = [\"echo before\", \"echo the reason >&2; exit 7\", \"echo never\"]");
        var outcome = (await Nua.RunAsync("build", app)).Expect(1);
        Assert.Empty(outcome.Out);
        Assert.Contains("7", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("the reason", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("| never", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hanging_command_is_ended_at_its_limit()
    {
        var app = Commands("build = [\"sleep 600\"]\ntimeout = 3");
        var outcome = (await Nua.RunAsync("build", app)).Expect(1);
        Assert.InRange(outcome.Time.TotalSeconds, 3, 60);
    }

    /// <summary>A command that would take all there is, and the code that it ends with.</summary>
    [Theory]
    [InlineData("memory = 128", "tail /dev/zero", "NUA2311")]
    [InlineData("timeout = 4", "f() { f | f & }; f; sleep 100", "NUA2302")]
    [InlineData("timeout = 4", "yes", "NUA2302")]
    public async Task Greedy_command_is_ended_with_a_code(string limit, string command, string code)
    {
        var outcome = (await Nua.RunAsync("build", Commands($"build = [\"{command}\"]\n{limit}"))).Expect(1);
        Assert.Contains(code, outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("NUA9001", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Daemons_that_a_command_leaves_are_gone_afterwards()
    {
        var marker = $"{31_000_000 + Random.Shared.Next(1_000_000)}";
        await BuildAsync(Commands($"build = [\"sleep {marker} & exit 0\"]"));
        var running = await Shell.ScriptAsync($"grep -lzs '^{marker}$' /proc/[0-9]*/cmdline || true");
        Assert.Empty(running.Out);
    }

    [Fact]
    public async Task Build_commands_have_no_network_unless_asked_for()
    {
        var probe = "build = [\"test \\\"$(tail -n +3 /proc/net/dev | grep -vc lo:)\\\" = 0\"]";
        await BuildAsync(Commands(probe));
    }

    [Fact]
    public async Task Host_is_out_of_reach_of_build_commands()
    {
        var sentinel = _folder.Write("sentinel", "untouched");
        var app = Commands($"build = [\"echo broken > {sentinel} || true\", \"test -z \\\"$CANARY\\\"\", \"test ! -e {sentinel}.seen\"]");
        (await Nua.Shell.Set("CANARY", "bird").With("build", app).RunAsync()).Expect(0);
        Assert.Equal("untouched", await File.ReadAllTextAsync(sentinel, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Secret_reaches_the_step_that_names_it_and_nothing_else()
    {
        var canary = $"canary-{Guid.NewGuid():n}";
        var file = _folder.Write("token", canary);
        var home = new NuaProgram(_folder["home"]);
        var app = Commands(
            "secrets = [\"token\"]\nbuild = [\"test \\\"$(cat /run/secrets/token)\\\" = " + canary[..6] + "* || wc -c < /run/secrets/token\", \"cat /run/secrets/token\"]");
        var outcome = (await home.RunAsync("build", app, "--secret", $"id=token,src={file}")).Expect(0);
        Assert.DoesNotContain(canary, outcome.Out + outcome.Error, StringComparison.Ordinal);
        var bundle = _folder["bundle"];
        (await home.RunAsync("save", outcome.Out.Trim(), $"oci:{_folder["layout"]}:1")).Expect(0);
        await Judges.Judge.UmociAsync(_folder["layout"], "1", bundle);
        var found = await Shell.ScriptAsync($"grep -rlF {canary} {_folder["home"]} {bundle} || true");
        Assert.Empty(found.Out);
    }

    [Fact]
    public async Task Checksum_that_does_not_fit_stops_the_build_before_anything_is_unpacked()
    {
        var app = _folder.CopyOf(Repository.Example("handmade"), "app");
        await Shell.ScriptAsync("printf x >> quoted-1.0.tar.gz", app);
        var outcome = (await Nua.RunAsync("build", app)).Expect(1);
        Assert.Contains("quoted-1.0.tar.gz", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Test_runs_in_the_finished_image_and_its_failure_is_the_builds()
    {
        await BuildAsync(Commands("build = [\"echo hello > made\"]\ntest = [\"test -f /nua/app/made\", \"test -z \\\"$(ls /nua | grep build)\\\"\"]"));
        (await Nua.RunAsync("build", Commands("build = [\"true\"]\ntest = [\"exit 9\"]"))).Expect(1);
    }

    [Fact]
    public async Task Verify_builds_twice_and_agrees()
    {
        var outcome = await BuildAsync(Site(), "--verify");
        Assert.Matches("^sha256:[0-9a-f]{64}\n$", outcome.Out);
    }

    [Fact]
    public async Task Verify_names_the_first_file_that_differs()
    {
        var app = Commands("build = [\"cat /proc/sys/kernel/random/uuid > made; echo steady > steady\"]");
        var outcome = (await Nua.RunAsync("build", app, "--verify")).Expect(1);
        Assert.Contains("NUA9014", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("'nua/app/made': content", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("nua/app/steady", outcome.Error, StringComparison.Ordinal);
    }

    private async Task<Outcome> BuildAsync(string app, params string[] options) =>
        (await Nua.RunAsync(["build", app, .. options])).Expect(0);

    private string Site() => new SmallApplications(_folder).Site();

    private string Commands(string build) => new SmallApplications(_folder).Commands(build);

    /// <summary>Every path with type, mode, owner, size and times.</summary>
    private static async Task<string> ListingAsync(string folder) =>
        (await Shell.ScriptAsync("find . -printf '%P %y %m %U:%G %s %T@ %C@\\n' | sort", folder)).Expect(0).Out;
}
