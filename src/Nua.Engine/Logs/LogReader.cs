using System.Text;

namespace Nua.Engine.Logs;

/// <summary>One line of an instance's log.</summary>
/// <param name="Time">As written, RFC 3339, UTC; empty when the line has none.</param>
public sealed record LogLine(string Time, string Tag, string Text);

/// <summary>Reads the log of an instance, oldest line first, and goes on as it grows.</summary>
public sealed class LogReader(string folder)
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(200);

    /// <summary>What is there now.</summary>
    /// <param name="last">At most so many lines; null for all.</param>
    public IEnumerable<LogLine> Read(int? last)
    {
        var lines = ReadFrom(LogFiles.Count - 1, 0);
        return last is { } count ? lines.TakeLast(count) : lines;
    }

    /// <summary>What is there now; the tail goes on behind it, with no line missing or twice.</summary>
    internal List<LogLine> Read(LogTail tail)
    {
        var lines = ReadFrom(LogFiles.Count - 1, 1).ToList();
        tail.Drain(lines.Add);
        return lines;
    }

    /// <summary>What is there and what comes, until cancelled. A line that rotation takes away meanwhile is found in the file it went to.</summary>
    public async Task FollowAsync(int? last, Action<LogLine> onLine, CancellationToken cancel)
    {
        using var tail = new LogTail(folder);
        var present = Read(tail);
        present.TakeLast(last ?? present.Count).ToList().ForEach(onLine);
        while (!cancel.IsCancellationRequested)
        {
            tail.Drain(onLine);
            await Task.Delay(_look, cancel).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    internal static LogLine Parse(string line) =>
        line.Split(' ', 3) is [var time, var tag, var text] && time.EndsWith('Z') ? new LogLine(time, tag, text) : new LogLine("", "", line);

    private IEnumerable<LogLine> ReadFrom(int oldest, int newest) =>
        Enumerable.Range(newest, oldest - newest + 1).Reverse().Select(age => $"{folder}/{LogFiles.Name(age)}").Where(File.Exists).SelectMany(ReadFile);

    private static IEnumerable<LogLine> ReadFile(string path)
    {
        using var file = Open(path);
        if (file is null)
        {
            yield break;
        }

        using var reader = new StreamReader(file, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            yield return Parse(line);
        }
    }

    internal static FileStream? Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
