namespace Nua.Build.Sbom;

/// <summary>Which distribution a tree is, from os-release(5).</summary>
internal static class OsRelease
{
    /// <param name="otherwise">The identifier when the file does not say.</param>
    public static (string Id, string? Version) Of(TreeIndex tree, string otherwise)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in tree.Lines("usr/lib/os-release").Concat(tree.Lines("etc/os-release")))
        {
            if (line.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
            {
                values[line[..equals]] = line[(equals + 1)..].Trim('"');
            }
        }

        return (values.GetValueOrDefault("ID") ?? otherwise, values.GetValueOrDefault("VERSION_ID"));
    }
}
