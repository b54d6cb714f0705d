using System.Text;

namespace Nua.Config;

/// <summary>
/// The name and tag of an application's image: <c>nua-ID:VERSION[-RELEASE]</c>. What the OCI grammar does not allow is
/// mapped:
/// <list type="bullet">
/// <item>the name is lower-cased; the tag keeps its case;</item>
/// <item>each run of characters that are not allowed there becomes one <c>-</c>, which is then cut off at both
/// ends;</item>
/// <item>what is too long is cut: 128 characters each, the release is kept whole;</item>
/// <item>when nothing is left, the name is <c>nua-app</c> and the version is <c>unknown</c>.</item>
/// </list>
/// </summary>
public static class ImageNaming
{
    private const string Prefix = "nua-";
    private const int Longest = 128;

    /// <summary>The repository name: lower-case letters and digits, parted by <c>.</c>, <c>_</c>, <c>__</c> or any
    /// number of <c>-</c>. Begins with <c>nua-</c> exactly once.</summary>
    public static string Name(string? id)
    {
        var lower = (id ?? "").ToLowerInvariant();
        var rest = Component(lower.StartsWith(Prefix, StringComparison.Ordinal) ? lower[Prefix.Length..] : lower);
        rest = Cut(rest, Longest - Prefix.Length);
        return Prefix + (rest.Length > 0 ? rest : "app");
    }

    /// <summary>The tag: a letter, digit or <c>_</c>, then up to 127 of these, <c>.</c> and <c>-</c>.</summary>
    public static string Tag(string? version, int? release)
    {
        var text = new StringBuilder();
        foreach (var c in version ?? "")
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-')
            {
                text.Append(c);
            }
            else if (text.Length == 0 || text[^1] != '-')
            {
                text.Append('-');
            }
        }

        var suffix = release is { } number ? $"-{number}" : "";
        var tag = Cut(text.ToString().TrimStart('.', '-'), Longest - suffix.Length);
        return (tag.Length > 0 ? tag : "unknown") + suffix;
    }

    /// <summary>Whether <see cref="Name"/> keeps <paramref name="id"/> as it is, but for the <c>nua-</c>.</summary>
    public static bool KeepsId(string id) =>
        Name(id) == (id.StartsWith(Prefix, StringComparison.Ordinal) ? id : Prefix + id);

    /// <summary>Whether <see cref="Tag"/> keeps <paramref name="version"/> as it is.</summary>
    public static bool KeepsVersion(string version) => Tag(version, null) == version;

    private static string Component(string lower)
    {
        var text = new StringBuilder(lower.Length);
        var at = 0;
        while (at < lower.Length)
        {
            var start = at;
            while (at < lower.Length && !IsAlphanumeric(lower[at]))
            {
                at++;
            }

            var between = lower[start..at];
            text.Append(between is "." or "_" or "__" || between.Trim('-').Length == 0 ? between : "-");
            if (at < lower.Length)
            {
                text.Append(lower[at++]);
            }
        }

        return text.ToString().Trim('.', '_', '-');
    }

    private static bool IsAlphanumeric(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9');

    private static string Cut(string text, int length) =>
        text.Length > length ? text[..length].TrimEnd('.', '_', '-') : text.TrimEnd('-');
}
