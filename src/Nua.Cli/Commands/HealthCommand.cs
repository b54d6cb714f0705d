using System.CommandLine;
using Nua.Cli.Parsing;

namespace Nua.Cli.Commands;

/// <summary><c>nua health</c>: runs the image's health check now.</summary>
public static class HealthCommand
{
    private const string Script = "/nua/scripts/healthcheck";

    public static NuaCommand Create()
    {
        var name = Instances.Name();
        var kind = new Argument<string>("KIND") { Description = "live, ready or started", DefaultValueFactory = _ => "ready" };
        kind.AcceptOnlyFromAmong("live", "ready", "started");
        return new NuaCommand("health", "Runs the health check of an instance and prints what it says.")
        {
            Usage = "NAME [live|ready|started]",
            Examples = [new("can it do useful work?", "nua health notes")],
            ExitStatuses = [new(0, "it is well"), new(1, "it is not, or it is not running")],
            Arguments = { name, kind },
            Run = async (parsed, session) =>
            {
                var folder = Instances.Folder(parsed.GetRequiredValue(name));
                var record = Instances.Read(folder);
                var status = await Instances.Engine(record, folder, session).ExecAsync(
                    folder, [Script, parsed.GetRequiredValue(kind)],
                    (stream, bytes) => ExecCommand.Copy(stream == 1 ? session.Screen.OutBytes : session.Screen.ErrorBytes, bytes.Span), session.Cancellation);
                return status == 0 ? ExitStatus.Done : ExitStatus.Failed;
            },
        };
    }
}
