using System.Reflection;
using System.Runtime.InteropServices;
using Nua.Cli.Output;
using Nua.Cli.Parsing;

namespace Nua.Cli.Commands;

/// <summary><c>nua version</c>: which nua this is.</summary>
public static class VersionCommand
{
    /// <summary>Like <c>0.1.0</c>.</summary>
    public static string Version { get; } = typeof(VersionCommand).Assembly.GetName().Version!.ToString(3);

    public static NuaCommand Create() => new("version", "Prints the version of nua and what it is built for.")
    {
        Usage = "[options]",
        Examples = [new("the version as a script wants it", "nua version --json")],
        JsonFields =
        [
            new("version", "version of nua"),
            new("platform", "operating system and architecture nua was compiled for, as OCI names them"),
            new("image_spec", "number of the image specification that built images keep"),
        ],
        Run = (_, session) =>
        {
            session.Out.Write(session.Json ? Json() : $"nua {Version} ({Platform})\n");
            return Task.FromResult(ExitStatus.Done);
        },
    };

    private static string Platform => "linux/" + RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => "amd64",
        Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    };

    private static string Json() => JsonText.Indented(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("version", Version);
        writer.WriteString("platform", Platform);
        writer.WriteNumber("image_spec", 1);
        writer.WriteEndObject();
    }) + "\n";
}
