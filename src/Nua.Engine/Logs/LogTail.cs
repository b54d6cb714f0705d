using System.Text;

namespace Nua.Engine.Logs;

/// <summary>The newest file of a log, wherever rotation moves it: the first call gives its lines, each later one those that came since the one
/// before.</summary>
internal sealed class LogTail(string folder) : IDisposable
{
    private readonly string _path = $"{folder}/{LogFiles.Name(0)}";
    private readonly StringBuilder _rest = new();
    private FileStream? _file;

    public void Drain(Action<LogLine> onLine)
    {
        while (true)
        {
            var hasMoved = _file is null || HasMoved(_file);
            if (_file is not null)
            {
                Read(_file, onLine);
            }

            if (!hasMoved || LogReader.Open(_path) is not { } next)
            {
                return;
            }

            _file?.Dispose();
            _file = next;
        }
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>The name belongs to another file by now: it was rotated.</summary>
    private bool HasMoved(FileStream file)
    {
        var info = new FileInfo(_path);
        return info.Exists && info.Length < file.Position;
    }

    private void Read(FileStream file, Action<LogLine> onLine)
    {
        var buffer = new byte[65536];
        int count;
        while ((count = file.Read(buffer)) > 0)
        {
            _rest.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        var text = _rest.ToString();
        var end = text.LastIndexOf('\n');
        if (end < 0)
        {
            return;
        }

        _rest.Clear().Append(text.AsSpan(end + 1));
        foreach (var line in text[..end].Split('\n'))
        {
            onLine(LogReader.Parse(line));
        }
    }
}
