namespace Nua.Config.Binding;

/// <summary>The names of <c>build.builder</c>: <c>node-20</c>, <c>nodejs_16</c>, <c>ruby278</c>,
/// <c>nua-builder-ruby314</c>, <c>python-3.13</c>.</summary>
internal static class BuilderNames
{
    private const string Prefix = "nua-builder-";

    public static IReadOnlyList<string> Languages { get; } = ["node", "ruby", "python", "dotnet", "bun", "deno"];

    /// <summary>Null when the name is none of a language and version.</summary>
    public static BuilderConfig? Parse(string name)
    {
        var text = name.Trim().ToLowerInvariant();
        text = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
        var digit = text.AsSpan().IndexOfAnyInRange('0', '9');
        var language = (digit < 0 ? text : text[..digit]).TrimEnd('-', '_');
        var version = digit < 0 ? null : text[digit..];
        return Of(language, version);
    }

    /// <summary>Null when the language is unknown or the version is none.</summary>
    public static BuilderConfig? Of(string language, string? version)
    {
        language = language.ToLowerInvariant() is "nodejs" ? "node" : language.ToLowerInvariant();
        if (!Languages.Contains(language) || (version is not null && !IsVersion(version)))
        {
            return null;
        }

        return new BuilderConfig(language, version is null ? null : Dotted(language, version));
    }

    private static bool IsVersion(string version)
    {
        foreach (var c in version)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !".-+*^~<>= ".Contains(c, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return version.Length is > 0 and <= 64;
    }

    /// <summary>Old names leave the dots out, since these languages had versions of single digits: <c>ruby278</c> is
    /// 2.7.8; <c>python311</c> is 3.11.</summary>
    private static string Dotted(string language, string version)
    {
        var isDigits = !version.AsSpan().ContainsAnyExceptInRange('0', '9');
        if (!isDigits || version.Length < 2)
        {
            return version;
        }

        return language switch
        {
            "ruby" => string.Join('.', version.ToCharArray()),
            "python" => $"{version[0]}.{version[1..]}",
            _ => version,
        };
    }
}
