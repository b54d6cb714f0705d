using Nua.Agent.Config;
using Nua.Agent.Linux;
using Nua.Agent.Settings;

namespace Nua.Agent.Verbs;

/// <summary>Runs a packager's command for a verb and sees to it that it ends in time.</summary>
internal static class CommandRunner
{
    /// <summary>Time between TERM and KILL, contract §2.1.</summary>
    public const int GraceMilliseconds = 10_000;

    private const int _drainMilliseconds = 20;

    /// <summary>Runs a command with empty input until it ends. Signals that come meanwhile are its own.</summary>
    /// <returns>its exit status; 128 + n for a signal; 124 when the limit ended it; 126 or 127 when it could not
    /// start.</returns>
    public static int Run(PackagerCommand command, Variables variables, string? workDir, Deadline limit,
        string? argument = null)
    {
        var argv = new List<string>(command.ToArgv());
        if (argument is not null)
        {
            // sh -c takes the script's name first, then its arguments.
            argv.AddRange(command.List is null && argv[0] == "/bin/sh" ? ["nua", argument] : [argument]);
        }

        return Run(new ChildProgram(argv, variables) { WorkDir = Directory.Exists(workDir) ? workDir : null }, limit);
    }

    public static int Run(ChildProgram program, Deadline limit) => Run(program, limit, GraceMilliseconds);

    /// <param name="grace">Milliseconds between TERM and KILL once the limit is over.</param>
    public static int Run(ChildProgram program, Deadline limit, int grace) =>
        Start(program, out var failure) is { } child ? Wait(child, limit, grace, drain: null) : failure;

    /// <summary>
    /// Runs a command whose output the caller reads meanwhile, and leaves nothing that it started alive.
    /// </summary>
    /// <param name="drain">Called every few milliseconds.</param>
    public static int RunDraining(ChildProgram program, Deadline limit, Action drain)
    {
        if (Start(program, out var failure) is not { } child)
        {
            return failure;
        }

        var status = Wait(child, limit, grace: 0, drain);
        child.Signal(Signals.Kill);
        drain();
        return status;
    }

    private static Child? Start(ChildProgram program, out int failure)
    {
        var child = Child.Start(program, out failure, out var why);
        if (child is null)
        {
            Output.Note($"cannot run the command: {why}");
        }

        return child;
    }

    private static int Wait(Child child, Deadline limit, int grace, Action? drain)
    {
        var timedOut = false;
        while (true)
        {
            if (child.Reap() is { } status)
            {
                return timedOut ? ExitCode.TimedOut : status;
            }

            var signal = Signals.Wait(drain is null ? limit.Left : Math.Min(limit.Left, _drainMilliseconds));
            drain?.Invoke();
            if (signal is not (0 or Signals.Chld))
            {
                child.Signal(signal);
            }
            else if (limit.IsOver)
            {
                child.Signal(timedOut ? Signals.Kill : Signals.Term);
                timedOut = true;
                limit = Deadline.After(grace);
            }
        }
    }
}
