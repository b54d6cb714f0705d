using Nua.Agent.Data;
using Nua.Agent.Settings;

namespace Nua.Agent.Verbs;

/// <summary>
/// <c>rollback</c>: brings data down to <c>NUA_TO_DATA_VERSION</c> for the older image, if the packager said how.
/// </summary>
internal static class RollbackVerb
{
    /// <returns>3, with nothing touched, when the operator has to use its snapshot.</returns>
    public static int Run(VerbContext context)
    {
        var (data, config) = (context.Data, context.Config);
        DataCheck.RefuseForeign(data, config);
        if (config.Rollback is not { } command)
        {
            return NotSupported("this image has no rollback of its own: go back to the snapshot or the backup");
        }

        if (UpgradeStep.Told(context.Variables, "NUA_TO_DATA_VERSION") is not { } to)
        {
            throw Refusal.SettingsMissing(["NUA_TO_DATA_VERSION"], []);
        }

        var from = data.Version ?? throw Refusal.DataUnknown();
        if (from > config.DataVersion)
        {
            throw Refusal.DataNewer(from, config.DataVersion);
        }

        if (to > from)
        {
            throw Refusal.DataOlder(from, to, config.AppId);
        }

        if (to < (config.RollbackTo ?? 0))
        {
            return NotSupported(
                $"this image rolls back to data version {config.RollbackTo} at the lowest, not to {to}");
        }

        return context.Argument is not null
            ? Plan(context, from, to) : from == to ? Finish(context, to) : Work(context, command, from, to);
    }

    private static int Work(VerbContext context, Config.PackagerCommand command, int from, int to)
    {
        SecretFiles.Require(context.Variables, context.Config);
        if (!context.Data.IsWritable)
        {
            throw Refusal.DataNotWritable(context.Paths.Data, "the folder is missing or cannot be written");
        }

        using var held = DataLock.Take(context.Data, shared: false);
        VerbProgram.Render(context);
        var variables = context.Variables.With(
            ("NUA_FROM_DATA_VERSION", UpgradeStep.Text(from)), ("NUA_TO_DATA_VERSION", UpgradeStep.Text(to)));
        var status = CommandRunner.Run(command, variables, context.Paths.App, context.Limit);
        if (status != ExitCode.Done)
        {
            Output.Note($"the rollback command ended with {status}");
            return status;
        }

        UpgradeVerb.Record(context, to);
        return Finish(context, to);
    }

    private static int Finish(VerbContext context, int to)
    {
        ResultFile.Write(context.Variables, to, $"data version {to}");
        return ExitCode.Done;
    }

    private static int Plan(VerbContext context, int from, int to)
    {
        ResultFile.WriteJson(context.Variables, json =>
        {
            json.WriteNumber("from"u8, from);
            json.WriteNumber("to"u8, to);
            json.WriteNumber("steps"u8, from - to);
        });
        return ExitCode.Done;
    }

    private static int NotSupported(string why)
    {
        Output.Note(why);
        return ExitCode.NotSupported;
    }
}
