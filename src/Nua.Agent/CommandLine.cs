using Nua.Agent.Config;
using Nua.Agent.Gate;
using Nua.Agent.Health;
using Nua.Agent.Init;
using Nua.Agent.Settings;
using Nua.Agent.Steps;
using Nua.Agent.Templates;
using Nua.Agent.Verbs;
using Nua.Agent.Web;
using Nua.Foundation;

namespace Nua.Agent;

/// <summary>
/// <c>init [VERB [ARG] | -- CMD…]</c>, <c>do VERB [ARG]</c>, <c>render</c>, <c>serve ROOT [--spa]</c>, <c>gate OPEN-FILE LISTEN:TARGET[:SECOND]…</c>, <c>steps
/// FILE</c>, <c>request BASE64</c>, <c>version</c>. Under the name of a verb (a link in /nua/scripts) it is <c>do</c> of that verb.
/// </summary>
internal static class CommandLine
{
    public static string Version => typeof(CommandLine).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <returns>the exit code; see <see cref="ExitCode"/>.</returns>
    public static int Run(Paths paths, Variables inherited, string calledAs, string[] arguments)
    {
        try
        {
            var name = Path.GetFileName(calledAs);
            return Verb.IsKnown(name)
                ? VerbProgram.Run(paths, inherited, name, arguments)
                : Dispatch(paths, inherited, arguments);
        }
        catch (ProblemException e)
        {
            Output.Problem(e);
            return e.ExitCode;
        }
        catch (IOException e)
        {
            var problem = Refusal.InputOutput(e.Message, e.HResult);
            Output.Problem(problem);
            return problem.ExitCode;
        }
        catch (UnauthorizedAccessException)
        {
            Output.Problem(Refusal.NoPermission());
            return ExitCode.Permission;
        }
    }

    private static int Dispatch(Paths paths, Variables inherited, string[] arguments)
    {
        switch (arguments)
        {
            case ["init", .. var rest]:
                return InitProgram.Run(paths, inherited, rest);
            case ["do", var verb, .. var rest]:
                return VerbProgram.Run(paths, inherited, verb, rest);
            case ["render"]:
                return Render(paths, inherited);
            case ["serve", var root]:
                return WebProgram.Run(root, spa: false, inherited);
            case ["serve", var root, "--spa"]:
                return WebProgram.Run(root, spa: true, inherited);
            case ["gate", var openFile, .. { Length: > 0 } ports]:
                return GateProgram.Run(openFile, ports);
            case ["steps", var file]:
                return StepRunner.Run(file, inherited);
            case ["request", var request]:
                return RequestProgram.Run(paths, inherited, request);
            case ["version"]:
                Output.Line($"nua-agent {Version}");
                return ExitCode.Done;
            case []:
                throw Refusal.Usage("nua-agent needs a command");
            default:
                throw Refusal.Usage($"nua-agent does not know '{Printable.Escape(string.Join(' ', arguments), 100)}'");
        }
    }

    private static int Render(Paths paths, Variables inherited)
    {
        var config = RuntimeConfigReader.Read(paths.Config);
        var environment = AppEnvironment.Prepare(paths, config, inherited, verb: null, touch: true);
        TemplateTree.Render(paths, environment, config.TemplateValues);
        Output.Line(environment.EtcDirectory);
        return ExitCode.Done;
    }
}
