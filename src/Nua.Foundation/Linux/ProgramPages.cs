using System.Globalization;

namespace Nua.Foundation.Linux;

/// <summary>
/// The pages of the running program's own file that the kernel keeps in memory for this process. What a long-lived process needed only
/// to start or to carry out an order is given back; the kernel reads a page again when it is used.
/// </summary>
public static class ProgramPages
{
    private const int DontNeed = 4;

    private static readonly Lazy<IReadOnlyList<(nuint Start, nuint Length)>> _clean =
        new(() => Clean(File.ReadLines("/proc/self/smaps"), Environment.ProcessPath!));

    public static void GiveBack()
    {
        foreach (var (start, length) in _clean.Value)
        {
            // Refused or not, nothing is lost: these pages are as they are in the file.
            _ = Libc.Madvise(start, length, DontNeed);
        }
    }

    /// <summary>Parts of <paramref name="program"/> that cannot be written and never were: the loader writes to some before it closes them.</summary>
    /// <param name="smaps">As in proc(5): a line with the range, then lines <c>Name: N kB</c>.</param>
    internal static IReadOnlyList<(nuint Start, nuint Length)> Clean(IEnumerable<string> smaps, string program)
    {
        var found = new List<(nuint, nuint)>();
        (nuint, nuint)? part = null;
        foreach (var line in smaps)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0] is not [.., ':'])
            {
                var isOurs = line.EndsWith(" " + program, StringComparison.Ordinal) && words[1] is "r--p" or "r-xp";
                part = isOurs ? Range(words[0]) : null;
            }
            else if (part is { } range && words[0] is "Anonymous:")
            {
                if (words[1] == "0")
                {
                    found.Add(range);
                }

                part = null;
            }
        }

        return found;
    }

    private static (nuint Start, nuint Length) Range(string text)
    {
        var ends = text.Split('-');
        var start = nuint.Parse(ends[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return (start, nuint.Parse(ends[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) - start);
    }
}
