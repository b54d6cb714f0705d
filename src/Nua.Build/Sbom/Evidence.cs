namespace Nua.Build.Sbom;

/// <summary>Which files the finders of components open, so that they can be kept while layers stream by.</summary>
internal static class Evidence
{
    private static readonly string[] _names =
    [
        "package.json", "package-lock.json", ".package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml",
    ];

    private static readonly string[] _pythonFiles = ["METADATA", "PKG-INFO", "RECORD", "direct_url.json", "installed-files.txt"];

    /// <param name="path">In the image, without a leading slash.</param>
    public static bool IsRead(string path)
    {
        var slash = path.LastIndexOf('/');
        var name = path[(slash + 1)..];
        return path.StartsWith("var/lib/dpkg/status", StringComparison.Ordinal)
            || (path.StartsWith("var/lib/dpkg/info/", StringComparison.Ordinal) && name.EndsWith(".list", StringComparison.Ordinal))
            || (path.StartsWith("usr/share/doc/", StringComparison.Ordinal) && name == "copyright")
            || path is "usr/lib/os-release" or "etc/os-release" || ApkComponents.IsDatabase(path)
            || (name == "package.json" && path.Contains("node_modules/", StringComparison.Ordinal))
            || (name != "package.json" && _names.Contains(name))
            || name.EndsWith(".deps.json", StringComparison.Ordinal)
            || name.EndsWith(".egg-info", StringComparison.Ordinal)
            || (_pythonFiles.Contains(name) && IsDistribution(path[..Math.Max(slash, 0)]));
    }

    private static bool IsDistribution(string folder) =>
        folder.EndsWith(".dist-info", StringComparison.Ordinal) || folder.EndsWith(".egg-info", StringComparison.Ordinal);
}
