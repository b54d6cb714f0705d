namespace Nua.Agent.Verbs;

/// <summary>The eight verbs and the few arguments they take.</summary>
internal static class Verb
{
    public const string Start = "start", Stop = "stop", Restart = "restart", Healthcheck = "healthcheck";
    public const string Upgrade = "upgrade", Rollback = "rollback", Backup = "backup", Restore = "restore";

    private static readonly string[] _all = [Start, Stop, Restart, Healthcheck, Upgrade, Rollback, Backup, Restore];

    public static bool IsKnown(string name) => Array.IndexOf(_all, name) >= 0;

    /// <exception cref="Foundation.ProblemException">NUA6003, NUA6004; exit code 64.</exception>
    public static void Check(string verb, IReadOnlyList<string> arguments)
    {
        if (!IsKnown(verb))
        {
            throw Refusal.UnknownVerb(verb);
        }

        string[] allowed = verb switch
        {
            Healthcheck => ["live", "ready", "started"],
            Upgrade or Rollback => ["plan"],
            _ => [],
        };
        if (arguments.Count > 0 && (arguments.Count > 1 || Array.IndexOf(allowed, arguments[0]) < 0))
        {
            var wrong = arguments.Count > 1 ? arguments[1] : arguments[0];
            throw Refusal.UnknownArgument(verb, wrong, string.Join(", ", allowed));
        }
    }

    /// <summary>
    /// Verbs that run while the application does, often and beside it: they render and create nothing.
    /// </summary>
    public static bool IsOnlyLooking(string verb) => verb is Healthcheck or Stop;
}
