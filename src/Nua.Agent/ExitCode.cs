namespace Nua.Agent;

/// <summary>
/// The exit codes of the lifecycle contract, §2.2. The numbers 64–78 are those of BSD's <c>sysexits</c>.
/// </summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;

    /// <summary>Not supported, nothing touched: the operator uses its fallback.</summary>
    public const int NotSupported = 3;

    /// <summary>Unknown verb or argument.</summary>
    public const int Usage = 64;

    /// <summary>Data newer, older than accepted, damaged or of another application; nothing touched.</summary>
    public const int Data = 65;

    /// <summary>A binding does not answer.</summary>
    public const int Unavailable = 69;

    /// <summary>Cannot write, no space.</summary>
    public const int CannotWrite = 73;

    /// <summary>Temporary: try again.</summary>
    public const int Temporary = 75;

    public const int Permission = 77;

    /// <summary>A setting or secret is missing or invalid.</summary>
    public const int Setting = 78;

    public const int TimedOut = 124;
    public const int NotExecutable = 126;
    public const int NotFound = 127;
    public const int SignalBase = 128;
}
