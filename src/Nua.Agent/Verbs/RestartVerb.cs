namespace Nua.Agent.Verbs;

/// <summary><c>restart</c>: applies changed configuration without dropping work, if the packager said how.</summary>
internal static class RestartVerb
{
    /// <returns>3 when there is no such command: the operator stops and starts.</returns>
    public static int Run(VerbContext context)
    {
        if (context.Config.Restart is { } command)
        {
            return CommandRunner.Run(command, context.Variables, context.Paths.App, context.Limit);
        }

        Output.Note("this image has no restart of its own: stop and start it");
        return ExitCode.NotSupported;
    }
}
