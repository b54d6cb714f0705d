using System.Text.Json;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Commands;

/// <summary>What holds for every command.</summary>
public sealed class GeneralTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private NuaProgram Nua => new(_folder["home"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Version_is_on_standard_output_alone()
    {
        var outcome = (await Nua.RunAsync("--version")).Expect(0);
        Assert.Matches(@"^nua [0-9]+\.[0-9]+\.[0-9]+\n$", outcome.Out);
        Assert.Empty(outcome.Error);
    }

    [Fact]
    public async Task Version_is_there_in_less_than_20_ms()
    {
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 10; i++)
        {
            var outcome = await new Shell(Repository.Nua).With("--version").RunAsync();
            best = outcome.Time < best ? outcome.Time : best;
        }

        Assert.InRange(best.TotalMilliseconds, 0, 20);
    }

    [Fact]
    public async Task No_command_at_all_is_wrong_usage_and_shows_the_help()
    {
        var outcome = (await Nua.RunAsync()).Expect(2);
        Assert.Empty(outcome.Out);
        Assert.Contains("Commands", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_command_is_wrong_usage_and_suggests_the_near_one()
    {
        var outcome = (await Nua.RunAsync("imagse")).Expect(2);
        Assert.Empty(outcome.Out);
        Assert.Contains("NUA9002", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'images'?", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Problems_are_json_objects_on_standard_error_with_json()
    {
        var outcome = (await Nua.RunAsync("tag", "missing:1", "x:1", "--json")).Expect(1);
        Assert.Empty(outcome.Out);
        using var problem = JsonDocument.Parse(outcome.Error.Trim());
        Assert.StartsWith("NUA", problem.RootElement.GetProperty("code").GetString(), StringComparison.Ordinal);
        Assert.Equal("error", problem.RootElement.GetProperty("severity").GetString());
    }

    [Fact]
    public async Task Output_has_no_escape_sequences_when_it_is_not_a_terminal()
    {
        var outcome = await Nua.RunAsync("tag", "missing:1", "x:1");
        Assert.DoesNotContain('\x1b', outcome.Error);
    }

    [Fact]
    public async Task Registry_that_is_not_there_is_told_with_a_status_of_its_own()
    {
        var outcome = (await Nua.RunAsync("copy", "docker://127.0.0.1:1/notes:1", "oci:x:1")).Expect(75);
        Assert.Contains("NUA3601", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:1", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Store_that_cannot_be_written_is_one_coded_problem()
    {
        _folder.Write("file", "not a folder");
        var outcome = (await new NuaProgram(_folder["file"]).RunAsync("images")).Expect(1);
        Assert.Matches("^error NUA[0-9]{4}: |: error NUA[0-9]{4}: ", outcome.Error);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }
}
