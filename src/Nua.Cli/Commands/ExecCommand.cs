using System.CommandLine;
using Nua.Cli.Parsing;

namespace Nua.Cli.Commands;

/// <summary><c>nua exec</c>: a command inside the live container.</summary>
public static class ExecCommand
{
    private static readonly string[] _agent = ["/nua/bin/nua-agent", "init", "--"];

    public static NuaCommand Create()
    {
        var name = Instances.Name();
        var command = new Argument<string[]>("-- CMD") { Description = "The command and its arguments", Arity = ArgumentArity.OneOrMore };
        return new NuaCommand("exec", "Runs a command inside the running container of an instance.")
        {
            Usage = "NAME -- CMD…",
            Details = "It has the application's environment, user and limits. Its standard input is empty. The exit status is the command's.",
            Examples = [new("look at the data", "nua exec notes -- ls -l /nua/data")],
            Arguments = { name, command },
            Run = async (parsed, session) =>
            {
                var folder = Instances.Folder(parsed.GetRequiredValue(name));
                var record = Instances.Read(folder);
                return await Instances.Engine(record, folder, session).ExecAsync(
                    folder, [.. _agent, .. parsed.GetRequiredValue(command)], (stream, bytes) => Copy(stream == 1 ? session.Screen.OutBytes : session.Screen.ErrorBytes, bytes.Span), session.Cancellation);
            },
        };
    }

    internal static void Copy(Stream to, ReadOnlySpan<byte> bytes)
    {
        to.Write(bytes);
        to.Flush();
    }
}
