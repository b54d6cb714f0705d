using System.CommandLine;
using System.CommandLine.Parsing;
using Nua.Cli.Parsing;
using Nua.Engine;
using Nua.Engine.Foreground;
using Nua.Foundation;

namespace Nua.Cli.Commands;

/// <summary><c>nua run</c>: one container in the foreground.</summary>
public static class RunCommand
{
    private const string HostNetwork = "host";

    public static NuaCommand Create()
    {
        var target = new Argument<string>("IMAGE|DIR") { Description = "An image, or a folder that is built first" };
        var rest = new Argument<string[]>("VERB|-- CMD")
        {
            Description = "A verb of the image with its arguments; after '--' any command. Left out: install if the data is empty, then start",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var port = Inputs.Values("--publish", "HOST[:PORT]", "Port of this machine that leads to one of the container, $PORT when left out", "-p");
        var env = Inputs.Values("--env", "NAME[=VALUE]", "Variable for the container; without VALUE, this machine's own", "-e");
        var data = Inputs.Value("--data", "DIR", "Folder for /nua/data; without it data vanishes with the container");
        var network = Inputs.Value("--network", "none|host", "What the container reaches: nothing but -p (default), or all that this machine does");
        network.AcceptOnlyFromAmong("none", HostNetwork);
        var inputs = new BuildInputs();
        return new NuaCommand("run", "Runs one container in the foreground, and removes it at the end.")
        {
            Usage = "IMAGE|DIR [-p HOST[:PORT]] [-e NAME=VALUE] [--data DIR] [VERB | -- CMD…]",
            Details = "The exit status is the container's. Its root is read-only, it has no capability, and Ctrl-C asks it to stop.\n\n"
                + "Settings that `nua up` would make are made for this one run: "
                + "generated texts (with --data only those that need\nnot be kept), the machine's address, and those made from others.\n\n" + Inputs.ImageForms,
            Examples =
            [
                new("build the application in this folder if needed, and serve it on port 8080", "nua run . -p 8080"),
                new("an image, with data that stays", "nua run nua-notes:1.0 -p 8080 --data ./data -e SITE_NAME=Notes"),
                new("one verb", "nua run nua-notes:1.0 --data ./data upgrade"),
                new("look around", "nua run nua-notes:1.0 -- ls -l /nua"),
            ],
            ExitStatuses = [new(0, "the container ended well"), new(1, "it could not be started, or ended with 1; others are the container's")],
            Arguments = { target, rest },
            Options = { port, env, data, network, inputs.Set, inputs.Secret, inputs.NoCache },
            Run = async (parsed, session) =>
            {
                var (verb, command) = Rest(parsed, parsed.GetValue(rest) ?? []);
                var ports = (parsed.GetValue(port) ?? []).Select(PublishedPort.Parse).ToList();
                var variables = SettingsInputs.Variables(parsed.GetValue(env) ?? []);
                var request = new RunRequest
                {
                    Image = (await RunnableImage.FindAsync(parsed.GetRequiredValue(target), inputs, parsed, session)).Image,
                    StoreHome = Locations.StoreHome(),
                    Ports = ports,
                    Env = variables,
                    DataFolder = parsed.GetValue(data),
                    Verb = verb,
                    Command = command,
                    UsesHostNetwork = parsed.GetValue(network) == HostNetwork,
                    Output = session.Screen.OutBytes,
                    Error = session.Screen.ErrorBytes,
                    Tell = session.Messages.Note,
                };
                return await ForegroundRun.RunAsync(request, session.Cancellation);
            },
        };
    }

    /// <summary>What stands before <c>--</c> is a verb, what stands after it a command; both at once make no sense.</summary>
    private static (string[] Verb, string[] Command) Rest(ParseResult parsed, string[] rest)
    {
        var dashes = parsed.Tokens.ToList().FindIndex(token => token.Type == TokenType.DoubleDash);
        var after = dashes < 0 ? 0 : parsed.Tokens.Count - dashes - 1;
        if (after > 0 && after < rest.Length)
        {
            throw new ProblemException(new Problem("NUA9012", "a verb and a command cannot both be run")
            {
                Why = $"'{Printable.Escape(string.Join(' ', rest[..^after]))}' stands before '--', '{Printable.Escape(string.Join(' ', rest[^after..]))}' after it",
                Remedy = "leave out one of them",
            })
            { ExitCode = ExitStatus.Usage };
        }

        return after > 0 ? ([], rest) : (rest, []);
    }
}
