using Nua.Agent.Linux;
using Nua.Agent.Verbs;
using Nua.Foundation.Linux;

namespace Nua.Agent.Init;

/// <summary>How the first process ends its child.</summary>
/// <param name="Signal">What the child is asked with.</param>
/// <param name="TimeoutMilliseconds">From the request until KILL, the stop command included.</param>
/// <param name="Command">Run before the signal; null for none.</param>
internal sealed record StopPlan(int Signal, long TimeoutMilliseconds, ChildProgram? Command)
{
    /// <summary>For one-shot commands: pass the signal on, KILL after the contract's ten seconds.</summary>
    public static StopPlan PassOn { get; } = new(0, CommandRunner.GraceMilliseconds, null);

    /// <summary>A shell lives on when it is interrupted.</summary>
    public static StopPlan PassOnInteractive { get; } = PassOn with { IsInterruptRequest = false };

    /// <summary>SIGINT asks to end, as SIGTERM does.</summary>
    public bool IsInterruptRequest { get; init; } = true;
}

/// <param name="Status">the child's exit status; 128 + n for a signal; 126 or 127 when it could not start.</param>
/// <param name="WasAsked">The container was asked to end meanwhile: what would come next must not begin.</param>
internal readonly record struct Ending(int Status, bool WasAsked);

/// <summary>
/// Runs one child as the first process of a container does: passes signals to the child's group, reaps orphans, ends
/// the child when asked to, and returns its exit status.
/// </summary>
internal sealed class Supervisor
{
    private const int _first = 1;

    /// <summary>What is left over when the main child has ended by itself gets this long.</summary>
    private const int _leftoverMilliseconds = 2000;

    private readonly Child _child;
    private readonly StopPlan _stop;
    private Deadline _limit;
    private Child? _stopCommand;
    private Deadline _commandLimit = Deadline.Never;
    private Deadline _kill = Deadline.Never;
    private bool _isStopping;
    private bool _isSignalled;
    private bool _timedOut;
    private bool _wasAsked;
    private int? _status;

    private Supervisor(Child child, StopPlan stop, Deadline limit) => (_child, _stop, _limit) = (child, stop, limit);

    /// <param name="limit">When the child is ended with TERM and the status becomes 124.</param>
    public static Ending Run(ChildProgram program, StopPlan stop, Deadline limit)
    {
        if (Native.GetPid() != _first)
        {
            // Orphans come here even where somebody else is the first process.
            _ = Libc.Prctl(Native.PrSetChildSubreaper, 1, 0, 0, 0);
        }

        var child = Child.Start(program, out var failure, out var why);
        if (child is null)
        {
            Output.Note($"cannot start: {why}");
            return new Ending(failure, WasAsked: false);
        }

        return new Supervisor(child, stop, limit).Run();
    }

    private Ending Run()
    {
        while (_status is null)
        {
            var signal = Signals.Wait(NextDeadline().Left);
            Reap();
            if (signal is not (0 or Signals.Chld))
            {
                Receive(signal);
            }

            CheckDeadlines();
        }

        EndLeftovers();
        return new Ending(_timedOut ? ExitCode.TimedOut : _status.Value, _wasAsked);
    }

    private void Reap()
    {
        while (Child.ReapOne(out var pid, out var status))
        {
            if (pid == _child.Pid)
            {
                _status = status;
            }
            else if (pid == _stopCommand?.Pid)
            {
                if (status != ExitCode.Done)
                {
                    Output.Note($"the stop command ended with {status}");
                }

                SignalChild();
            }
        }
    }

    private void Receive(int signal)
    {
        var isRequest = signal == Signals.Term || signal == _stop.Signal
            || (signal == Signals.Int && _stop.IsInterruptRequest);
        if (!isRequest)
        {
            _child.Signal(signal);
        }
        else if (!_isStopping)
        {
            _wasAsked = true;
            BeginStop(signal);
        }
        else if (!_isSignalled)
        {
            // Asked twice: do not wait for the stop command.
            SignalChild();
        }
        else
        {
            _child.Signal(signal);
        }
    }

    private void BeginStop(int signal)
    {
        _isStopping = true;
        _kill = Deadline.After(_stop.TimeoutMilliseconds);
        if (_stop.Signal == 0)
        {
            _isSignalled = true;
            _child.Signal(signal);
            return;
        }

        if (_stop.Command is { } command)
        {
            _stopCommand = Child.Start(command, out _, out var why);
            if (_stopCommand is not null)
            {
                // The application needs some of the time for itself.
                _commandLimit = Deadline.After(_stop.TimeoutMilliseconds * 2 / 3);
                return;
            }

            Output.Note($"cannot run the stop command: {why}");
        }

        SignalChild();
    }

    private void SignalChild()
    {
        _commandLimit = Deadline.Never;
        if (!_isSignalled)
        {
            _isSignalled = true;
            _child.Signal(_stop.Signal);
            _child.Signal(_continue);
        }
    }

    /// <summary>A stopped process would not notice that it is to end.</summary>
    private const int _continue = 18;

    private void CheckDeadlines()
    {
        if (_limit.IsOver)
        {
            _timedOut = true;
            _limit = Deadline.Never;
            BeginStop(Signals.Term);
        }

        if (_commandLimit.IsOver)
        {
            Output.Note("the stop command took too long");
            _stopCommand?.Signal(Signals.Kill);
            SignalChild();
        }

        if (_kill.IsOver && _status is null)
        {
            Output.Note("the application did not end in time and is killed");
            _child.Signal(Signals.Kill);
            _kill = Deadline.After(CommandRunner.GraceMilliseconds);
        }
    }

    private Deadline NextDeadline()
    {
        var next = _commandLimit.IsBefore(_kill) ? _commandLimit : _kill;
        return next.IsBefore(_limit) ? next : _limit;
    }

    /// <summary>
    /// Workers may outlive the process that led them: they get the rest of the stop time, or two seconds, before KILL.
    /// </summary>
    private void EndLeftovers()
    {
        var until = _isStopping ? _kill : Deadline.After(_leftoverMilliseconds);
        SignalLeftovers(Signals.Term);
        while (!until.IsOver && HasLeftovers())
        {
            _wasAsked |= Signals.Wait(Math.Min(until.Left, 50)) is Signals.Term or Signals.Int;
        }

        SignalLeftovers(Signals.Kill);
    }

    private bool HasLeftovers()
    {
        while (Child.ReapOne(out _, out _))
        {
        }

        // With no child left at all there is nobody to wait for; only the first process may ask about everybody.
        return Native.GetPid() == _first ? Libc.Kill(-1, 0) == 0 : _child.GroupIsAlive;
    }

    private void SignalLeftovers(int signal)
    {
        if (Native.GetPid() == _first)
        {
            _ = Libc.Kill(-1, signal);
        }
        else
        {
            _child.Signal(signal);
        }
    }
}
