namespace Nua.Config;

/// <summary>Which file configures a project, and which files could have.</summary>
/// <param name="Root">The project's folder, as the user wrote it where possible.</param>
/// <param name="File">The file to read; null when the project has none.</param>
/// <param name="OtherCandidates">Files that are not read although they are named right, best first.</param>
/// <param name="IsParent">The path given was the packaging folder <c>nua</c> inside <paramref name="Root"/>.</param>
public sealed record ConfigLocation(string Root, string? File, IReadOnlyList<string> OtherCandidates, bool IsParent);

/// <summary>
/// Finds the configuration of a folder or file. In a folder the first of <c>nua-config.json</c>, <c>.toml</c>,
/// <c>.yaml</c>, <c>.yml</c> counts, and the folder itself comes before its <c>nua/</c> and <c>nua/metadata/</c>. A
/// file is itself.
/// </summary>
public static class ConfigLocator
{
    private const string PackagingFolder = "nua";

    private static readonly string[] _names =
        ["nua-config.json", "nua-config.toml", "nua-config.yaml", "nua-config.yml"];

    /// <summary>Null when <paramref name="path"/> does not exist: a wrong path never falls back to its
    /// parent.</summary>
    public static ConfigLocation? Locate(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            return OfFolder(path);
        }

        return File.Exists(path) ? OfFile(path) : null;
    }

    private static ConfigLocation OfFolder(string folder)
    {
        // Only a folder above that is a project makes this one its packaging folder: an application may be called nua.
        if (ProjectOf(folder) is { } project && Search(project) is [var first, .. var rest])
        {
            return new ConfigLocation(project, first, rest, IsParent: true);
        }

        var found = Search(folder);
        return new ConfigLocation(folder, found.FirstOrDefault(), [.. found.Skip(1)], IsParent: false);
    }

    private static ConfigLocation OfFile(string file)
    {
        var folder = Path.GetDirectoryName(file) is { Length: > 0 } named ? named : ".";
        var root = ProjectOf(folder) ?? folder;
        var itself = Path.GetFullPath(file);
        var others = Search(root).Where(other => Path.GetFullPath(other) != itself);
        return new ConfigLocation(root, file, [.. others], IsParent: false);
    }

    /// <summary>P for <c>P/nua</c> and <c>P/nua/metadata</c>, else null.</summary>
    private static string? ProjectOf(string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var parent = Path.GetDirectoryName(full);
        if (parent is null)
        {
            return null;
        }

        return Path.GetFileName(full) switch
        {
            PackagingFolder => parent,
            "metadata" when Path.GetFileName(parent) == PackagingFolder => Path.GetDirectoryName(parent),
            _ => null,
        };
    }

    private static string[] Search(string root)
    {
        string[] folders = [root, Path.Combine(root, PackagingFolder), Path.Combine(root, PackagingFolder, "metadata")];
        return [.. folders.SelectMany(folder => _names.Select(name => Path.Combine(folder, name))).Where(File.Exists)];
    }
}
