using Nua.Config.Catalogue;

namespace Nua.Config.Binding;

/// <summary>Finds what somebody meant to write.</summary>
internal static class Suggestion
{
    private const int LongestWord = 40;

    /// <summary>The candidate nearest to <paramref name="word"/>: at most two slips away (swapped, missing, extra or
    /// wrong characters), one for short words; null when nothing is that near.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        if (word.Length is 0 or > LongestWord)
        {
            return null;
        }

        var folded = KeyGroup.Fold(word);
        string? best = null;
        var fewest = folded.Length <= 4 ? 2 : 3;
        foreach (var candidate in candidates)
        {
            var slips = Slips(folded, KeyGroup.Fold(candidate), fewest);
            if (slips < fewest)
            {
                (best, fewest) = (candidate, slips);
            }
        }

        return best;
    }

    /// <summary>Optimal string alignment distance; at least <paramref name="limit"/> when it is not below
    /// that.</summary>
    private static int Slips(string left, string right, int limit)
    {
        if (Math.Abs(left.Length - right.Length) >= limit)
        {
            return limit;
        }

        var width = right.Length + 1;
        Span<int> older = stackalloc int[width], last = stackalloc int[width], row = stackalloc int[width];
        for (var j = 0; j < width; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j < width; j++)
            {
                var wrong = left[i - 1] == right[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + wrong);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    row[j] = Math.Min(row[j], older[j - 2] + 1);
                }
            }

            last.CopyTo(older);
            row.CopyTo(last);
        }

        return last[right.Length];
    }
}
