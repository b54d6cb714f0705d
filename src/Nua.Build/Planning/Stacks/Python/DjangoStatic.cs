using System.Text.RegularExpressions;

namespace Nua.Build.Planning.Stacks.Python;

/// <summary>The static files of a Django application, which its settings want collected in one folder before it is served.</summary>
/// <param name="Folder">Where <c>manage.py</c> is, relative to the source.</param>
/// <param name="Needs">A variable without which the settings cannot be read; null when there is none.</param>
internal sealed partial record DjangoStatic(string Folder, string? Needs)
{
    /// <summary>Null when the settings name no folder of the source.</summary>
    public static DjangoStatic? Find(AppFolder folder, PythonEntry entry)
    {
        var top = ((string[])[entry.Folder, "", "src"]).FirstOrDefault(place => folder.IsFile(In(place, "manage.py")));
        if (top is null || Module().Match(folder.ReadHead(In(top, "manage.py")) ?? "") is not { Success: true } match)
        {
            return null;
        }

        var path = In(top, match.Groups[1].Value.Replace('.', '/'));
        var text = string.Join('\n', Files(folder, path).Select(file => folder.ReadHead(file) ?? ""));
        return Root().Match(text) is { Success: true } root && !root.Groups[1].Value.StartsWith('/')
            ? new DjangoStatic(top, Required().Match(text) is { Success: true } need ? need.Groups[1].Value : null) : null;
    }

    /// <summary>A module, or a package with one module for each environment.</summary>
    private static IEnumerable<string> Files(AppFolder folder, string path)
    {
        if (folder.IsFile(path + ".py"))
        {
            yield return path + ".py";
        }

        var package = folder.IsFolder(path) ? path : path.Contains('/', StringComparison.Ordinal) && path.Contains("/settings/", StringComparison.Ordinal)
            ? path[..path.LastIndexOf('/')] : "";
        foreach (var entry in package.Length == 0 ? [] : folder.ListForSearch(package))
        {
            if (entry.Name.EndsWith(".py", StringComparison.Ordinal) && entry.Path != path + ".py")
            {
                yield return entry.Path;
            }
        }
    }

    private static string In(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";

    [GeneratedRegex("""DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)""")]
    private static partial Regex Module();

    [GeneratedRegex("""^STATIC_ROOT\s*(?::\s*\w+\s*)?=\s*["']?(\S)""", RegexOptions.Multiline)]
    private static partial Regex Root();

    // Read without a default: os.environ["X"], env("X") of django-environ, config("X") of python-decouple.
    [GeneratedRegex("""(?:\benviron\[|(?<![\w.])(?:env|env\.str|config)\()\s*["'](\w+)["']\s*[\])]""")]
    private static partial Regex Required();
}
