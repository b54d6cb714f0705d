using System.Diagnostics;
using System.Text;
using Nua.Foundation;

namespace Nua.Build.Steps;

/// <summary>
/// Turns what the agent's step runner writes into events. Control lines begin with the byte 0x1E: <c>STEP n TITLE</c> before a step,
/// <c>DONE n STATUS</c> after it; all else is output of the step. A line is cut at 4096 characters; secrets become <c>***</c>.
/// </summary>
internal sealed class StepOutput(Action<BuildEvent> report, IReadOnlyList<string> secrets)
{
    private const int Longest = 4096;

    private readonly MemoryStream _line = new();
    private readonly Stopwatch _watch = new();
    private readonly LastLines _last = new(40);

    public string Title { get; private set; } = "";

    public IEnumerable<string> Last(int lines) => _last.Last(lines);

    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            if (b == (byte)'\n')
            {
                Flush();
            }
            else if (_line.Length < Longest)
            {
                _line.WriteByte(b);
            }
        }
    }

    public void Flush()
    {
        if (_line.Length == 0)
        {
            return;
        }

        var text = Encoding.UTF8.GetString(_line.GetBuffer(), 0, (int)_line.Length).TrimEnd('\r');
        _line.SetLength(0);
        if (text.StartsWith('\x1e'))
        {
            Control(text[1..]);
            return;
        }

        var shown = Printable.Escape(Mask(text));
        _last.Add(Encoding.UTF8.GetBytes(Mask(text) + "\n"));
        report(new BuildEvent.StepOutput(shown));
    }

    private void Control(string text)
    {
        var words = text.Split(' ', 3);
        if (words.Length < 3 || !int.TryParse(words[1], out var number))
        {
            return;
        }

        if (words[0] == "STEP")
        {
            Title = words[2];
            _watch.Restart();
            report(new BuildEvent.StepStarted(number, Printable.Escape(Mask(words[2]))));
        }
        else if (words[0] == "DONE" && int.TryParse(words[2], out var status))
        {
            report(new BuildEvent.StepEnded(number, status, _watch.Elapsed));
        }
    }

    private string Mask(string text)
    {
        foreach (var secret in secrets)
        {
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        }

        return text;
    }
}
