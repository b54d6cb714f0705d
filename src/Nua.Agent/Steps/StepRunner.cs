using Nua.Agent.Linux;
using Nua.Agent.Settings;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Agent.Steps;

/// <summary>
/// <c>steps FILE</c>: runs the commands of a build phase inside the sandbox, one after the other, with empty input.
/// Around each it prints on standard output <c>␞STEP n TITLE</c> and, after an empty line, <c>␞DONE n STATUS</c> (␞ is
/// 0x1E). Nothing of a build outlives it.
/// </summary>
internal static class StepRunner
{
    private const int _first = 1;
    private const char _recordSeparator = '\x1e';

    /// <returns>0, or the first status that is not.</returns>
    public static int Run(string file, Variables inherited)
    {
        var steps = StepsFile.Read(file);
        if (Native.GetPid() != _first)
        {
            _ = Libc.Prctl(Native.PrSetChildSubreaper, 1, 0, 0, 0);
        }

        var common = new Variables(inherited);
        foreach (var (name, value) in steps.Env)
        {
            common[name] = value;
        }

        var status = ExitCode.Done;
        for (var i = 0; i < steps.Steps.Count && status == ExitCode.Done; i++)
        {
            Output.Line($"{_recordSeparator}STEP {i + 1} {Printable.Escape(steps.Steps[i].Title)}");
            status = Run(steps.Steps[i], common);

            // The command may have left its last line open; the separator must begin one.
            Output.Line($"\n{_recordSeparator}DONE {i + 1} {status}");
        }

        Leftovers.Kill();
        return status;
    }

    private static int Run(Step step, Variables common)
    {
        var variables = new Variables(common);
        foreach (var (name, value) in step.Env)
        {
            variables[name] = value;
        }

        var child = Child.Start(new ChildProgram(step.Argv, variables) { WorkDir = step.WorkDir }, out var failure,
            out var why);
        if (child is null)
        {
            Output.Note(step.WorkDir is { } directory && !Directory.Exists(directory)
                ? $"there is no folder {Printable.Escape(directory)}"
                : why);
            return failure;
        }

        return Wait(child);
    }

    /// <summary>A request to end goes to the command; a second one is not asked for: the sandbox kills.</summary>
    private static int Wait(Child child)
    {
        while (true)
        {
            if (child.Reap() is { } status)
            {
                return status;
            }

            var signal = Signals.Wait(Deadline.Never.Left);
            if (signal is not (0 or Signals.Chld))
            {
                child.Signal(signal);
            }
        }
    }
}
