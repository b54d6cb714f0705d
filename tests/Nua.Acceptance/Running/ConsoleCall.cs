using System.Text;
using System.Text.RegularExpressions;

namespace Nua.Acceptance.Running;

/// <summary>
/// A command of a page, and what the page says that it prints on both streams. <c>…</c> stands for anything in a line, alone for any lines.
/// Digests, times, dates, sizes and counts differ each time: any other in their place is as good, and so is any number of spaces.
/// </summary>
public sealed partial record ConsoleCall(string Command, string Expected)
{
    /// <summary>It serves until Ctrl-C, and the page goes on in another window.</summary>
    public bool IsServing => Serving().IsMatch(Command);

    public bool IsAnsweredBy(string printed) =>
        Regex.IsMatch(Plain(printed), $"^{string.Concat(Lines(Expected).Select(line => Pattern(Plain(line))))}$");

    /// <summary>What the page should say: the real lines, shortened in the places where it shortens now.</summary>
    public string Documented(string printed)
    {
        var (expected, real) = (Lines(Expected), Lines(printed));
        // Alone: the lines before it and behind it are as many as now. What is between two of them stays as it is written.
        var first = Array.IndexOf(expected, "…");
        if (first < 0)
        {
            return Text(real.Select(line => expected.FirstOrDefault(old => old.Contains('…') && IsSame(old, line)) ?? line));
        }

        var last = expected.Length - 1 - Array.LastIndexOf(expected, "…");
        return Text([
            .. real.Take(first).Select((line, at) => IsSame(expected[at], line) && expected[at].Contains('…') ? expected[at] : line),
            .. expected[first..^last],
            .. real.TakeLast(last)]);
    }

    private static bool IsSame(string expected, string line) => Regex.IsMatch(Plain(line) + "\n", $"^{Pattern(Plain(expected))}$");

    private static string Pattern(string line) => line == "…" ? "(?:.*\n)*?" : Regex.Escape(line).Replace("…", ".*", StringComparison.Ordinal) + "\n";

    private static string Plain(string text)
    {
        var plain = Date().Replace(Digest().Replace(text, "DIGEST"), "DATE");
        return Spaces().Replace(Count().Replace(Time().Replace(Size().Replace(plain, "0 B"), "0 s"), "0 $1"), " ");
    }

    private static string[] Lines(string text) => text.Length == 0 ? [] : text.TrimEnd('\n').Split('\n');

    private static string Text(IEnumerable<string> lines) =>
        lines.Aggregate(new StringBuilder(), (text, line) => text.Append(line).Append('\n')).ToString();

    [GeneratedRegex("^nua run [^ ]+ -p [0-9]+$")]
    private static partial Regex Serving();

    [GeneratedRegex(@"\b([0-9a-f]{64}|[0-9a-f]{12})\b")]
    private static partial Regex Digest();

    [GeneratedRegex(@"\b[A-Z][a-z]{2} +[0-9]{1,2} +[0-9]{2}:[0-9]{2}\b|\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")]
    private static partial Regex Date();

    [GeneratedRegex(@"[-+]?\b[0-9]+(\.[0-9]+)? [kMG]?B\b")]
    private static partial Regex Size();

    [GeneratedRegex(@"\b[0-9]+(\.[0-9]+)? m?s\b")]
    private static partial Regex Time();

    [GeneratedRegex(@"\b[0-9]+ (blobs|cache|deb|entries|files|packages|rules)\b")]
    private static partial Regex Count();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
