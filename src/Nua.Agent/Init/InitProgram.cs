using Nua.Agent.Config;
using Nua.Agent.Data;
using Nua.Agent.Linux;
using Nua.Agent.Settings;
using Nua.Agent.Templates;
using Nua.Agent.Verbs;
using Nua.Foundation;

namespace Nua.Agent.Init;

/// <summary>
/// <c>init</c>, the image's entry point: prepares everything, runs one verb or command as its child, and is the
/// container's first process meanwhile. Without a verb it installs into empty data, then starts.
/// </summary>
internal static class InitProgram
{
    /// <param name="arguments">Nothing; a verb and its argument; or <c>--</c> and a command.</param>
    public static int Run(Paths paths, Variables inherited, IReadOnlyList<string> arguments)
    {
        if (arguments.Count > 0 && arguments[0] == "--")
        {
            return arguments.Count > 1
                ? RunCommand(paths, inherited, [.. arguments.Skip(1)])
                : throw Refusal.Usage("init -- wants a command");
        }

        return arguments.Count == 0 ? Start(paths, inherited, install: true)
            : arguments[0] == Verb.Start && arguments.Count == 1 ? Start(paths, inherited, install: false)
            : RunVerb(VerbContext.Prepare(paths, inherited, arguments[0], [.. arguments.Skip(1)])).Status;
    }

    private static int Start(Paths paths, Variables inherited, bool install)
    {
        var context = VerbContext.Prepare(paths, inherited, Verb.Start, []);
        SecretFiles.Require(context.Variables, context.Config);
        if (install && DataCheck.ForStart(context.Data, context.Config, context.Variables) == DataState.Empty)
        {
            var installed = Install(context, inherited);
            if (installed.Status != ExitCode.Done || installed.WasAsked)
            {
                return installed.WasAsked ? ExitCode.SignalBase + Signals.Term : installed.Status;
            }
        }

        using var held = StartVerb.TakeData(context);
        VerbProgram.Render(context);
        var program = ImageScript.Of(paths, Verb.Start).ToProgram(context, held is null ? null : "init");
        return Supervisor.Run(program, StopOf(context), Deadline.Never).Status;
    }

    /// <summary>The first start on empty data: the image's own <c>upgrade</c>, from nothing.</summary>
    private static Ending Install(VerbContext start, Variables inherited)
    {
        var told = inherited.With(("NUA_REASON", "install"), ("NUA_FROM_DATA_VERSION", "0"));
        var context = VerbContext.Prepare(start.Paths, told, Verb.Upgrade, []);
        var name = Printable.Escape($"{context.Config.AppId} {context.Config.Version}");
        Output.Note($"the data is empty: installing {name}");
        var ending = RunVerb(context);
        if (ending.Status != ExitCode.Done)
        {
            Output.Note($"the installation ended with {ending.Status}; the next start tries again");
        }

        return ending;
    }

    /// <summary>
    /// A packager's own script for a verb that keeps records gets them kept, as if it had been given as a command;
    /// anything else is run as it is.
    /// </summary>
    private static Ending RunVerb(VerbContext context)
    {
        var script = ImageScript.Of(context.Paths, context.Verb);
        if (script.IsPackagers && script.AsCommandIn(context) is { } recorded)
        {
            return new Ending(VerbProgram.Run(recorded), WasAsked: false);
        }

        if (script.IsPackagers && !Verb.IsOnlyLooking(context.Verb))
        {
            VerbProgram.Render(context);
        }

        return Supervisor.Run(script.ToProgram(context, null), StopPlan.PassOn, context.Limit);
    }

    /// <summary>
    /// Any command in the prepared environment. It must work in a broken image too: that is when people need it.
    /// </summary>
    private static int RunCommand(Paths paths, Variables inherited, IReadOnlyList<string> command)
    {
        var variables = inherited;
        try
        {
            var config = RuntimeConfigReader.Read(paths.Config);
            var environment = AppEnvironment.Prepare(paths, config, inherited, verb: null, touch: true);
            variables = environment.Variables;
            TemplateTree.Render(paths, environment, config.TemplateValues);
        }
        catch (ProblemException e)
        {
            Output.Problem(e);
        }

        return Supervisor.Run(new ChildProgram(command, variables) { Interactive = true }, StopPlan.PassOnInteractive,
            Deadline.Never).Status;
    }

    private static StopPlan StopOf(VerbContext context)
    {
        var stop = context.Config.Stop;
        ChildProgram? command = null;
        if (stop.Command is { } given)
        {
            var variables = context.Variables.With(("NUA_VERB", Verb.Stop), ("NUA_REASON", "shutdown"), VerbContext.Timeout(stop.Timeout));
            command = new ChildProgram(given.ToArgv(), variables)
            {
                WorkDir = Directory.Exists(context.Paths.App) ? context.Paths.App : null,
            };
        }

        return new StopPlan(stop.Signal, stop.Timeout * 1000L, command);
    }
}
