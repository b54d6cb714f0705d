using System.Diagnostics.CodeAnalysis;
using Comparator = Nua.Build.Toolchains.SemVerRange.Comparator;
using Relation = Nua.Build.Toolchains.SemVerRange.Relation;

namespace Nua.Build.Toolchains;

/// <summary>
/// Turns one alternative of a range into plain comparators. Every shorthand becomes a half-open interval whose upper bound
/// carries the prerelease <c>-0</c>, the lowest of all: <c>^1.2</c> is <c>&gt;=1.2.0 &lt;2.0.0-0</c>, so <c>2.0.0-rc.1</c> is outside.
/// </summary>
internal static class SemVerRangeReader
{
    private static readonly string[] _lowest = ["0"];

    /// <summary>Longest first, so that <c>&gt;=</c> is not taken for <c>&gt;</c>.</summary>
    private static readonly string[] _operators = ["~>", ">=", "<=", ">", "<", "=", "^", "~"];

    public static bool TryRead(string text, [NotNullWhen(true)] out IReadOnlyList<Comparator>? comparators)
    {
        comparators = null;
        var result = new List<Comparator>();
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var isRead = words is [var low, "-", var high] ? TryHyphen(low, high, result) : TryWords(words, result);
        comparators = isRead ? result : null;
        return isRead;
    }

    private static bool TryHyphen(string lowText, string highText, List<Comparator> result)
    {
        if (!Partial.TryParse(lowText, out var low) || !Partial.TryParse(highText, out var high))
        {
            return false;
        }

        result.Add(new(Relation.AtLeast, low.Floor));
        if (high.Minor is not null && high.Patch is not null)
        {
            result.Add(new(Relation.AtMost, high.Floor));
        }
        else if (high.Major is not null)
        {
            result.Add(new(Relation.Below, high.Ceiling));
        }

        return true;
    }

    private static bool TryWords(string[] words, List<Comparator> result)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var word = words[i];
            var prefix = _operators.FirstOrDefault(o => word.StartsWith(o, StringComparison.Ordinal)) ?? "";
            var rest = word[prefix.Length..];
            if (prefix.Length > 0 && rest.Length == 0)
            {
                // "> 1.2": a blank between the sign and the version is allowed.
                if (++i == words.Length)
                {
                    return false;
                }

                rest = words[i];
            }

            // npm ignores what follows an x after ^ and ~, and refuses it elsewhere.
            if (!Partial.TryParse(rest, out var partial) || (partial.HasNumberAfterX && prefix is not ("^" or "~" or "~>")))
            {
                return false;
            }

            Expand(prefix, partial, result);
        }

        return true;
    }

    private static void Expand(string prefix, Partial version, List<Comparator> result)
    {
        switch (prefix)
        {
            case "^":
                Between(version, CaretCeiling(version), result);
                break;
            case "~" or "~>":
                Between(version, TildeCeiling(version), result);
                break;
            case ">":
                result.Add(version switch
                {
                    { Major: null } => new(Relation.Below, new SemVer(0, 0, 0, _lowest)), // above everything: nothing
                    { IsWhole: true } => new(Relation.Above, version.Floor),
                    _ => new(Relation.AtLeast, version.NextFloor),
                });
                break;
            case "<=":
                if (version.Major is not null)
                {
                    result.Add(version.IsWhole ? new(Relation.AtMost, version.Floor) : new(Relation.Below, version.Ceiling));
                }

                break;
            case "<":
                result.Add(new(Relation.Below, version.IsWhole ? version.Floor : WithLowest(version.Floor)));
                break;
            case ">=":
                result.Add(new(Relation.AtLeast, version.Floor));
                break;
            default:
                if (version.IsWhole)
                {
                    result.Add(new(Relation.Equal, version.Floor));
                }
                else
                {
                    Between(version, version.Major is null ? null : version.Ceiling, result);
                }

                break;
        }
    }

    private static void Between(Partial low, SemVer? ceiling, List<Comparator> result)
    {
        result.Add(new(Relation.AtLeast, low.Floor));
        if (ceiling is not null)
        {
            result.Add(new(Relation.Below, ceiling));
        }
    }

    /// <summary>The leftmost number that is not zero stays; for <c>^0.0</c> and <c>^0</c> the last one written.</summary>
    private static SemVer? CaretCeiling(Partial version) => version switch
    {
        { Major: null } => null,
        { Major: > 0 and var major } => Before(major + 1, 0, 0),
        { Minor: null } => Before(1, 0, 0),
        { Minor: > 0 and var minor } => Before(0, minor + 1, 0),
        { Patch: null } => Before(0, 1, 0),
        { Patch: var patch } => Before(0, 0, patch.Value + 1),
    };

    private static SemVer? TildeCeiling(Partial version) => version switch
    {
        { Major: null } => null,
        { Minor: null } => Before(version.Major.Value + 1, 0, 0),
        _ => Before(version.Major.Value, version.Minor.Value + 1, 0),
    };

    private static SemVer Before(long major, long minor, long patch) => new(major, minor, patch, _lowest);

    private static SemVer WithLowest(SemVer version) => Before(version.Major, version.Minor, version.Patch);

    /// <summary>A version of which the right end may be missing or an <c>x</c>.</summary>
    private sealed record Partial(long? Major, long? Minor, long? Patch, IReadOnlyList<string> Prerelease)
    {
        public bool IsWhole => Patch is not null;

        /// <summary><c>1.x.3</c>: the 3 means nothing.</summary>
        public bool HasNumberAfterX { get; private init; }

        /// <summary>The lowest version it can mean.</summary>
        public SemVer Floor => new(Major ?? 0, Minor ?? 0, Patch ?? 0, Prerelease);

        /// <summary>The lowest release above everything it can mean. Only when some number is missing and Major is not.</summary>
        public SemVer NextFloor => Minor is null ? new(Major!.Value + 1, 0, 0) : new(Major!.Value, Minor.Value + 1, 0);

        public SemVer Ceiling => WithLowest(NextFloor);

        public static bool TryParse(string text, [NotNullWhen(true)] out Partial? partial)
        {
            partial = null;
            text = text.TrimStart('=');
            text = text.StartsWith('v') ? text[1..] : text;
            if (SemVer.TryParse(text, out var whole))
            {
                partial = new Partial(whole.Major, whole.Minor, whole.Patch, whole.Prerelease);
                return true;
            }

            var numbers = new long?[3];
            var parts = WithoutSuffix(text).Split('.');
            if (parts.Length > 3)
            {
                return false;
            }

            var given = parts.TakeWhile(p => p is not ("x" or "X" or "*")).ToArray();
            for (var i = 0; i < given.Length; i++)
            {
                if (!SemVer.TryNumber(given[i], out var number))
                {
                    return false;
                }

                numbers[i] = number;
            }

            var rest = parts[given.Length..];
            if (rest.Any(p => p is not ("x" or "X" or "*") && !SemVer.TryNumber(p, out _)))
            {
                return false;
            }

            partial = new Partial(numbers[0], numbers[1], numbers[2], [])
            {
                HasNumberAfterX = rest.Any(p => p is not ("x" or "X" or "*")),
            };
            return numbers[2] is null;
        }

        /// <summary>npm lets <c>1.x-beta</c> pass and ignores the suffix: there is no version it could order.</summary>
        private static string WithoutSuffix(string text)
        {
            var end = text.IndexOfAny(['-', '+']);
            return end > 0 && text[..end].EndsWith('x') ? text[..end] : text;
        }
    }
}
