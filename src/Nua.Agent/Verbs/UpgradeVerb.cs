using Nua.Agent.Data;
using Nua.Agent.Settings;

namespace Nua.Agent.Verbs;

/// <summary><c>upgrade</c>: brings data to the image's version; from nothing it is the installation.</summary>
internal static class UpgradeVerb
{
    public static int Run(VerbContext context)
    {
        var step = UpgradeStep.Decide(context.Data, context.Config, context.Variables);
        if (context.Argument is not null)
        {
            return Plan(context, step);
        }

        if (step.IsDone)
        {
            ResultFile.Write(context.Variables, step.To, "nothing to do");
            return ExitCode.Done;
        }

        SecretFiles.Require(context.Variables, context.Config);
        if (!context.Data.IsWritable)
        {
            return WithoutData(context, step);
        }

        if (!step.IsInstall && step.From < step.To && context.Config.Upgrade is null)
        {
            throw Refusal.NoUpgradeStep(step.From, step.To);
        }

        using var held = DataLock.Take(context.Data, shared: false);
        step = UpgradeStep.Decide(context.Data, context.Config, context.Variables);
        return step.IsDone ? ExitCode.Done : Work(context, step);
    }

    private static int Work(VerbContext context, UpgradeStep step)
    {
        var data = context.Data;
        SecretMarks.Require(data, context.Config, context.Variables);
        if (context.Config.Upgrade is { } command && (step.IsInstall || step.From < step.To))
        {
            data.WriteOwn(step.IsInstall ? DataFolder.InstallMark : UpgradeStep.Mark, UpgradeStep.Text(step.From));
            data.WriteOwn(DataFolder.AppFile, context.Config.AppId);
            context.Environment.CreateHome(context.Paths);
            VerbProgram.Render(context);
            var variables = context.Variables.With(
                ("NUA_FROM_DATA_VERSION", UpgradeStep.Text(step.From)),
                ("NUA_TO_DATA_VERSION", UpgradeStep.Text(step.To)));
            var status = CommandRunner.Run(command, variables, context.Paths.App, context.Limit);
            if (status != ExitCode.Done)
            {
                Output.Note($"the upgrade command ended with {status}; run the verb again to go on");
                ResultFile.Write(context.Variables, data.Version, $"the upgrade command ended with {status}");
                return status;
            }
        }

        Record(context, step.To);
        var message = step.IsInstall
            ? $"installed, data version {step.To}" : $"data version {step.From} is now {step.To}";
        Output.Note(message);
        ResultFile.Write(context.Variables, step.To, message);
        return ExitCode.Done;
    }

    /// <summary>
    /// The number comes last but for the marks: a crash before it runs the command again, one after it does not.
    /// </summary>
    public static void Record(VerbContext context, int version)
    {
        var data = context.Data;
        data.WriteOwn(DataFolder.AppFile, context.Config.AppId);
        SecretMarks.Require(data, context.Config, context.Variables);
        data.WriteVersion(version);
        data.DeleteOwn(DataFolder.InstallMark);
        data.DeleteOwn(UpgradeStep.Mark);
    }

    /// <summary>An image that keeps no data needs no volume; one that does cannot go on.</summary>
    private static int WithoutData(VerbContext context, UpgradeStep step)
    {
        if (step.To > 0 || context.Config.Upgrade is not null)
        {
            throw Refusal.DataNotWritable(context.Paths.Data, "the folder is missing or cannot be written");
        }

        ResultFile.Write(context.Variables, null, "nothing to record, /nua/data cannot be written");
        return ExitCode.Done;
    }

    /// <summary>Says what would be done; changes nothing.</summary>
    private static int Plan(VerbContext context, UpgradeStep step)
    {
        var config = context.Config;
        var reversible = config.Rollback is not null && step.From >= (config.RollbackTo ?? 0);
        ResultFile.WriteJson(context.Variables, json =>
        {
            json.WriteNumber("from"u8, step.From);
            json.WriteNumber("to"u8, step.To);
            json.WriteNumber("steps"u8, step.IsDone ? 0 : Math.Max(1, step.To - step.From));
            json.WriteBoolean("reversible"u8, reversible);
        });
        Output.Note(step.IsDone
            ? $"data version {step.To}: nothing to do" : $"data version {step.From} would become {step.To}");
        return ExitCode.Done;
    }
}
