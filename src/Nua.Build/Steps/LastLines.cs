using System.Text;
using Nua.Foundation;

namespace Nua.Build.Steps;

/// <summary>Keeps the last lines of an output, whatever its length: at most 500 characters a line.</summary>
internal sealed class LastLines(int count)
{
    private readonly Queue<string> _lines = new();
    private readonly StringBuilder _open = new();

    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (var c in Encoding.UTF8.GetString(bytes))
        {
            if (c == '\n')
            {
                Close();
            }
            else if (_open.Length < 500)
            {
                _open.Append(c);
            }
        }
    }

    public IEnumerable<string> Last(int wanted)
    {
        Close();
        return _lines.TakeLast(wanted).Select(line => Printable.Escape(line));
    }

    private void Close()
    {
        if (_open.Length == 0)
        {
            return;
        }

        _lines.Enqueue(_open.ToString());
        _open.Clear();
        if (_lines.Count > count)
        {
            _lines.Dequeue();
        }
    }
}
