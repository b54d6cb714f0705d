using System.CommandLine;
using Nua.Cli.Parsing;

namespace Nua.Cli.Commands;

/// <summary><c>nua save</c>: an image of the store as a folder or file.</summary>
public static class SaveCommand
{
    public static NuaCommand Create()
    {
        var image = Inputs.Image(description: "A name or digest in the local store");
        var destination = new Argument<string>("DEST") { Description = CopyCommand.Forms };
        var without = Inputs.WithoutAttachments();
        return new NuaCommand("save", "Writes an image of the local store to a folder or file.")
        {
            Usage = "IMAGE DEST",
            Examples =
            [
                new("a file for a machine without a network", "nua save nua-notes:1.0 oci-archive:notes.tar"),
                new("what 'docker load' takes", "nua save nua-notes:1.0 docker-archive:notes-docker.tar:nua-notes:1.0"),
            ],
            ExitStatuses = RegistryStatuses.All,
            Options = { without },
            Arguments = { image, destination },
            Run = (parsed, session) => CopyCommand.RunAsync(
                parsed.GetRequiredValue(image),
                Locations.Parse(parsed.GetRequiredValue(destination)),
                platform: null,
                new ImagePlaces(session, isPlain: false, !parsed.GetValue(without)),
                session),
        };
    }
}
