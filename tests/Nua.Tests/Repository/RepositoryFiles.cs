namespace Nua.Tests.Repository;

/// <summary>The files of this repository, for tests about the repository itself.</summary>
internal static class RepositoryFiles
{
    /// <summary>Found from where the test program lies: paths compiled in are rewritten by deterministic builds.</summary>
    public static string Root { get; } = FindRoot();

    public static string Read(string relativePath) => File.ReadAllText(Path.Combine(Root, relativePath));

    /// <summary>Paths below <paramref name="folder"/>, relative to the root, without what compilers wrote.</summary>
    public static IEnumerable<string> Under(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or "node_modules" or "artifacts"))
            .Order(StringComparer.Ordinal);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Nua.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no Nua.slnx above {AppContext.BaseDirectory}");
    }
}
