namespace Nua.Registry;

/// <summary>Exit statuses by what a script would do next, named as in BSD's <c>sysexits</c>.</summary>
public static class RegistryExit
{
    /// <summary>EX_NOINPUT: what was asked for is not there.</summary>
    public const int NotFound = 66;

    /// <summary>EX_TEMPFAIL: not now; the same command may work later.</summary>
    public const int TryLater = 75;

    /// <summary>EX_NOPERM: not for us.</summary>
    public const int NotAllowed = 77;
}
