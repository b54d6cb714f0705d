using System.Globalization;
using Nua.Agent.Config;
using Nua.Agent.Data;
using Nua.Agent.Linux;
using Nua.Agent.Settings;

namespace Nua.Agent.Verbs;

/// <summary>What a verb works with: the image's configuration and the resolved environment.</summary>
internal sealed record VerbContext(Paths Paths, RuntimeConfig Config, AppEnvironment Environment, string Verb,
    string? Argument)
{
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>When <c>NUA_TIMEOUT</c> is over.</summary>
    public Deadline Limit { get; init; } = Deadline.Never;

    public Variables Variables => Environment.Variables;

    public DataFolder Data => new(Paths.Data);

    /// <exception cref="Foundation.ProblemException">the verb, its argument, the configuration or a setting is
    /// wrong.</exception>
    public static VerbContext Prepare(Paths paths, Variables inherited, string verb, IReadOnlyList<string> arguments)
    {
        Verbs.Verb.Check(verb, arguments);
        var config = RuntimeConfigReader.Read(paths.Config);
        var environment = AppEnvironment.Prepare(paths, config, inherited, verb,
            touch: !Verbs.Verb.IsOnlyLooking(verb));
        return new VerbContext(paths, config, environment, verb, arguments.Count > 0 ? arguments[0] : null)
        {
            Limit = LimitOf(environment.Variables),
        };
    }

    /// <summary>Seconds for a verb whose configuration has a limit, too: the shorter one.</summary>
    public int SecondsWithin(int own) => TimeoutOf(Variables) is { } allowed ? Math.Min(allowed, own) : own;

    /// <summary>The variable that tells a command how long it has.</summary>
    public static (string Name, string? Value) Timeout(int seconds) => ("NUA_TIMEOUT", seconds.ToString(CultureInfo.InvariantCulture));

    /// <summary>Seconds that <c>NUA_TIMEOUT</c> allows; null when it does not say.</summary>
    public static int? TimeoutOf(Variables variables)
    {
        if (!variables.Has("NUA_TIMEOUT"))
        {
            return null;
        }

        var text = variables["NUA_TIMEOUT"]!;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? seconds
            : throw Refusal.SettingInvalid("NUA_TIMEOUT", text, "a number of seconds is wanted");
    }

    public static Deadline LimitOf(Variables variables) =>
        TimeoutOf(variables) is { } seconds ? Deadline.After(seconds * 1000L) : Deadline.Never;

    /// <summary>To be called often by work that takes long: ends it when time is over or somebody asks.</summary>
    /// <exception cref="Foundation.ProblemException">NUA6051, exit code 124; NUA6052, exit code 128 +
    /// signal.</exception>
    public void Checkpoint()
    {
        SmallHeap.Keep();
        if (Limit.IsOver)
        {
            throw Refusal.TimedOut(Verb, TimeoutOf(Variables) ?? 0);
        }

        if (Signals.Wait(0) is Signals.Term or Signals.Int or Signals.Hup or Signals.Quit)
        {
            throw Refusal.Interrupted(Verb, Signals.Term);
        }
    }
}
