namespace Nua.Tests.Config;

/// <summary>Files of the repository that tests read: the folder is the one with the solution, above the test program
/// or the current folder.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } =
        Above(AppContext.BaseDirectory) ?? Above(Directory.GetCurrentDirectory())
        ?? throw new DirectoryNotFoundException("Nua.slnx");

    public static string Sample(string name) => Path.Combine(Root, "tests/Nua.Tests/Config/Samples", name);

    private static string? Above(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Nua.slnx")))
            {
                return at.FullName;
            }
        }

        return null;
    }
}
