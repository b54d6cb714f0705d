using System.Text.Json;
using Nua.Foundation;

namespace Nua.Cli.Output;

/// <summary>Everything for people, on standard error: problems, notes, progress. Safe to call from several threads.</summary>
public sealed class Messages
{
    private readonly Screen _screen;
    private readonly OutputChoice _choice;
    private readonly Lock _lock = new();
    private string _live = "";

    public Messages(Screen screen, OutputChoice choice)
    {
        _screen = screen;
        _choice = choice;
        Paint = new Paint(screen.HasColour && !choice.NoColour && !choice.Json);
    }

    public Paint Paint { get; }

    public bool IsVerbose => _choice.Verbose;

    /// <summary>True when neither <c>--quiet</c> nor <c>--json</c> silences what is only nice to know.</summary>
    public bool ShowsProgress => _choice is { Quiet: false, Json: false };

    /// <summary>A status line that is redrawn in place is possible.</summary>
    public bool IsLive => _screen.IsLive && ShowsProgress;

    public int Width => _screen.Width;

    public void Report(IReadOnlyList<Problem> problems)
    {
        foreach (var problem in problems)
        {
            Report(problem);
        }
    }

    public void Report(Problem problem)
    {
        if (problem.Severity == Severity.Note && _choice.Quiet)
        {
            return;
        }

        Write(_choice.Json ? ProblemText.Json(problem) + "\n" : ProblemText.Human(problem, Paint) + "\n");
    }

    /// <summary>One line that nobody's script needs.</summary>
    public void Note(string text)
    {
        if (ShowsProgress)
        {
            Write(text + "\n");
        }
    }

    /// <summary>The stack of an exception that reached the end, when asked for.</summary>
    public void Stack(Exception exception)
    {
        if (_choice.Verbose)
        {
            Write(Paint.Faint(exception.ToString()) + "\n");
        }
    }

    /// <summary>Writes text as it is, above the live line if there is one.</summary>
    public void Write(string text)
    {
        lock (_lock)
        {
            _screen.Error.Write(_live.Length == 0 ? text : "\r\x1b[K" + text + _live);
        }
    }

    /// <summary>Replaces the live line at the bottom; an empty one removes it. Nothing happens where lines cannot be redrawn.</summary>
    /// <param name="text">Without escape sequences; cut to the width of the terminal.</param>
    public void ShowLive(string text)
    {
        if (!IsLive)
        {
            return;
        }

        lock (_lock)
        {
            var line = text.Length < Width ? text : text[..(Width - 2)] + "…";
            _live = line.Length == 0 ? "" : Paint.Faint(line);
            _screen.Error.Write("\r\x1b[K" + _live);
        }
    }
}
