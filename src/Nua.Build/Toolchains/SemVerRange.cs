using System.Diagnostics.CodeAnalysis;

namespace Nua.Build.Toolchains;

/// <summary>
/// A range in npm's notation: alternatives joined by <c>||</c>, each a list of comparators that must all hold. Understood are
/// <c>1.2.3</c>, <c>=</c>, <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c>, <c>&gt;=</c>, <c>^</c>, <c>~</c> (also <c>~&gt;</c>), partial versions and <c>x</c>,
/// <c>X</c>, <c>*</c>, and <c>A - B</c>. A prerelease satisfies an alternative only when one of its comparators names a
/// prerelease of the same three numbers, so nobody gets a release candidate without asking for it.
/// </summary>
public sealed class SemVerRange
{
    private readonly string _text;
    private readonly IReadOnlyList<IReadOnlyList<Comparator>> _alternatives;

    private SemVerRange(string text, IReadOnlyList<IReadOnlyList<Comparator>> alternatives)
    {
        _text = text;
        _alternatives = alternatives;
    }

    /// <summary>The version when the range is exactly one (<c>20.11.1</c>, <c>v20.11.1</c>, <c>=20.11.1</c>); else null.</summary>
    public SemVer? Exact => _alternatives is [[{ Relation: Relation.Equal } only]] ? only.Version : null;

    /// <summary>The first version the range names, for finding what is near; null for <c>*</c>.</summary>
    internal SemVer? Anchor => _alternatives[0].Count > 0 ? _alternatives[0][0].Version : null;

    public static bool TryParse(string? text, [NotNullWhen(true)] out SemVerRange? range)
    {
        range = null;
        if (text is null || text.Length > 4 * SemVer.MaxLength)
        {
            return false;
        }

        var alternatives = new List<IReadOnlyList<Comparator>>();
        foreach (var part in text.Split("||"))
        {
            if (!SemVerRangeReader.TryRead(part, out var comparators))
            {
                return false;
            }

            alternatives.Add(comparators);
        }

        range = new SemVerRange(text.Trim(), alternatives);
        return true;
    }

    /// <exception cref="FormatException"><paramref name="text"/> is not a range.</exception>
    public static SemVerRange Parse(string text) =>
        TryParse(text, out var range) ? range : throw new FormatException($"'{text}' is not a version range");

    public bool Contains(SemVer version) => _alternatives.Any(all => Satisfies(all, version));

    /// <summary>The highest of <paramref name="versions"/> in the range; null when there is none.</summary>
    public SemVer? Highest(IEnumerable<SemVer> versions) => versions.Where(Contains).Max();

    /// <summary>As written.</summary>
    public override string ToString() => _text;

    private static bool Satisfies(IReadOnlyList<Comparator> all, SemVer version)
    {
        foreach (var comparator in all)
        {
            if (!comparator.Holds(version))
            {
                return false;
            }
        }

        return !version.IsPrerelease || all.Any(c => c.Version.IsPrerelease && c.Version.HasSameCore(version));
    }

    internal enum Relation
    {
        Equal,
        Below,
        AtMost,
        Above,
        AtLeast,
    }

    internal sealed record Comparator(Relation Relation, SemVer Version)
    {
        public bool Holds(SemVer version) => Relation switch
        {
            Relation.Equal => version == Version,
            Relation.Below => version < Version,
            Relation.AtMost => version <= Version,
            Relation.Above => version > Version,
            _ => version >= Version,
        };
    }
}
