using System.Text;

namespace Nua.Cli.Output;

/// <summary>Columns as wide as their widest cell, two spaces apart; the last is never padded.</summary>
public sealed class Table
{
    private readonly List<string[]> _rows = [];
    private readonly HashSet<int> _rightAligned;

    /// <param name="rightAligned">Indexes of columns that hold numbers.</param>
    public Table(params int[] rightAligned) => _rightAligned = [.. rightAligned];

    /// <summary>Cells must be free of escape sequences and line breaks.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Every row indented by <paramref name="indent"/> spaces and ended by a line feed.</summary>
    public string Text(int indent = 0)
    {
        var widths = Widths();
        var text = new StringBuilder();
        foreach (var row in _rows)
        {
            var line = new StringBuilder().Append(' ', indent);
            for (var i = 0; i < row.Length; i++)
            {
                line.Append(_rightAligned.Contains(i) ? row[i].PadLeft(widths[i]) : row[i].PadRight(widths[i]));
                line.Append(i < row.Length - 1 ? "  " : "");
            }

            text.Append(line.ToString().TrimEnd()).Append('\n');
        }

        return text.ToString();
    }

    private int[] Widths()
    {
        var widths = new int[_rows.Count == 0 ? 0 : _rows.Max(row => row.Length)];
        foreach (var row in _rows)
        {
            for (var i = 0; i < row.Length; i++)
            {
                widths[i] = Math.Max(widths[i], row[i].Length);
            }
        }

        return widths;
    }
}
