using System.Text.RegularExpressions;

namespace Nua.Tests.Repository;

public sealed partial class ErrorCodeTests
{
    /// <summary>The hundreds that belong to each project, as CONTRIBUTING.md lists them.</summary>
    private static readonly Dictionary<string, string> _ranges = new(StringComparer.Ordinal)
    {
        ["Nua.Config"] = "^NUA1",
        ["Nua.Build"] = "^NUA2",
        ["Nua.Oci"] = "^NUA3[0-2]",
        ["Nua.Check"] = "^NUA3[3-5]",
        ["Nua.Registry"] = "^NUA3[6-8]",
        ["Nua.Attest"] = "^NUA39",
        ["Nua.Sandbox"] = "^NUA40",
        ["Nua.Rootfs"] = "^NUA(40|51)",
        ["Nua.Engine"] = "^NUA5[0-5]",
        ["Nua.Agent"] = "^NUA60",
        ["Nua.Cli"] = "^NUA90",
    };

    [Fact]
    public void Code_stands_for_one_thing_only()
    {
        var places =
            from path in RepositoryFiles.Under("src", "*.cs")
            from Match match in CodeLiteral().Matches(RepositoryFiles.Read(path))
            group path by match.Groups[1].Value into code
            where code.Count() > 1
            select $"{code.Key}: {string.Join(", ", code)}";
        Assert.Empty(places);
    }

    [Fact]
    public void Code_is_in_the_range_of_its_project()
    {
        var strays =
            from path in RepositoryFiles.Under("src", "*.cs")
            let project = path.Split('/')[1]
            from Match match in CodeLiteral().Matches(RepositoryFiles.Read(path))
            let code = match.Groups[1].Value
            where !_ranges.TryGetValue(project, out var range) || !Regex.IsMatch(code, range)
            select $"{code} in {path}";
        Assert.Empty(strays);
    }

    /// <summary>Where a code is given to a problem. Comparing with one (<c>is "…"</c>, <c>"…" or</c>, <c>"…" =></c>) is not a second use.</summary>
    [GeneratedRegex("""(?<!(?:is|or|not|case|==|!=) )"(NUA[0-9]{4})"(?! (?:or|=>|when)\b| =>)""")]
    private static partial Regex CodeLiteral();
}
