using System.Globalization;
using System.Runtime.InteropServices;
using Nua.Foundation.Linux;

namespace Nua.Agent.Linux;

/// <summary>
/// Signals are not handled, they are waited for: every forwardable signal is blocked in every thread and taken out of
/// the kernel's queue one by one, so none is lost and no code ever runs in a handler.
/// </summary>
internal static unsafe class Signals
{
    public const int Hup = 1, Int = 2, Quit = 3, Kill = 9, Pipe = 13, Term = 15, Chld = 17, Stop = 19;

    /// <summary>
    /// The first real-time signal; the .NET runtime stops its threads with it, so it can not be forwarded.
    /// </summary>
    public const int RealTimeMin = 34;

    private const int _ignore = 1;
    private const int _last = 64;
    private const int _setWords = 16;

    /// <summary>Another thread may have taken a signal away: do not rely on being woken.</summary>
    private const int _shortWait = 20;

    private static Blocking _blocking = Blocking.Nothing;

    private enum Blocking
    {
        /// <summary>This code runs inside of another program, whose signals are not to be touched.</summary>
        Nothing,
        MainThread,
        AllThreads,
    }

    private static readonly string[] _names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>
    /// Signals that mean a fault of this very process, that cannot be blocked, or that belong to the runtime.
    /// </summary>
    private static bool IsOwn(int signal) =>
        signal is 4 or 5 or 6 or 7 or 8 or Kill or 11 or Pipe or Stop or 31 or (> 31 and <= RealTimeMin);

    /// <summary>Every signal that is waited for: the forwardable ones and SIGCHLD.</summary>
    public static ulong WaitedSet { get; } = MakeSet(static signal => !IsOwn(signal));

    /// <summary>The variable that tells the program that it executed itself; what it starts does not get it.</summary>
    public const string SecondStart = "NUA_AGENT_SECOND_START";

    /// <summary>
    /// Blocks the waited signals. A thread that existed before would still be struck, and .NET has started one by the
    /// time this runs; so the program executes itself once more, and the new one has them blocked from its first
    /// instruction.
    /// </summary>
    public static void BlockInAllThreads()
    {
        // A closed log pipe must not end PID 1; children get the default back.
        _ = Native.Signal(Pipe, _ignore);
        var set = stackalloc ulong[_setWords];
        var old = stackalloc ulong[_setWords];
        set[0] = WaitedSet;
        _ = Native.SigMask(Native.SigBlock, set, old);
        _blocking = (old[0] & WaitedSet) == WaitedSet ? Blocking.AllThreads : Blocking.MainThread;
        if (_blocking == Blocking.AllThreads)
        {
            return;
        }

        // Where /proc is missing, or a new program does not keep the mask (emulators), this goes on with the main thread's mask alone, and looks around more
        // often.
        if (Environment.ProcessPath is { } self && Environment.GetEnvironmentVariable(SecondStart) is null)
        {
            var variables = Settings.Variables.Inherited();
            variables[SecondStart] = "1";
            _ = Executable.Replace(self, Environment.GetCommandLineArgs(), variables, keepMask: true);
        }
    }

    /// <summary>Gives an executed program the dispositions and the mask that programs expect.</summary>
    public static void RestoreDefaults(bool keepMask)
    {
        _ = Native.Signal(Pipe, 0);
        if (!keepMask)
        {
            var none = stackalloc ulong[_setWords];
            _ = Native.SigMask(Native.SigSetMask, none, null);
        }
    }

    /// <summary>
    /// Takes the next signal out of the queue; 0 when none came within <paramref name="milliseconds"/>.
    /// </summary>
    public static int Wait(long milliseconds)
    {
        milliseconds = _blocking == Blocking.AllThreads ? milliseconds : Math.Min(milliseconds, _shortWait);
        if (_blocking == Blocking.Nothing)
        {
            Thread.Sleep((int)milliseconds);
            return 0;
        }

        var set = stackalloc ulong[_setWords];
        set[0] = WaitedSet;
        var time = new Libc.TimeSpec { Seconds = milliseconds / 1000, Nanoseconds = milliseconds % 1000 * 1_000_000 };
        var signal = Native.SigTimedWait(set, null, &time);
        return Math.Max(signal, 0);
    }

    /// <summary>Reads <c>SIGTERM</c>, <c>TERM</c>, <c>15</c> or <c>SIGRTMIN+3</c>.</summary>
    public static bool TryParse(string text, out int signal)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out signal))
        {
            return signal is > 0 and <= _last;
        }

        var name = text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text[3..] : text;
        if (name.StartsWith("RTMIN", StringComparison.OrdinalIgnoreCase))
        {
            var offset = 0;
            var valid = name.Length == 5
                || int.TryParse(name[5..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out offset);
            signal = RealTimeMin + offset;
            return valid && signal is >= RealTimeMin and <= _last;
        }

        signal = Array.FindIndex(_names, 1, candidate => candidate.Equals(name, StringComparison.OrdinalIgnoreCase));
        return signal > 0;
    }

    public static string Name(int signal) =>
        signal > 0 && signal < _names.Length ? "SIG" + _names[signal] : $"signal {signal}";

    internal static void FillForChild(ulong* defaults) =>
        defaults[0] = MakeSet(static signal => signal is not (Kill or Stop) and < 32);

    private static ulong MakeSet(Func<int, bool> contains)
    {
        ulong set = 0;
        for (var signal = 1; signal <= _last; signal++)
        {
            if (contains(signal))
            {
                set |= 1UL << (signal - 1);
            }
        }

        return set;
    }
}
