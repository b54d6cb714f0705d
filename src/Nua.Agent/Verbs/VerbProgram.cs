using Nua.Agent.Settings;
using Nua.Agent.Templates;
using Nua.Foundation;

namespace Nua.Agent.Verbs;

/// <summary><c>do VERB</c>: one verb's own implementation, what the generated scripts call.</summary>
internal static class VerbProgram
{
    /// <returns>the exit code of the contract.</returns>
    public static int Run(Paths paths, Variables inherited, string verb, IReadOnlyList<string> arguments)
    {
        try
        {
            return Run(VerbContext.Prepare(paths, inherited, verb, arguments));
        }
        catch (ProblemException e) when (verb == Verb.Healthcheck && e.ExitCode != ExitCode.Usage)
        {
            // 0 and 1 are all that engines understand.
            Output.Line(Health.HealthLine.Shorten(e.Problems[0].What, []));
            return ExitCode.Failed;
        }
    }

    /// <summary>
    /// The same when everything is prepared. A refusal is also written to the operator's result file.
    /// </summary>
    public static int Run(VerbContext context)
    {
        try
        {
            return Dispatch(context);
        }
        catch (ProblemException e) when (context.Verb != Verb.Healthcheck)
        {
            ResultFile.Write(context.Variables, null, e.Problems[0].What);
            throw;
        }
    }

    private static int Dispatch(VerbContext context)
    {
        switch (context.Verb)
        {
            case Verb.Start:
                return StartVerb.Run(context);
            case Verb.Stop:
                return StopVerb.Run(context);
            case Verb.Healthcheck:
                return HealthcheckVerb.Run(context);
            case Verb.Restart:
                Render(context);
                return RestartVerb.Run(context);
            case Verb.Upgrade:
                return UpgradeVerb.Run(context);
            case Verb.Rollback:
                return RollbackVerb.Run(context);
            case Verb.Backup:
                return BackupVerb.Run(context);
            default:
                return RestoreVerb.Run(context);
        }
    }

    /// <summary>Renders the image's templates for a verb that is about to run a command of the packager.</summary>
    public static void Render(VerbContext context) =>
        TemplateTree.Render(context.Paths, context.Environment, context.Config.TemplateValues);
}
