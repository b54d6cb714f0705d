using Nua.Build.Planning.Reading;

namespace Nua.Build.Planning;

/// <summary>Databases that lie in a source: what the application wrote while it was tried on this machine.</summary>
internal static class DataFiles
{
    /// <summary>How every SQLite database begins, a zero byte behind it (sqlite.org, "Database File Format", 1.3.1).</summary>
    private const string SqliteMark = "SQLite format 3\0";

    /// <summary>Told by their first bytes, so that nothing else with such an extension is named. Nearest first, in the same order everywhere.</summary>
    public static IReadOnlyList<string> Find(AppFolder folder) =>
        [.. CodeFiles.Find(folder, ".db", ".db3", ".sqlite", ".sqlite3").Where(file => folder.ReadHead(file, SqliteMark.Length) == SqliteMark)];
}
