using System.CommandLine;
using Nua.Build;
using Nua.Build.Planning;
using Nua.Cli.Output;
using Nua.Cli.Parsing;

namespace Nua.Cli.Commands;

/// <summary><c>nua plan</c>: what a build would do, and why.</summary>
public static class PlanCommand
{
    public static NuaCommand Create()
    {
        var folder = Inputs.Folder();
        var inputs = new BuildInputs();
        return new NuaCommand("plan", "Says what a build would do, and why.")
        {
            Usage = "[DIR] [options]",
            Details = "Each decision with its evidence and the one line of configuration that overrides it. Needs no network and no root, and writes nothing.",
            Examples =
            [
                new("the application in this folder", "nua plan"),
                new("what if it were a static site?", "nua plan --set build.stack=static"),
                new("the start command as a script wants it", "nua plan shop --json | jq -c .start.argv"),
            ],
            JsonFields =
            [
                new("app", "`id`, `version`, `release`, `title`, `image_name`, `image_tag`"),
                new("stack", "`name`, and the `evidence` for it"),
                new("source`, `base", "where the application and the root file system come from"),
                new("run_packages`, `build_packages", "Debian packages in the image; for the build only"),
                new("toolchains[]", "language runtimes and tools: `name`, `version`, `in_image`, `because`"),
                new("phases[]", "what is run, in order: `name`, `network`, `inputs`, `steps`…"),
                new("collects[]", "what goes into the image from where, and into which layer"),
                new("start`, `ports", "how the application starts and listens"),
                new("decisions[]", "`subject`, `value`, `because`, `override`"),
            ],
            Arguments = { folder },
            Options = { inputs.Set, inputs.Base, inputs.Network },
            Run = (parsed, session) => Task.FromResult(Run(inputs.PlanRequest(parsed, parsed.GetRequiredValue(folder)), session)),
        };
    }

    private static int Run(BuildRequest request, Session session)
    {
        var project = ProjectReader.Read(request, session.Messages.Report);
        session.Out.Write(
            session.Json ? JsonText.Indented(json => PlanJson.Write(project.Plan, json)) + "\n" : PlanText.Write(project.Plan));
        return ExitStatus.Done;
    }
}
