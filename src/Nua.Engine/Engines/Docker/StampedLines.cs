using System.Globalization;
using System.Text;
using Nua.Engine.Logs;

namespace Nua.Engine.Engines.Docker;

/// <summary>From the bytes of one stream of an engine's log, each line behind its time, to lines of ours.</summary>
internal sealed class StampedLines(string tag, Action<LogLine> onLine)
{
    private readonly MemoryStream _line = new();
    private string _time = "";

    /// <param name="bytes">As they came: Podman gives a line in several pieces, each with a time of its own.</param>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[(_line.Length > 0 ? TimeLength(bytes) : 0)..];
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var room = LogFiles.LongestLine - (int)_line.Length;
            var part = bytes[..Math.Min(room, end < 0 ? bytes.Length : end)];
            _line.Write(part);
            var isEnd = end >= 0 && part.Length == end;
            bytes = bytes[(part.Length + (isEnd ? 1 : 0))..];
            if (isEnd || _line.Length == LogFiles.LongestLine)
            {
                End();
            }
        }
    }

    /// <summary>What stands without an end of line.</summary>
    public void End()
    {
        if (_line.Length == 0)
        {
            return;
        }

        var text = Encoding.UTF8.GetString(_line.GetBuffer(), 0, (int)_line.Length);
        _line.SetLength(0);
        // The rest of a line that was cut has no time of its own.
        if (text.Split(' ', 2) is [var first, .. var rest] && Time(first) is { } time)
        {
            (_time, text) = (time, rest.Length > 0 ? rest[0] : "");
        }

        onLine(new LogLine(_time, tag, text.TrimEnd('\r')));
    }

    private static int TimeLength(ReadOnlySpan<byte> bytes)
    {
        var space = bytes[..Math.Min(bytes.Length, 41)].IndexOf((byte)' ');
        return space > 0 && Time(Encoding.ASCII.GetString(bytes[..space])) is not null ? space + 1 : 0;
    }

    /// <summary>In UTC, with nine digits behind the point, so that times compare as text. Docker writes it so, Podman neither.</summary>
    internal static string? Time(string text)
    {
        if (text.Length is < 20 or > 40 || text[4] != '-' || text[10] != 'T'
            || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return null;
        }

        var point = text.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? "" : new string([.. text.Skip(point + 1).TakeWhile(char.IsAsciiDigit).Take(9)]);
        return $"{time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)}.{digits.PadRight(9, '0')}Z";
    }
}
