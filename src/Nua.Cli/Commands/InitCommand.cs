using Nua.Build;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Config;
using Nua.Foundation;
using Nua.Foundation.Durable;

namespace Nua.Cli.Commands;

/// <summary><c>nua init</c>: the plan as a configuration to edit.</summary>
public static class InitCommand
{
    private const string FileName = "nua-config.toml";

    public static NuaCommand Create()
    {
        var folder = Inputs.Folder();
        var inputs = new BuildInputs();
        return new NuaCommand("init", "Writes a commented nua-config.toml with what was detected.")
        {
            Usage = "[DIR] [--set KEY=VALUE]",
            Details = "What identifies the application is written out; every decision is a comment that shows the line to change it. Where nothing is\n" +
                "recognised, the file is a form that says what to fill in. A configuration that is there already is never touched.",
            Examples = [new("for the application in this folder", "nua init"), new("when detection needs help", "nua init --set build.stack=shell")],
            JsonFields = [new("file", "path of the file that was written")],
            Arguments = { folder },
            Options = { inputs.Set },
            Run = (parsed, session) => Task.FromResult(Run(inputs.PlanRequest(parsed, parsed.GetRequiredValue(folder)), session)),
        };
    }

    private static int Run(BuildRequest request, Session session)
    {
        if (ConfigLocator.Locate(request.Directory) is { File: { } existing })
        {
            throw new ProblemException(new Problem("NUA9011", "there is a configuration already")
            {
                Where = Printable.Escape(existing),
                Remedy = "edit it; 'nua plan' shows what it leaves open",
            });
        }

        var draft = ProjectReader.Draft(request, session.Messages.Report);
        var path = Path.Combine(draft.Folder, FileName);
        DurableFile.Replace(path, System.Text.Encoding.UTF8.GetBytes(draft.Text));
        foreach (var open in draft.Open)
        {
            session.Messages.Report(open.Severity != Severity.Error ? open : open with
            {
                Severity = Severity.Warning,
                Remedy = $"fill in the lines after FILL IN in {Printable.Escape(path)}",
            });
        }

        session.Out.WriteLine(session.Json ? Json(path) : Printable.Escape(path));
        return ExitStatus.Done;
    }

    private static string Json(string path) => JsonText.Indented(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("file", path);
        writer.WriteEndObject();
    });
}
