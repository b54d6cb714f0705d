using System.Diagnostics;
using Nua.Build;

namespace Nua.Cli.Output;

/// <summary>
/// Shows a build while it goes on. On a terminal the last line of output is redrawn in place and the steps stay; elsewhere, and with
/// <c>--verbose</c>, every line of output is printed after the seconds since its phase began.
/// </summary>
public sealed class BuildProgress(Messages messages) : IProgress<BuildEvent>
{
    private readonly long _begun = Stopwatch.GetTimestamp();
    private long _phaseBegun = Stopwatch.GetTimestamp();
    private string _step = "";

    /// <summary>Since the build began.</summary>
    public TimeSpan Time => Stopwatch.GetElapsedTime(_begun);

    private Paint Paint => messages.Paint;

    private bool PrintsOutput => messages.ShowsProgress && (messages.IsVerbose || !messages.IsLive);

    public void Report(BuildEvent value)
    {
        switch (value)
        {
            case BuildEvent.PhaseStarted phase:
                _phaseBegun = Stopwatch.GetTimestamp();
                _step = phase.Name;
                messages.Note($"{Paint.Cyan("==>")} {Paint.Bold(phase.Name)}");
                messages.ShowLive("    …");
                break;
            case BuildEvent.StepStarted step:
                _step = step.Title;
                messages.Note($"{Paint.Cyan("  $")} {step.Title}");
                break;
            case BuildEvent.StepOutput output when PrintsOutput:
                messages.Note(Paint.Faint($"{Seconds(Stopwatch.GetElapsedTime(_phaseBegun)),7} | ") + output.Line);
                break;
            case BuildEvent.StepOutput output:
                messages.ShowLive($"{Seconds(Stopwatch.GetElapsedTime(_phaseBegun)),7} | {output.Line}");
                break;
            case BuildEvent.StepEnded { Status: 0 } ended:
                messages.ShowLive("");
                messages.Note($"    {Paint.Green("done")} in {Seconds(ended.Time)}");
                break;
            case BuildEvent.StepEnded ended:
                messages.ShowLive("");
                messages.Note($"    {Paint.Red($"status {ended.Status}")} after {Seconds(ended.Time)}: {_step}");
                break;
            case BuildEvent.Note note:
                messages.Note("    " + note.Text);
                break;
            case BuildEvent.ProblemFound found:
                messages.Report(found.Problem);
                break;
        }
    }

    /// <summary>Takes the live line away: the build has ended, well or not.</summary>
    public void End() => messages.ShowLive("");

    /// <summary><c>0.04 s</c>, <c>3.2 s</c>, <c>75 s</c>.</summary>
    public static string Seconds(TimeSpan time) =>
        time.TotalSeconds < 0.995 ? $"{time.TotalSeconds:0.00} s" : time.TotalSeconds < 59.95 ? $"{time.TotalSeconds:0.0} s" : $"{time.TotalSeconds:0} s";
}
