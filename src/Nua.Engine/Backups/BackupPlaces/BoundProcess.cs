using System.ComponentModel;
using System.Diagnostics;
using Nua.Foundation;

namespace Nua.Engine.Backups.BackupPlaces;

/// <summary>Starts a program that the kernel ends when we end, however that comes.</summary>
internal static class BoundProcess
{
    /// <summary>The kernel looks at the thread that started it, so that thread stays for as long as the program does.</summary>
    /// <exception cref="ProblemException">NUA5143 <c>setpriv</c> is missing.</exception>
    public static Process Start(PlaceTool tool, IReadOnlyList<string> arguments)
    {
        var start = StartInfo(tool, arguments);
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                var process = Process.Start(start)!;
                started.SetResult(process);
                process.WaitForExit();
            }
            catch (InvalidOperationException)
            {
                // Its owner has let go of it.
            }
            catch (Win32Exception failure)
            {
                started.SetException(failure);
            }
        })
        { IsBackground = true };
        thread.Start();
        return started.Task.GetAwaiter().GetResult();
    }

    private static ProcessStartInfo StartInfo(PlaceTool tool, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(
            PlaceTool.Locate("setpriv", "util-linux"), ["--pdeathsig", "KILL", "--", tool.Program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in tool.Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
