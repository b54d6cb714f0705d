namespace Nua.Build.Planning.Stacks.Python;

/// <summary>Poetry's version ranges in the words of pip: <c>^1.2</c> is <c>&gt;=1.2,&lt;2</c>, <c>~1.2</c> is
/// <c>&gt;=1.2,&lt;1.3</c>.</summary>
internal static class PoetryRange
{
    public static string ToPip(string range) =>
        string.Join(',', range.Split("||")[0]
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(One).Where(part => part.Length > 0));

    private static string One(string part)
    {
        if (part == "*")
        {
            return "";
        }

        if (part.StartsWith('^') || (part.StartsWith('~') && !part.StartsWith("~=", StringComparison.Ordinal)))
        {
            var text = part[1..].Trim();
            var numbers = text.Split('.').TakeWhile(number => int.TryParse(number, out _)).Select(int.Parse).ToList();
            return numbers.Count == 0 ? "" : $">={text},<{Next(numbers, part[0] == '^')}";
        }

        // A bare version means exactly that one.
        return char.IsAsciiDigit(part[0]) ? "==" + part : part.Replace(" ", "", StringComparison.Ordinal);
    }

    private static string Next(List<int> numbers, bool isCaret)
    {
        // The caret keeps the first number that is not zero, the tilde the second one.
        var kept = isCaret ? Math.Max(0, numbers.FindIndex(number => number > 0)) : Math.Min(1, numbers.Count - 1);
        kept = isCaret && numbers.TrueForAll(number => number == 0) ? numbers.Count - 1 : kept;
        return string.Join('.', numbers.Take(kept).Append(numbers[kept] + 1));
    }
}
