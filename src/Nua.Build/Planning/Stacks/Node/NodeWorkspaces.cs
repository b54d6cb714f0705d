namespace Nua.Build.Planning.Stacks.Node;

/// <summary>The packages of the source that the top package names as its workspaces.</summary>
internal static class NodeWorkspaces
{
    private const int Deepest = 4;
    private const int MostEntries = 20_000;

    /// <summary>Their folders, sorted.</summary>
    public static IReadOnlyList<string> Folders(AppFolder folder, PackageJson package)
    {
        var patterns = package.Workspaces(folder).Where(glob => !glob.StartsWith('!'))
            .Select(glob => IgnorePattern.Parse($"{glob.Trim('/')}/{PackageJson.FileName}")).OfType<IgnorePattern>().ToList();
        return patterns.Count == 0 ? []
            : [.. folder.Walk("", Deepest, MostEntries).Where(path => patterns.Exists(pattern => pattern.Matches(path)))
                .Select(path => path[..path.LastIndexOf('/')])];
    }

    /// <summary>The folder of the workspace that has this name or path; null when none has.</summary>
    public static string? Find(StackContext context, PackageJson package, string name)
    {
        var wanted = name.TrimEnd('.');
        var folders = Folders(context.Folder, package);
        return folders.FirstOrDefault(folder => folder == AppFolder.Clean(wanted))
            ?? folders.FirstOrDefault(folder => Read(context, folder)?.Name == wanted);
    }

    public static PackageJson? Read(StackContext context, string folder) =>
        PackageJson.Read(context with { Folder = context.Folder.Subfolder(folder) });
}
