using System.Globalization;
using Nua.Agent.Config;
using Nua.Agent.Health;
using Nua.Agent.Linux;
using Nua.Agent.Settings;

namespace Nua.Agent.Verbs;

/// <summary>
/// <c>healthcheck [live|ready|started]</c>: the packager's command; else HTTP where a path is declared; else a TCP
/// connection to
/// <c>PORT</c>; an application without a port is well while its process runs. Exits 0 or 1 only, prints one line, ends itself in time and leaves no process behind.
/// </summary>
internal static class HealthcheckVerb
{
    private const string _ready = "ready";
    private const int _margin = 200;

    public static int Run(VerbContext context)
    {
        var kind = context.Argument ?? _ready;
        var seconds = context.SecondsWithin(context.Config.Health.Timeout);
        // A little less than the engine waits, so that it is this program that says what happened.
        var limit = Deadline.After((seconds * 1000L) - _margin);
        var (healthy, text) = context.Config.Health.Command is { } command ? Command(context, command, kind, seconds, limit)
            : context.Variables["PORT"] is not { } port || context.Config.Port is null ? Running()
            : context.Config.Health.Http is { } path
                ? Http(int.Parse(port, CultureInfo.InvariantCulture), path, kind, limit)
            : Tcp(int.Parse(port, CultureInfo.InvariantCulture), limit);
        Output.Line(HealthLine.Shorten(text, SecretFiles.Values(context.Variables, context.Config)));
        return healthy ? ExitCode.Done : ExitCode.Failed;
    }

    private static (bool, string) Running() =>
        ApplicationProcess.IsThere() ? (true, "the application runs") : (false, "the application does not run");

    private static (bool, string) Tcp(int port, Deadline limit)
    {
        using var probe = Probe.Connect(port, limit, out var why);
        return probe is null ? (false, $"port {port}: {why}") : (true, $"port {port} accepts connections");
    }

    /// <summary>
    /// Live and started: any answer shows that the program can serve, even one that says a dependency is away.
    /// </summary>
    private static (bool, string) Http(int port, string path, string kind, Deadline limit)
    {
        var answer = HttpProbe.Get(port, path.StartsWith('/') ? path : "/" + path, limit, out var why);
        if (answer is null)
        {
            return (false, $"port {port}{path}: {why}");
        }

        var redirect = answer.Location is { } location ? $" to {location}" : "";
        return (kind != _ready || answer.IsGood, $"{path}: HTTP {answer.Status}{redirect}");
    }

    private static (bool, string) Command(VerbContext context, PackagerCommand command, string kind, int seconds, Deadline limit)
    {
        using var output = new OutputPipe();
        var variables = context.Variables.With(("NUA_HEALTH", kind), VerbContext.Timeout(seconds));
        var program = new ChildProgram(command.ToArgv(), variables)
        {
            WorkDir = Directory.Exists(context.Paths.App) ? context.Paths.App : null,
            OutputFd = output.WriteEnd,
        };
        var status = CommandRunner.RunDraining(program, limit, output.Drain);
        if (status == ExitCode.TimedOut)
        {
            return (false, "the command was not done in time");
        }

        var said = output.Text;
        if (said.Trim().Length == 0)
        {
            said = status == 0 ? "healthy" : $"the command ended with {status}";
        }

        return (status == 0, said);
    }
}
