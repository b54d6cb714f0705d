using System.CommandLine;
using System.Globalization;
using System.Text;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Engine.Logs;
using Nua.Foundation;

namespace Nua.Cli.Commands;

/// <summary><c>nua logs</c>: what an instance printed.</summary>
public static class LogsCommand
{
    public static NuaCommand Create()
    {
        var name = Instances.Name();
        var follow = Inputs.Flag("--follow", "Go on printing what comes, until Ctrl-C", "-f");
        var tail = Inputs.Value("--tail", "N", "Only the last N lines");
        var times = Inputs.Flag("--timestamps", "Begin each line with its time and who wrote it");
        return new NuaCommand("logs", "Prints what the containers of an instance have printed.")
        {
            Usage = "NAME [-f] [--tail N] [--timestamps]",
            Details = "At most 40 MB are kept for each instance; older lines are dropped. On a terminal, characters that would drive it are escaped.",
            Examples = [new("watch it", "nua logs notes -f --tail 20")],
            JsonFields =
            [
                new("time", "RFC 3339, UTC; one object a line"),
                new("source", "`out` and `err` of the application, a verb's name, or `nua` for what was done to it"),
                new("text", "the line"),
            ],
            Arguments = { name },
            Options = { follow, tail, times },
            Run = async (parsed, session) =>
            {
                var folder = Instances.Folder(parsed.GetRequiredValue(name));
                var record = Instances.Read(folder);
                var last = parsed.GetValue(tail) is { } text ? Count(text) : (int?)null;
                var isFollowed = parsed.GetValue(follow);
                void Show(LogLine line) => Print(line, parsed.GetValue(times), session);
                await Instances.Engine(record, folder, session).LogAsync(folder, last, isFollowed, Show, session.Cancellation);
                session.Cancellation.ThrowIfCancellationRequested();
                return ExitStatus.Done;
            },
        };
    }

    private static int Count(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        ? count
        : throw new ProblemException(new Problem("NUA9034", $"'{Printable.Escape(text, 60)}' is not a number of lines")
        {
            Remedy = "write a whole number, such as --tail 100",
        })
        { ExitCode = ExitStatus.Usage };

    private static void Print(LogLine line, bool withTimes, Session session)
    {
        if (session.Json)
        {
            session.Out.WriteLine(JsonText.Line(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("time", line.Time);
                writer.WriteString("source", line.Tag);
                writer.WriteString("text", line.Text);
                writer.WriteEndObject();
            }));
            return;
        }

        var text = session.Screen.IsOutTerminal ? Printable.Escape(line.Text) : line.Text;
        session.Out.WriteLine(withTimes ? $"{line.Time} {line.Tag,-3} {text}" : text);
    }
}
