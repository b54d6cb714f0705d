using System.Runtime.InteropServices;
using Nua.Agent.Settings;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Agent.Linux;

/// <summary>A program to start as a child.</summary>
/// <param name="Argv">The first element is looked up in the variables' <c>PATH</c> when it has no slash.</param>
internal sealed record ChildProgram(IReadOnlyList<string> Argv, Variables Variables)
{
    /// <summary>Absolute; null is the agent's own.</summary>
    public string? WorkDir { get; init; }

    /// <summary>
    /// Keeps the agent's standard input and, on a terminal, becomes its foreground group; else the input is empty.
    /// </summary>
    public bool Interactive { get; init; }

    /// <summary>Where standard output and error go; null is the agent's own.</summary>
    public int? OutputFd { get; init; }
}

/// <summary>A running child. It leads a process group of its own, so signals reach everything it started.</summary>
internal sealed unsafe class Child
{
    private const string _shell = "/bin/sh";
    private const int _setWords = 16;
    private const int _anybody = -1;

    private Child(int pid) => Pid = pid;

    public int Pid { get; }

    /// <summary>
    /// Starts a program, or says with what status it counts as ended: 127 not found, 126 not executable.
    /// </summary>
    public static Child? Start(ChildProgram program, out int failure, out string why)
    {
        failure = 0;
        why = "";
        var name = program.Argv[0];
        if (Executable.Find(name, program.Variables, program.WorkDir) is not { } file)
        {
            (failure, why) = (ExitCode.NotFound, $"no program '{Printable.Escape(name, 200)}' in PATH");
            return null;
        }

        var error = Spawn(file, program.Argv, program, out var pid);
        if (error == Native.ENoExec && Executable.IsExecutable(_shell))
        {
            // A script without "#!": what execvp and every shell do with it.
            error = Spawn(_shell, ["sh", file, .. program.Argv.Skip(1)], program, out pid);
        }

        if (error == 0)
        {
            return new Child(pid);
        }

        failure = error == Libc.ENoEnt ? ExitCode.NotFound : ExitCode.NotExecutable;
        why = Printable.Escape(file, 200) + ": " + Marshal.GetPInvokeErrorMessage(error)
            + (error == Libc.ENoEnt && FileStatus.Of(file) is not null ? " (its interpreter is not in the image)" : "");
        return null;
    }

    /// <summary>Signals the whole group; false when nothing of it is left.</summary>
    public bool Signal(int signal) => Libc.Kill(-Pid, signal) == 0 || Posix.LastError != Native.ESrch;

    public bool GroupIsAlive => Signal(0);

    /// <summary>
    /// Reaps this child if it has ended; as the first process of a container, every other that has ended as well.
    /// </summary>
    /// <returns>this child's exit status (128 + n for a signal) once it has ended, else null.</returns>
    public int? Reap()
    {
        int? own = null;
        var which = Native.GetPid() == 1 ? _anybody : Pid;
        while (Reap(which, out var pid, out var status))
        {
            if (pid == Pid)
            {
                own = status;
            }
        }

        return own;
    }

    /// <summary>Reaps one ended child, whichever; false when none has ended.</summary>
    public static bool ReapOne(out int pid, out int status) => Reap(_anybody, out pid, out status);

    private static bool Reap(int which, out int pid, out int status)
    {
        int raw;
        pid = Native.WaitPid(which, &raw, Native.WNoHang);
        status = (raw & 0x7f) == 0 ? (raw >> 8) & 0xff : 128 + (raw & 0x7f);
        return pid > 0;
    }

    private static int Spawn(string file, IReadOnlyList<string> argv, ChildProgram program, out int pid)
    {
        var attributes = stackalloc byte[Native.SpawnBlockSize];
        var actions = stackalloc byte[Native.SpawnBlockSize];
        var defaults = stackalloc ulong[_setWords];
        var mask = stackalloc ulong[_setWords];
        Signals.FillForChild(defaults);
        _ = Native.SpawnAttrInit(attributes);
        _ = Native.SpawnAttrSetFlags(attributes,
            Native.SpawnSetPGroup | Native.SpawnSetSigDef | Native.SpawnSetSigMask);
        _ = Native.SpawnAttrSetPGroup(attributes, 0);
        _ = Native.SpawnAttrSetSigDefault(attributes, defaults);
        _ = Native.SpawnAttrSetSigMask(attributes, mask);
        _ = Native.SpawnActionsInit(actions);
        AddActions(actions, program);
        using var arguments = new ByteStrings(argv);
        using var environ = new ByteStrings(program.Variables.ToEnviron());
        var error = Native.PosixSpawn(out pid, Posix.Path(file), actions, attributes, arguments.Pointer,
            environ.Pointer);
        _ = Native.SpawnActionsDestroy(actions);
        _ = Native.SpawnAttrDestroy(attributes);
        return error;
    }

    private static void AddActions(byte* actions, ChildProgram program)
    {
        if (program.Interactive)
        {
            if (Native.IsATty(0) == 1)
            {
                _ = Native.SpawnActionsAddTcSetPGrp(actions, 0);
            }
        }
        else
        {
            _ = Native.SpawnActionsAddOpen(actions, 0, "/dev/null\0"u8, Libc.ORdOnly, 0);
        }

        if (program.OutputFd is { } output)
        {
            _ = Native.SpawnActionsAddDup2(actions, output, 1);
            _ = Native.SpawnActionsAddDup2(actions, output, 2);
        }

        if (program.WorkDir is { } directory)
        {
            _ = Native.SpawnActionsAddChDir(actions, Posix.Path(directory));
        }
    }
}
