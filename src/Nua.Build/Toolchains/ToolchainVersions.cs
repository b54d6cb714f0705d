namespace Nua.Build.Toolchains;

/// <summary>Chooses among published versions. Pure.</summary>
internal static class ToolchainVersions
{
    /// <summary>
    /// The highest release in <paramref name="range"/> that is not deprecated, and that runs on <paramref name="node"/> where it names the node
    /// versions it wants; deprecated ones, then ones for another node, only when there is nothing better. An exact
    /// version is taken as it is. Null when nothing fits.
    /// </summary>
    public static SemVer? Choose(NpmPackage package, SemVerRange range, SemVer? node)
    {
        if (range.Exact is { } exact)
        {
            return package.Versions.ContainsKey(exact) ? exact : null;
        }

        var inRange = package.Versions.Where(v => range.Contains(v.Key)).ToList();
        return Highest(inRange.Where(v => !v.Value.IsDeprecated && RunsOn(v.Value, node)))
            ?? Highest(inRange.Where(v => RunsOn(v.Value, node)))
            ?? Highest(inRange);
    }

    /// <summary>Up to six releases around what <paramref name="range"/> names, in order.</summary>
    public static IReadOnlyList<SemVer> Nearest(NpmPackage package, SemVerRange range)
    {
        var releases = package.Versions.Keys.Where(v => !v.IsPrerelease).ToList();
        if (range.Anchor is not { } anchor)
        {
            return [.. releases.TakeLast(6)];
        }

        var index = releases.FindIndex(v => v > anchor);
        index = index < 0 ? releases.Count : index;
        return [.. releases.Skip(Math.Max(0, index - 3)).Take(Math.Min(6, index + 3))];
    }

    private static SemVer? Highest(IEnumerable<KeyValuePair<SemVer, NpmVersion>> versions) => versions.Select(v => v.Key).Max();

    private static bool RunsOn(NpmVersion version, SemVer? node) =>
        node is null || version.NodeEngine is null || !SemVerRange.TryParse(version.NodeEngine, out var engine) || engine.Contains(node);
}
