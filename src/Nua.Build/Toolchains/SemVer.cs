using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Nua.Build.Toolchains;

/// <summary>
/// A version as semver.org 2.0.0 §2–§11 defines it. Equality and order ignore build metadata (§10), so two texts that differ
/// only after <c>+</c> are one version; <see cref="ToString"/> leaves it out, as the npm registry does.
/// </summary>
public sealed class SemVer : IComparable<SemVer>, IEquatable<SemVer>
{
    /// <summary>Longest text that is read as a version; npm has the same limit.</summary>
    public const int MaxLength = 256;

    /// <summary>Largest number in a version: what every JavaScript tool can represent, 2^53 − 1.</summary>
    public const long MaxNumber = 9_007_199_254_740_991;

    public SemVer(long major, long minor, long patch, IReadOnlyList<string>? prerelease = null)
    {
        Major = major;
        Minor = minor;
        Patch = patch;
        Prerelease = prerelease ?? [];
    }

    public long Major { get; }
    public long Minor { get; }
    public long Patch { get; }

    /// <summary>Identifiers after <c>-</c>, split at dots; empty for a release.</summary>
    public IReadOnlyList<string> Prerelease { get; }

    public bool IsPrerelease => Prerelease.Count > 0;

    /// <summary>Reads one exact version; a leading <c>v</c> or <c>=</c> is accepted, as npm does.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out SemVer? version)
    {
        version = null;
        if (text is null || text.Length > MaxLength)
        {
            return false;
        }

        var core = text.Trim().TrimStart('=').TrimStart();
        core = core.StartsWith('v') ? core[1..] : core;
        var plus = core.IndexOf('+', StringComparison.Ordinal);
        if (plus >= 0 && !AreIdentifiers(core[(plus + 1)..], numbersAreStrict: false))
        {
            return false;
        }

        core = plus >= 0 ? core[..plus] : core;
        var dash = core.IndexOf('-', StringComparison.Ordinal);
        var prerelease = dash >= 0 ? core[(dash + 1)..] : null;
        if (prerelease is not null && !AreIdentifiers(prerelease, numbersAreStrict: true))
        {
            return false;
        }

        var numbers = (dash >= 0 ? core[..dash] : core).Split('.');
        if (numbers.Length != 3 || !TryNumber(numbers[0], out var major) || !TryNumber(numbers[1], out var minor)
            || !TryNumber(numbers[2], out var patch))
        {
            return false;
        }

        version = new SemVer(major, minor, patch, prerelease?.Split('.'));
        return true;
    }

    /// <exception cref="FormatException"><paramref name="text"/> is not a version.</exception>
    public static SemVer Parse(string text) =>
        TryParse(text, out var version) ? version : throw new FormatException($"'{text}' is not a version");

    /// <summary>Precedence of semver.org §11: a prerelease is below its release; numeric identifiers are below words.</summary>
    public int CompareTo(SemVer? other)
    {
        if (other is null)
        {
            return 1;
        }

        var core = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        return core != 0 ? core : ComparePrerelease(Prerelease, other.Prerelease);
    }

    public bool Equals(SemVer? other) => CompareTo(other) == 0;

    public override bool Equals(object? obj) => Equals(obj as SemVer);

    public override int GetHashCode() => HashCode.Combine(Major, Minor, Patch, Prerelease.Count);

    public override string ToString()
    {
        var core = string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");
        return IsPrerelease ? $"{core}-{string.Join('.', Prerelease)}" : core;
    }

    public static bool operator ==(SemVer? left, SemVer? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(SemVer? left, SemVer? right) => !(left == right);

    public static bool operator <(SemVer left, SemVer right) => left.CompareTo(right) < 0;

    public static bool operator >(SemVer left, SemVer right) => left.CompareTo(right) > 0;

    public static bool operator <=(SemVer left, SemVer right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SemVer left, SemVer right) => left.CompareTo(right) >= 0;

    /// <summary>Whether the first three numbers agree: only then may a prerelease stand for a range's bound.</summary>
    internal bool HasSameCore(SemVer other) => Major == other.Major && Minor == other.Minor && Patch == other.Patch;

    /// <summary>Digits without a leading zero, at most <see cref="MaxNumber"/>.</summary>
    internal static bool TryNumber(string text, out long number)
    {
        number = 0;
        return text.Length > 0 && text.All(char.IsAsciiDigit) && (text.Length == 1 || text[0] != '0')
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= MaxNumber;
    }

    /// <summary>Dot-separated, each non-empty, letters, digits and hyphens; a number in a prerelease has no leading zero.</summary>
    internal static bool AreIdentifiers(string text, bool numbersAreStrict)
    {
        foreach (var identifier in text.Split('.'))
        {
            var isWord = identifier.Length > 0 && identifier.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
            var hasLeadingZero = identifier.Length > 1 && identifier[0] == '0' && identifier.All(char.IsAsciiDigit);
            if (!isWord || (numbersAreStrict && hasLeadingZero))
            {
                return false;
            }
        }

        return true;
    }

    private static int ComparePrerelease(IReadOnlyList<string> left, IReadOnlyList<string> right)
    {
        if (left.Count == 0 || right.Count == 0)
        {
            return right.Count.CompareTo(left.Count);
        }

        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            var order = CompareIdentifier(left[i], right[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return left.Count.CompareTo(right.Count);
    }

    private static int CompareIdentifier(string left, string right)
    {
        var leftIsNumber = left.All(char.IsAsciiDigit);
        var rightIsNumber = right.All(char.IsAsciiDigit);
        if (leftIsNumber && rightIsNumber)
        {
            // Without leading zeros the longer number is the larger one, however long it is.
            return left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);
        }

        return leftIsNumber != rightIsNumber ? (leftIsNumber ? -1 : 1) : string.CompareOrdinal(left, right);
    }
}
