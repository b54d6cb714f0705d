namespace Nua.Build.Planning.Stacks.Python;

/// <summary>Whether Debian's Python meets a version that an application asks for.</summary>
internal static class PythonVersion
{
    /// <summary>What Debian stable (trixie) has.</summary>
    public const string Debian = "3.13";

    private static readonly int[] _debian = [3, 13, 5];

    /// <summary>True also for text that is not understood: only a clear contradiction is worth a warning.</summary>
    public static bool Fits(string specifier) =>
        specifier.Split("||").Any(alternative => alternative.Split(',').All(part => Accepts(part.Trim())));

    private static bool Accepts(string part)
    {
        var end = 0;
        while (end < part.Length && part[end] is '<' or '>' or '=' or '~' or '!' or '^')
        {
            end++;
        }

        var text = part[end..].Trim();
        text = text.StartsWith("python-", StringComparison.Ordinal) ? text[7..] : text;
        var isPrefix = text.EndsWith(".*", StringComparison.Ordinal);
        var numbers = (isPrefix ? text[..^2] : text).Split('.');
        var wanted = new List<int>();
        foreach (var number in numbers)
        {
            if (!int.TryParse(number, out var value))
            {
                return true;
            }

            wanted.Add(value);
        }

        return part[..end] switch
        {
            ">=" => Compare(wanted) >= 0,
            ">" => Compare(wanted) > 0,
            "<=" => Compare(wanted) <= 0 || StartsWith(wanted, wanted.Count),
            "<" => Compare(wanted) < 0,
            "!=" => !StartsWith(wanted, wanted.Count),
            "^" => StartsWith(wanted, 1) && Compare(wanted) >= 0,
            "~=" => StartsWith(wanted, Math.Max(1, wanted.Count - 1)) && Compare(wanted) >= 0,
            "~" => StartsWith(wanted, Math.Min(2, wanted.Count)) && Compare(wanted) >= 0,
            // "3.13.1" asks for a patch release; any other of the same line is near enough.
            _ => StartsWith(wanted, Math.Min(2, wanted.Count)),
        };
    }

    /// <summary>Debian's version against <paramref name="wanted"/>: negative, zero or positive.</summary>
    private static int Compare(List<int> wanted)
    {
        for (var i = 0; i < _debian.Length; i++)
        {
            var other = i < wanted.Count ? wanted[i] : 0;
            if (_debian[i] != other)
            {
                return _debian[i].CompareTo(other);
            }
        }

        return 0;
    }

    private static bool StartsWith(List<int> wanted, int count) =>
        wanted.Take(count).Zip(_debian).All(pair => pair.First == pair.Second);
}
