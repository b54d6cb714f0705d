namespace Nua.Build.Planning;

/// <summary>What a wrapped image keeps of the image it was made from. Known once that has been read.</summary>
/// <param name="User">As the image has it; null or empty is root.</param>
/// <param name="Uid">The same as a number: the owner of <c>/nua/data</c>.</param>
/// <param name="WorkDir">Absolute.</param>
/// <param name="Env"><c>NAME=VALUE</c>, in the image's order.</param>
/// <param name="HealthCommand">The image's own health check as an argv; empty when it has none.</param>
/// <param name="Labels">Those that are not about the image's identity.</param>
public sealed record WrapSpec(
    string? User,
    uint Uid,
    string WorkDir,
    IReadOnlyList<string> Env,
    IReadOnlyList<string> HealthCommand,
    IReadOnlyDictionary<string, string> Labels);
