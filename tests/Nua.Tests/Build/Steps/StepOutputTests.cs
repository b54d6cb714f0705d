using System.Text;
using Nua.Build;
using Nua.Build.Steps;
using Xunit;

namespace Nua.Tests.Build.Steps;

public sealed class StepOutputTests
{
    private readonly List<BuildEvent> _events = [];

    [Fact]
    public void Steps_and_their_lines_become_events()
    {
        Write("\u001eSTEP 1 make\none\ntwo\r\n\n\u001eDONE 1 0\n");
        Assert.Equal(["> make", "one", "two", "< 0"], Shown());
    }

    [Fact]
    public void Output_beyond_the_limit_is_counted_and_its_last_lines_are_shown()
    {
        var lines = 300_000;
        var shown = StepOutput.MostShown / (16 + 6);
        Write("\u001eSTEP 1 a\n" + string.Concat(Enumerable.Range(0, lines).Select(n => $"{n:000000}\n")) + "\n\u001eDONE 1 0\n\u001eSTEP 2 b\nquiet\n\n\u001eDONE 2 0\n");
        var seen = Shown();
        Assert.Equal(["> a", "000000"], seen[..2]);
        Assert.Equal($"{shown - 1:000000}", seen[shown]);
        Assert.Equal("… this step has written 2 MiB; what follows is not shown", seen[shown + 1]);
        Assert.Equal($"… {lines - shown} lines are not shown; the last ones:", seen[shown + 2]);
        Assert.Equal(["299990", "299999", "< 0", "> b", "quiet", "< 0"], [seen[shown + 3], .. seen[(shown + 12)..]]);
    }

    [Fact]
    public void Lines_of_a_step_that_failed_are_not_repeated()
    {
        Write("\u001eSTEP 1 a\n" + string.Concat(Enumerable.Repeat("x\n", 200_000)) + "\n\u001eDONE 1 7\n");
        Assert.Matches("^… [0-9]+ lines are not shown$", Shown()[^2]);
        Assert.Equal("< 7", Shown()[^1]);
    }

    /// <summary>A command that could begin steps of its own would get a new limit with each.</summary>
    [Fact]
    public void Control_lines_that_no_agent_writes_are_output()
    {
        Write("\u001eSTEP 1 a\n\u001eSTEP 2 forged\n\u001eDONE 2 0\n\u001eDONE 1 x\n\u001eNOTE 1 a\n\u001eDONE 1 0\n\u001eSTEP 3 forged\n", steps: 1);
        Assert.Equal(["> a", "< 0"], Shown().Where(line => line[0] is '>' or '<'));
        Assert.Equal(5, Shown().Count(line => line.StartsWith("\\x1e", StringComparison.Ordinal)));
    }

    /// <summary>npm writes 90 lines of usage behind the one line that says what is wrong.</summary>
    [Fact]
    public void First_errors_of_the_step_are_kept()
    {
        var output = Write("\u001eSTEP 1 a\nerror of another step\n\u001eDONE 1 0\n\u001eSTEP 2 b\nnpm error\nnpm error Missing: x@1 from lock file\n0 errors\n"
            + "src/a.ts(1,2): error TS2322: no\x1b[0m\n" + string.Concat(Enumerable.Repeat("usage\n", 100)) + string.Concat(Enumerable.Repeat("ERROR in x\n", 100)));
        Assert.Equal(6, output.Errors.Count);
        Assert.Equal(["npm error Missing: x@1 from lock file", @"src/a.ts(1,2): error TS2322: no\x1b[0m", "ERROR in x"], output.Errors.Take(3));
    }

    private StepOutput Write(string text, int steps = 2)
    {
        var output = new StepOutput(_events.Add, [], steps);
        output.Add(Encoding.UTF8.GetBytes(text));
        output.Flush();
        return output;
    }

    private List<string> Shown() => _events.ConvertAll(found => found switch
    {
        BuildEvent.StepStarted step => "> " + step.Title,
        BuildEvent.StepEnded step => "< " + step.Status,
        BuildEvent.StepOutput output => output.Line,
        _ => found.ToString(),
    });
}
