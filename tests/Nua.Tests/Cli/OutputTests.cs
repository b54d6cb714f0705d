using Nua.Build;
using Nua.Cli.Output;
using Nua.Foundation;

namespace Nua.Tests.Cli;

public sealed class OutputTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 kB")]
    [InlineData(99_949, "99.9 kB")]
    [InlineData(99_950, "100 kB")]
    [InlineData(999_499, "999 kB")]
    [InlineData(999_500, "1.0 MB")]
    [InlineData(2_147_483_648, "2.1 GB")]
    [InlineData(long.MaxValue, "9223 PB")]
    public void Byte_size_has_three_digits_or_so(long bytes, string text) => Assert.Equal(text, ByteSize.Format(bytes));

    [Fact]
    public void Table_aligns_columns_and_pads_no_line_at_its_end()
    {
        var table = new Table(1);
        table.Add("NAME", "SIZE", "NOTE");
        table.Add("a", "10", "");
        table.Add("longer", "9", "x");
        Assert.Equal("NAME    SIZE  NOTE\na         10\nlonger     9  x\n", table.Text());
    }

    [Fact]
    public void Problem_reads_the_same_without_colours_as_it_prints_itself()
    {
        var problem = new Problem("NUA0000", "it broke") { Where = "file:1:2", Why = "because", Remedy = "mend it" };
        Assert.Equal(problem.ToString(), ProblemText.Human(problem, new Paint(isOn: false)));
    }

    [Fact]
    public void Colours_are_used_on_a_terminal_only_unless_refused()
    {
        Assert.Contains('\x1b', Said(hasColour: true, new OutputChoice()));
        Assert.DoesNotContain('\x1b', Said(hasColour: false, new OutputChoice()));
        Assert.DoesNotContain('\x1b', Said(hasColour: true, new OutputChoice { NoColour = true }));
        Assert.DoesNotContain('\x1b', Said(hasColour: true, new OutputChoice { Json = true }));
    }

    [Fact]
    public void Quiet_keeps_warnings_and_errors()
    {
        var said = Said(hasColour: false, new OutputChoice { Quiet = true }, Severity.Note, Severity.Warning, Severity.Error);
        Assert.Equal("warning NUA0000: w\nerror NUA0000: w\n", said);
    }

    [Fact]
    public void Build_output_is_printed_line_by_line_where_nothing_can_be_redrawn()
    {
        using var error = new StringWriter();
        var progress = new BuildProgress(new Messages(new Screen(TextWriter.Null, error), new OutputChoice()));
        progress.Report(new BuildEvent.PhaseStarted("dependencies"));
        progress.Report(new BuildEvent.StepStarted(1, "npm ci"));
        progress.Report(new BuildEvent.StepOutput("added 3 packages"));
        progress.Report(new BuildEvent.StepEnded(1, 0, TimeSpan.FromSeconds(3.21)));
        progress.End();
        Assert.Matches(
            """^==> dependencies\n  \$ npm ci\n +0\.0[0-9] s \| added 3 packages\n    done in 3\.2 s\n$""", error.ToString());
    }

    [Fact]
    public void Build_output_is_one_line_redrawn_on_a_terminal()
    {
        using var error = new StringWriter();
        var screen = new Screen(TextWriter.Null, error) { IsLive = true, Width = 40 };
        var progress = new BuildProgress(new Messages(screen, new OutputChoice()));
        progress.Report(new BuildEvent.StepStarted(1, "make"));
        progress.Report(new BuildEvent.StepOutput(new string('x', 100)));
        progress.Report(new BuildEvent.StepEnded(1, 0, TimeSpan.FromSeconds(75)));
        var lines = error.ToString().Split('\n');
        Assert.Equal("  $ make", lines[0]);
        Assert.Contains("x…", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("\r\x1b[K    done in 75 s", lines[1], StringComparison.Ordinal);
        Assert.All(error.ToString().Split('\r', '\n'), line => Assert.InRange(line.Replace("\x1b[K", "", StringComparison.Ordinal).Length, 0, 40));
    }

    [Fact]
    public void Build_is_silent_with_json_and_with_quiet()
    {
        foreach (var choice in new[] { new OutputChoice { Json = true }, new OutputChoice { Quiet = true } })
        {
            using var error = new StringWriter();
            var progress = new BuildProgress(new Messages(new Screen(TextWriter.Null, error) { IsLive = true }, choice));
            progress.Report(new BuildEvent.StepStarted(1, "make"));
            progress.Report(new BuildEvent.StepOutput("line"));
            progress.End();
            Assert.Empty(error.ToString());
        }
    }

    private static string Said(bool hasColour, OutputChoice choice, params Severity[] severities)
    {
        using var error = new StringWriter();
        var messages = new Messages(new Screen(TextWriter.Null, error) { HasColour = hasColour }, choice);
        foreach (var severity in severities.Length == 0 ? [Severity.Error] : severities)
        {
            messages.Report(new Problem("NUA0000", "w") { Severity = severity });
        }

        return error.ToString();
    }
}
