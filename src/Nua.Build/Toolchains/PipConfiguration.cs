namespace Nua.Build.Toolchains;

/// <summary>The keys of <c>pip.conf</c> that say where packages come from: the machine's, the user's, then <c>PIP_CONFIG_FILE</c>'s; the later
/// wins. Sections <c>[global]</c> and <c>[install]</c> count.</summary>
internal static class PipConfiguration
{
    public const string FindLinks = "PIP_FIND_LINKS";

    /// <summary>Key in the file → variable that says the same.</summary>
    public static readonly IReadOnlyList<(string Key, string Variable)> Passed =
    [
        ("index-url", "PIP_INDEX_URL"), ("extra-index-url", "PIP_EXTRA_INDEX_URL"), ("find-links", FindLinks),
        ("trusted-host", "PIP_TRUSTED_HOST"), ("no-index", "PIP_NO_INDEX"), ("timeout", "PIP_DEFAULT_TIMEOUT"),
    ];

    public static IReadOnlyDictionary<string, string> Read(IReadOnlyDictionary<string, string> environment, string root)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Files(environment, root))
        {
            foreach (var (key, value) in ReadFile(file))
            {
                result[key] = value;
            }
        }

        return result;
    }

    private static IEnumerable<string> Files(IReadOnlyDictionary<string, string> environment, string root)
    {
        yield return Path.Combine(root, "etc/xdg/pip/pip.conf");
        yield return Path.Combine(root, "etc/pip.conf");
        if (environment.TryGetValue("HOME", out var home))
        {
            yield return Path.Combine(home, ".pip/pip.conf");
            yield return Path.Combine(environment.GetValueOrDefault("XDG_CONFIG_HOME") ?? Path.Combine(home, ".config"), "pip/pip.conf");
        }

        if (environment.TryGetValue("PIP_CONFIG_FILE", out var named))
        {
            yield return named;
        }
    }

    /// <summary>An indented line goes on with the value before it, as pip's own reader has it.</summary>
    private static SortedDictionary<string, string> ReadFile(string path)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        string[] lines;
        try
        {
            var info = new FileInfo(path);
            lines = info.Exists && info.Length is > 0 and < 1 << 20 ? File.ReadAllLines(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return result;
        }

        var counts = false;
        string? last = null;
        foreach (var line in lines)
        {
            var text = line.Trim();
            if (text.Length == 0 || text[0] is '#' or ';')
            {
                continue;
            }

            if (text[0] == '[')
            {
                counts = text is "[global]" or "[install]";
                last = null;
            }
            else if (char.IsWhiteSpace(line[0]) && last is not null)
            {
                result[last] = (result[last] + " " + text).Trim();
            }
            else if (counts && text.IndexOfAny(['=', ':']) is > 0 and var sign)
            {
                last = text[..sign].Trim().Replace('_', '-').ToLowerInvariant();
                result[last] = text[(sign + 1)..].Trim();
            }
            else
            {
                last = null;
            }
        }

        return result;
    }
}
