using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Nua.Foundation;

namespace Nua.Build.Steps;

/// <summary>
/// Turns what the agent's step runner writes into events. Control lines begin with the byte 0x1E: <c>STEP n TITLE</c> before a step,
/// <c>DONE n STATUS</c> after it; all else is output of the step. A line is cut at 4096 characters, a step at 2 MiB: of what it writes then only the
/// number of lines and the last ones are told. Secrets become <c>***</c>.
/// </summary>
/// <param name="steps">How many the agent runs, each once and in order. A command that writes control lines of its own gets no further than that.</param>
public sealed partial class StepOutput(Action<BuildEvent> report, IReadOnlyList<string> secrets, int steps)
{
    /// <summary>Bytes; what comes with each line (the time, a line end) counts too.</summary>
    public const int MostShown = 2 << 20;

    private const int Longest = 4096;
    private const int WithEachLine = 16;
    private const int ShownOfTheRest = 10;
    private const int MostErrors = 6;
    private const int LongestError = 500;

    private readonly MemoryStream _line = new();
    private readonly Stopwatch _watch = new();
    private readonly LastLines _last = new(40);
    private readonly List<string> _errors = [];
    private int _step;
    private bool _isRunning;
    private int _shown;
    private long _hidden;

    public string Title { get; private set; } = "";

    public IEnumerable<string> Last(int lines) => _last.Last(lines);

    /// <summary>The first lines of this step that speak of an error: many programs write their usage, or a summary, behind them.</summary>
    public IReadOnlyList<string> Errors => _errors;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            if (b == (byte)'\n')
            {
                EndLine();
            }
            else if (_line.Length < Longest)
            {
                _line.WriteByte(b);
            }
        }
    }

    /// <summary>What comes after the last line end is a line too.</summary>
    public void Flush()
    {
        EndLine();
        TellHidden(status: 1);
    }

    private void EndLine()
    {
        if (_line.Length == 0)
        {
            return;
        }

        var text = Encoding.UTF8.GetString(_line.GetBuffer(), 0, (int)_line.Length).TrimEnd('\r');
        _line.SetLength(0);
        if (!text.StartsWith('\x1e') || !Control(text[1..].Split(' ', 3)))
        {
            Show(Mask(text));
        }
    }

    private void Show(string text)
    {
        _last.Add(Encoding.UTF8.GetBytes(text + "\n"));
        var shown = Printable.Escape(text);
        if (_errors.Count < MostErrors && SpeaksOfError().IsMatch(text))
        {
            _errors.Add(Printable.Escape(text, LongestError));
        }

        _shown += shown.Length + WithEachLine;
        if (_hidden == 0 && _shown <= MostShown)
        {
            report(new BuildEvent.StepOutput(shown));
            return;
        }

        if (_hidden++ == 0)
        {
            report(new BuildEvent.StepOutput($"… this step has written {MostShown >> 20} MiB; what follows is not shown"));
        }
    }

    private bool Control(string[] words)
    {
        if (words.Length < 3 || !int.TryParse(words[1], out var number))
        {
            return false;
        }

        if (words[0] == "STEP" && !_isRunning && number == _step + 1 && number <= steps)
        {
            (_step, _isRunning, _shown, Title) = (number, true, 0, words[2]);
            _errors.Clear();
            _watch.Restart();
            report(new BuildEvent.StepStarted(number, Printable.Escape(Mask(words[2]))));
            return true;
        }

        if (words[0] == "DONE" && _isRunning && number == _step && int.TryParse(words[2], out var status))
        {
            _isRunning = false;
            TellHidden(status);
            report(new BuildEvent.StepEnded(number, status, _watch.Elapsed));
            return true;
        }

        return false;
    }

    /// <param name="status">The message of a step that failed has its last lines anyway.</param>
    private void TellHidden(int status)
    {
        if (_hidden > 0)
        {
            report(new BuildEvent.StepOutput($"… {_hidden} lines are not shown{(status == 0 ? "; the last ones:" : "")}"));
            foreach (var line in _last.Last(status == 0 ? ShownOfTheRest : 0))
            {
                report(new BuildEvent.StepOutput(line));
            }
        }

        _hidden = 0;
    }

    /// <summary>A word of its own ("0 errors" is none), with something behind it: npm writes empty lines that begin so too.</summary>
    [GeneratedRegex(@"\berror\b.*\w", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SpeaksOfError();

    private string Mask(string text)
    {
        foreach (var secret in secrets)
        {
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        }

        return text;
    }
}
