namespace Nua.Build.Planning.Stacks.Python;

/// <summary>
/// What a package's own build needs. The usual backends are Debian packages: taken from there, they are verified and
/// recorded like every other package and nothing is fetched for them. The rest is fetched by pip to a place outside the
/// image.
/// </summary>
/// <param name="Packages">Debian packages of the build root.</param>
/// <param name="Fetched">Requirements for pip; empty when Debian has everything.</param>
internal sealed record PythonBackends(IReadOnlyList<string> Packages, IReadOnlyList<string> Fetched)
{
    private static readonly Dictionary<string, string> _debian = new(StringComparer.Ordinal)
    {
        ["hatch-vcs"] = "python3-hatch-vcs",
        ["hatchling"] = "python3-hatchling",
        ["poetry-core"] = "python3-poetry-core",
        ["setuptools"] = "python3-setuptools",
        ["setuptools-scm"] = "python3-setuptools-scm",
        ["wheel"] = "python3-wheel",
    };

    /// <summary>All from Debian, or all fetched: versions of two origins need not fit together.</summary>
    public static PythonBackends Of(IReadOnlyList<string> requirements)
    {
        var names = requirements.Select(PythonNames.OfRequirement).ToList();
        return names.TrueForAll(name => name is not null && _debian.ContainsKey(name))
            ? new PythonBackends([.. names.Select(name => _debian[name!]).Append("python3-wheel").Distinct()
                .Order(StringComparer.Ordinal)], [])
            : new PythonBackends([], requirements);
    }
}
