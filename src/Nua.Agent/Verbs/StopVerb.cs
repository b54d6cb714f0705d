using System.Text;
using Nua.Agent.Linux;
using Nua.Foundation.Linux;

namespace Nua.Agent.Verbs;

/// <summary>
/// <c>stop</c>: drains through the packager's command; without one asks the container's first process to end.
/// </summary>
internal static class StopVerb
{
    private const int _first = 1;

    public static int Run(VerbContext context)
    {
        if (context.Config.Stop.Command is { } command)
        {
            var seconds = context.SecondsWithin(context.Config.Stop.Timeout);
            return CommandRunner.Run(command, context.Variables.With(VerbContext.Timeout(seconds)), context.Paths.App, Deadline.After(seconds * 1000L));
        }

        if (Native.GetPid() == _first || IsInitOfAnotherVerb())
        {
            Output.Note("nothing is running here");
            return ExitCode.Done;
        }

        if (Libc.Kill(_first, context.Config.Stop.Signal) < 0)
        {
            throw Refusal.InputOutput("cannot signal the container's first process", Posix.LastError);
        }

        return ExitCode.Done;
    }

    /// <summary><c>docker run IMAGE stop</c>: the first process is the agent, and it runs this very verb.</summary>
    private static bool IsInitOfAnotherVerb()
    {
        try
        {
            var words = Encoding.UTF8.GetString(File.ReadAllBytes("/proc/1/cmdline")).Split('\0');
            return words.Length > 2 && Path.GetFileName(words[0]) == "nua-agent" && words[1] == "init"
                && Verb.IsKnown(words[2]) && words[2] != Verb.Start;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
