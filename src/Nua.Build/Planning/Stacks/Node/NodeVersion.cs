using Nua.Build.Planning.Reading;

namespace Nua.Build.Planning.Stacks.Node;

/// <summary>Which Node an application asks for: an exact version or an npm range, resolved when the build needs
/// it.</summary>
internal static class NodeVersion
{
    /// <summary>The line under long-term support that is used when nothing is asked for.</summary>
    public const int DefaultMajor = 24;

    private const string BuilderKey = "build.builder";
    private const string EnginesPlace = "package.json engines.node";
    private const string Supported = "24.x";

    private static readonly Dictionary<string, int> _codeNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["argon"] = 4, ["boron"] = 6, ["carbon"] = 8, ["dubnium"] = 10, ["erbium"] = 12, ["fermium"] = 14,
        ["gallium"] = 16,
        ["hydrogen"] = 18, ["iron"] = 20, ["jod"] = 22, ["krypton"] = 24,
    };

    public static (string Range, string Because) Find(StackContext context, PackageJson? package)
    {
        foreach (var (text, where) in Wishes(context, package))
        {
            if (text is { Length: > 0 } && Range(text.Trim(), where) is { } range)
            {
                // "Any", or "the one under support", leaves the choice to what the code says that it can run with.
                return where != EnginesPlace && !text.Any(char.IsAsciiDigit) && range is "*" or Supported
                    && package?.Root.Text("engines", "node") is { Length: > 0 } engines && Range(engines.Trim(), EnginesPlace) is { } asked
                        ? Capped(asked, $"{where} says {text.Trim()}, {EnginesPlace}") : Capped(range, where);
            }
        }

        return ($"{DefaultMajor}.x", $"nothing asks for a version; {DefaultMajor} has long-term support");
    }

    /// <summary>First major number in a range; the default when it holds none.</summary>
    public static int Major(string range)
    {
        var start = range.AsSpan().IndexOfAnyInRange('0', '9');
        var end = start;
        while (end >= 0 && end < range.Length && char.IsAsciiDigit(range[end]))
        {
            end++;
        }

        return start >= 0 && int.TryParse(range.AsSpan(start, end - start), out var major) ? major : DefaultMajor;
    }

    private static IEnumerable<(string? Text, string Where)> Wishes(StackContext context, PackageJson? package)
    {
        if (context.Build.Builder is { Name: "node" or "nodejs" } builder)
        {
            yield return (builder.Version, BuilderKey);
        }

        yield return (FirstLine(context.Folder.ReadText(".nvmrc", 4096)), ".nvmrc");
        yield return (FirstLine(context.Folder.ReadText(".node-version", 4096)), ".node-version");
        yield return (ToolVersions(context.Folder.ReadText(".tool-versions", 65536)), ".tool-versions");
        yield return (package?.Root.Text("volta", "node"), "package.json volta.node");
        yield return (Runtime(package), "package.json devEngines.runtime");
        yield return (package?.Root.Text("engines", "node"), EnginesPlace);
    }

    private static string? Runtime(PackageJson? package) =>
        package?.Root.Member("devEngines")?.Member("runtime") is { } runtime && runtime.Text("name") == "node"
            ? runtime.Text("version")
            : null;

    private static string? FirstLine(string? text) =>
        text?.Split('\n').Select(line => line.Split('#')[0].Trim()).FirstOrDefault(line => line.Length > 0);

    private static string? ToolVersions(string? text)
    {
        foreach (var line in (text ?? "").Split('\n'))
        {
            var words = line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && words[0] is "nodejs" or "node")
            {
                return words[1];
            }
        }

        return null;
    }

    /// <summary>The names of nvm as ranges. Null: it says nothing ("system").</summary>
    private static string? Range(string text, string where)
    {
        if (text is "*" or "latest" or "node" or "current" or "stable" or "x")
        {
            return "*";
        }

        if (text is "lts/*" or "lts" or "--lts")
        {
            return Supported;
        }

        var name = text.StartsWith("lts/", StringComparison.Ordinal) ? text[4..] : text;
        if (_codeNames.TryGetValue(name, out var major))
        {
            return $"{major}.x";
        }

        if (text is "system" or "default")
        {
            return null;
        }

        var range = text.StartsWith('v') || text.StartsWith('V') ? text[1..] : text;
        return range.Length <= 200 && range.Any(char.IsAsciiDigit) && range.All(IsRangeCharacter)
            ? Completed(range)
            : throw new Nua.Foundation.ProblemException(StackProblems.NoMatchingVersion(
                where == BuilderKey ? where : PlanPlace.At(where), text));
    }

    private static bool IsRangeCharacter(char c) => char.IsAsciiLetterOrDigit(c)
        || ".-+*<>=^~| ,".Contains(c, StringComparison.Ordinal);

    /// <summary>"22" and "22.11" as ranges that say so.</summary>
    private static string Completed(string range) =>
        range.All(c => char.IsAsciiDigit(c) || c == '.') && range.Count(c => c == '.') < 2 ? range.TrimEnd('.') + ".x"
            : range;

    /// <summary>The newest major number that a range lets in, as far as it says one: what the build will most likely
    /// get.</summary>
    public static int Newest(string range) => range.Split("||").Max(NewestOf);

    private static int NewestOf(string alternative)
    {
        var below = alternative.LastIndexOf('<');
        var hyphen = alternative.IndexOf(" - ", StringComparison.Ordinal);
        if (below < 0)
        {
            return Major(hyphen < 0 ? alternative : alternative[hyphen..]);
        }

        var end = alternative[(below + 1)..].Trim();
        var isWhole = !end.StartsWith('=') && end.Split('.').Skip(1).All(part => part is "0" or "x" or "*");
        return Major(end) - (isWhole ? 1 : 0);
    }

    /// <summary>A range without an upper end would pick releases that are not under long-term support yet.</summary>
    private static (string Range, string Because) Capped(string range, string where)
    {
        var because = $"{where} says {range}";
        var alternatives = range.Split("||", StringSplitOptions.TrimEntries);
        var older = alternatives.Where(text => text == "*" || Major(text) <= DefaultMajor).Select(Capped).ToList();
        var capped = older.Count == 0 ? range : string.Join(" || ", older);
        return capped == string.Join(" || ", alternatives) || older.Count == 0 ? (range, because)
            : (capped, because + $"; {DefaultMajor} has long-term support");
    }

    private static string Capped(string alternative) => alternative == "*" ? $"{DefaultMajor}.x"
        : alternative.StartsWith('>') && !alternative.Contains('<', StringComparison.Ordinal) ? $"{alternative} <{DefaultMajor + 1}"
        : alternative;
}
