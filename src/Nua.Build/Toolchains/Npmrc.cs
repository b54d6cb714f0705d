using System.Text;

namespace Nua.Build.Toolchains;

/// <summary>
/// The keys of one <c>.npmrc</c>: <c>key = value</c> lines, <c>;</c> and <c>#</c> comments, quotes around a value dropped,
/// the last of equal keys wins. Sections and lists are not npm's own concern for registries and are passed over.
/// </summary>
public static class Npmrc
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Reads <paramref name="text"/>. <c>${NAME}</c> is replaced from <paramref name="variables"/>; with null, as for a file that
    /// came with the application, a value that holds one is left out: an application must not be able to send the
    /// host's variables to a server it names.</summary>
    public static IReadOnlyDictionary<string, string> Parse(string text, IReadOnlyDictionary<string, string>? variables)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            var trimmed = line.Trim();
            var equals = trimmed.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || trimmed[0] is ';' or '#' or '[')
            {
                continue;
            }

            var key = Unquote(trimmed[..equals].Trim());
            var value = Expand(Unquote(trimmed[(equals + 1)..].Trim()), variables);
            if (value is not null)
            {
                result[key] = value;
            }
        }

        return result;
    }

    /// <summary>The file's keys, or none when it is missing, unreadable, not a regular file or larger than 1 MiB.</summary>
    public static IReadOnlyDictionary<string, string> ReadFile(string path, IReadOnlyDictionary<string, string>? variables)
    {
        try
        {
            var info = new FileInfo(path);
            return info is { Exists: true, Length: > 0 and <= MaxBytes }
                ? Parse(File.ReadAllText(path, Encoding.UTF8), variables)
                : new Dictionary<string, string>();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Dictionary<string, string>();
        }
    }

    private static string Unquote(string text) =>
        text.Length >= 2 && text[0] is '"' or '\'' && text[^1] == text[0] ? text[1..^1] : text;

    /// <summary>An unknown variable stays as it is written, as npm does.</summary>
    private static string? Expand(string value, IReadOnlyDictionary<string, string>? variables)
    {
        var result = new StringBuilder();
        var position = 0;
        while (true)
        {
            var start = value.IndexOf("${", position, StringComparison.Ordinal);
            var end = start < 0 ? -1 : value.IndexOf('}', start);
            if (end < 0)
            {
                return result.Append(value, position, value.Length - position).ToString();
            }

            if (variables is null)
            {
                return null;
            }

            var name = value[(start + 2)..end];
            var fallback = name.EndsWith('?') ? "" : value[start..(end + 1)];
            result.Append(value, position, start - position)
                .Append(variables.TryGetValue(name.TrimEnd('?'), out var found) ? found : fallback);
            position = end + 1;
        }
    }
}
