namespace Nua.Build.Planning.Reading;

/// <summary>Finds the code of an application: nearest files first, tests, examples and what tools installed left out. Bounded, and in the
/// same order everywhere.</summary>
internal static class CodeFiles
{
    private const int MostFiles = 300;
    private const int MostEntries = 4000;
    private const int Deepest = 3;

    private static readonly HashSet<string> _skipped = new(
        [
            "tests", "test", "docs", "doc", "examples", "example", "migrations", "alembic", "node_modules", "venv",
            "env", "site-packages", "static", "templates", "scripts", "build", "dist", "nua", "__pycache__", "fixtures",
            "locale", "benchmarks", "tools", "bin", "obj",
        ], StringComparer.OrdinalIgnoreCase);

    /// <param name="extensions">With their dot.</param>
    public static IEnumerable<string> Find(AppFolder folder, params string[] extensions)
    {
        var looked = 0;
        var waiting = new Queue<(string Path, int Depth)>([("", 0)]);
        var files = 0;
        while (waiting.TryDequeue(out var next))
        {
            foreach (var entry in folder.ListForSearch(next.Path))
            {
                if (++looked > MostEntries)
                {
                    yield break;
                }

                if (entry.Kind == EntryKind.File && !IsTest(entry.Name)
                    && Array.Exists(extensions, end => entry.Name.EndsWith(end, StringComparison.Ordinal)))
                {
                    if (++files > MostFiles)
                    {
                        yield break;
                    }

                    yield return entry.Path;
                }
                else if (entry.Kind == EntryKind.Folder && next.Depth < Deepest && !entry.Name.StartsWith('.')
                    && !_skipped.Contains(entry.Name))
                {
                    waiting.Enqueue((entry.Path, next.Depth + 1));
                }
            }
        }
    }

    /// <summary>The first file that holds one of the words; null when none does.</summary>
    public static string? Mentioning(AppFolder folder, IReadOnlyList<string> words, params string[] extensions) =>
        Find(folder, extensions).FirstOrDefault(file => folder.ReadHead(file) is { } text
            && words.Any(word => text.Contains(word, StringComparison.Ordinal)));

    private static bool IsTest(string name) =>
        name.StartsWith("test_", StringComparison.Ordinal) || name.Contains("_test.", StringComparison.Ordinal)
        || name.Contains(".test.", StringComparison.Ordinal) || name.Contains(".spec.", StringComparison.Ordinal)
        || name is "conftest.py" or "setup.py" or "manage.py" or "noxfile.py" or "tasks.py" or "fabfile.py";
}
