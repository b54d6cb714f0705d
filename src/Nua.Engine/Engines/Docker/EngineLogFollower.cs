using System.Globalization;
using Nua.Engine.Logs;

namespace Nua.Engine.Engines.Docker;

/// <summary>Follows the log of an instance from one container to the next.</summary>
internal sealed class EngineLogFollower(EngineLog log, Action<LogLine> onLine)
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(300);

    /// <summary>Lines of the present container: given so far, and passed in our files.</summary>
    private int _given, _passed;

    /// <summary>The second of the last line given, and how many of that second were.</summary>
    private long? _second;
    private int _ofSecond;
    private string _container = "";

    /// <param name="last">At most so many of the lines that are there; null for all.</param>
    public async Task RunAsync(int? last, CancellationToken cancel)
    {
        using var picture = await log.ReadAsync(cancel);
        var (present, tail) = (picture.Lines, picture.Tail);
        (_container, _passed) = (picture.Container, picture.Kept);
        foreach (var (line, i) in present.Select((line, i) => (line, i)))
        {
            Count(line);
            if (last is null || i >= present.Count - last)
            {
                onLine(line);
            }
        }

        while (!cancel.IsCancellationRequested)
        {
            tail.Drain(OfFile);
            try
            {
                (await LookAsync(tail, cancel)).ForEach(Give);
            }
            catch (IOException)
            {
                // The next look reads it again.
            }

            await Task.Delay(_look, cancel).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    /// <returns>What the present container printed since the last look.</returns>
    private async Task<List<LogLine>> LookAsync(LogTail tail, CancellationToken cancel)
    {
        var lines = new List<LogLine>();
        var container = await log.ReadContainerAsync(_second, _ofSecond, lines.Add, cancel);
        if (container != _container)
        {
            // What the one before it printed at last is in our files by now; the new one is read from its beginning.
            tail.Drain(OfFile);
            _container = container;
            lines.Clear();
            await log.ReadContainerAsync(_second, _ofSecond, lines.Add, cancel);
        }

        return lines;
    }

    private void OfFile(LogLine line)
    {
        if (EngineLog.IsStart(line))
        {
            (_given, _passed, _second, _ofSecond) = (0, 0, null, 0);
        }

        if (!EngineLog.IsOfApplication(line))
        {
            onLine(line);
        }
        else if (++_passed > _given)
        {
            Give(line);
        }
    }

    private void Give(LogLine line)
    {
        Count(line);
        onLine(line);
    }

    private void Count(LogLine line)
    {
        if (EngineLog.IsStart(line))
        {
            (_given, _second, _ofSecond) = (0, null, 0);
        }
        else if (EngineLog.IsOfApplication(line))
        {
            _given++;
            var second = DateTimeOffset.TryParse(line.Time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                ? at.ToUnixTimeSeconds()
                : _second;
            (_second, _ofSecond) = second == _second ? (_second, _ofSecond + 1) : (second, 1);
        }
    }
}
