namespace Nua.Cli;

/// <summary>What <c>nua</c> exits with. A command that has more of its own lists them in its help.</summary>
public static class ExitStatus
{
    public const int Done = 0;
    public const int Failed = 1;

    /// <summary>The command line itself is wrong; nothing was tried.</summary>
    public const int Usage = 2;

    /// <summary>There is no space, for commands that list it: of the lifecycle contract.</summary>
    public const int NoSpace = 73;

    /// <summary>128 + SIGINT, as shells report it.</summary>
    public const int Interrupted = 130;
}
