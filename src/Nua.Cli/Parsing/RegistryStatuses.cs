using Nua.Registry;

namespace Nua.Cli.Parsing;

/// <summary>What commands that may meet a registry exit with, worded once.</summary>
public static class RegistryStatuses
{
    public static IReadOnlyList<ExitMeaning> All { get; } =
    [
        new(ExitStatus.Failed, "it failed: wrong bytes, a certificate nobody trusts, …"),
        new(RegistryExit.NotFound, "the registry has no such image"),
        new(RegistryExit.TryLater, "not now: no connection, too many requests, the registry's own failure"),
        new(RegistryExit.NotAllowed, "the registry does not allow it"),
    ];
}
