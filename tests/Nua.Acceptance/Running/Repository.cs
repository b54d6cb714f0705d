namespace Nua.Acceptance.Running;

/// <summary>Where the program under test and the examples are.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Nua => Path.Combine(Root, "artifacts/nua");

    public static string Example(string name) => Path.Combine(Root, "examples", name);

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
