namespace Nua.Check.Scanning;

/// <summary>A package URL (<c>pkg:npm/%40scope/name@1.0</c>), as far as naming a component needs it.</summary>
/// <param name="Type">Lower case: <c>deb</c>, <c>npm</c>, <c>pypi</c>, <c>nuget</c>…</param>
/// <param name="Name">As the ecosystem writes it: with the scope for npm, normalised for Python, without the
/// distribution for Debian.</param>
internal sealed record PackageUrl(string Type, string Name, string? Version)
{
    /// <summary>Null when the text is not a package URL.</summary>
    public static PackageUrl? Parse(string text)
    {
        if (!text.StartsWith("pkg:", StringComparison.Ordinal) || text.Length > 4096)
        {
            return null;
        }

        var end = text.AsSpan().IndexOfAny('?', '#');
        var rest = (end < 0 ? text : text[..end])[4..].Trim('/');
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || !IsType(rest[..slash]))
        {
            return null;
        }

        var at = rest.LastIndexOf('@');
        var path = rest[(slash + 1)..(at > slash + 1 ? at : rest.Length)];
        var version = at > slash + 1 ? Uri.UnescapeDataString(rest[(at + 1)..]) : null;
        var parts = path.Split('/').Select(Uri.UnescapeDataString).ToArray();
        if (parts.Any(part => part.Length == 0))
        {
            return null;
        }

        var type = rest[..slash].ToLowerInvariant();
        var name = type switch
        {
            "npm" => string.Join('/', parts),
            "pypi" => PackageRecords.NormalPythonName(parts[^1]),
            "nuget" => parts[^1].ToLowerInvariant(),
            _ => parts[^1],
        };
        return new PackageUrl(type, name, version);
    }

    private static bool IsType(string text) =>
        char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '+' or '-');
}
