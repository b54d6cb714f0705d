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
        var lines = Enumerable.Range(0, LogFiles.Count).Reverse().Select(age => $"{folder}/{LogFiles.Name(age)}").Where(File.Exists).SelectMany(ReadFile);
        return last is { } count ? lines.TakeLast(count) : lines;
    }

    /// <summary>What is there and what comes, until cancelled. A line that rotation takes away meanwhile is found in the file it went to.</summary>
    public async Task FollowAsync(int? last, Action<LogLine> onLine, CancellationToken cancel)
    {
        var current = $"{folder}/{LogFiles.Name(0)}";
        var shown = Read(last).ToList();
        shown.ForEach(onLine);
        var file = Open(current);
        file?.Seek(0, SeekOrigin.End);
        var rest = new StringBuilder();
        try
        {
            while (!cancel.IsCancellationRequested)
            {
                var hasMoved = file is null || HasMoved(file, current);
                if (file is not null)
                {
                    Drain(file, rest, onLine);
                }

                if (hasMoved && Open(current) is { } next)
                {
                    file?.Dispose();
                    file = next;
                    continue;
                }

                await Task.Delay(_look, cancel).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
        finally
        {
            file?.Dispose();
        }
    }

    internal static LogLine Parse(string line) =>
        line.Split(' ', 3) is [var time, var tag, var text] && time.EndsWith('Z') ? new LogLine(time, tag, text) : new LogLine("", "", line);

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

    private static FileStream? Open(string path)
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

    /// <summary>The name belongs to another file by now: it was rotated.</summary>
    private static bool HasMoved(FileStream file, string path)
    {
        var info = new FileInfo(path);
        return info.Exists && info.Length < file.Position;
    }

    private static void Drain(FileStream file, StringBuilder rest, Action<LogLine> onLine)
    {
        var buffer = new byte[65536];
        int count;
        while ((count = file.Read(buffer)) > 0)
        {
            rest.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        var text = rest.ToString();
        var end = text.LastIndexOf('\n');
        if (end < 0)
        {
            return;
        }

        rest.Clear().Append(text.AsSpan(end + 1));
        foreach (var line in text[..end].Split('\n'))
        {
            onLine(Parse(line));
        }
    }
}
