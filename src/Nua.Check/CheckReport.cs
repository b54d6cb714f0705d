using Nua.Foundation;

namespace Nua.Check;

/// <summary>What a check of one image says.</summary>
/// <param name="Image">The manifest's digest.</param>
/// <param name="IsNuaImage">False: the image follows other conventions, and only the rules for every image were
/// asked.</param>
/// <param name="Findings">Sorted by severity, worst first, then by rule, then as found.</param>
/// <param name="RulesAsked">How many rules were proven or refuted.</param>
public sealed record CheckReport(string Image, bool IsNuaImage, IReadOnlyList<Finding> Findings, int RulesAsked)
{
    public int Errors => Findings.Count(f => f.Severity == Severity.Error);

    public int Warnings => Findings.Count(f => f.Severity == Severity.Warning);

    public int Notes => Findings.Count(f => f.Severity == Severity.Note);

    /// <summary><c>N0</c>: not a Nua image, or a broken one. <c>N1-static</c>: every rule that can be proven without
    /// running it is kept.</summary>
    public string Level => IsNuaImage && Errors == 0 ? "N1-static" : "N0";

    /// <summary>0 clean or warnings only, 1 errors.</summary>
    public int ExitCode => Errors == 0 ? 0 : 1;
}
