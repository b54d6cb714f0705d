using System.CommandLine;
using Nua.Cli.Parsing;
using Nua.Foundation;

namespace Nua.Cli.Commands;

/// <summary><c>nua tag</c>: another name for an image of the store.</summary>
public static class TagCommand
{
    public static NuaCommand Create()
    {
        var image = Inputs.Image(description: "A name or digest in the local store");
        var name = new Argument<string>("NAME[:TAG]") { Description = "The new name; an image that had it before loses it" };
        return new NuaCommand("tag", "Gives an image of the local store another name.")
        {
            Usage = "IMAGE NAME[:TAG]",
            Examples = [new("what is tried now is what runs", "nua tag nua-notes:1.1 notes:production")],
            Arguments = { image, name },
            Run = (parsed, session) => Task.FromResult(
                Run(parsed.GetRequiredValue(image), parsed.GetRequiredValue(name), session)),
        };
    }

    private static int Run(string image, string name, Session session)
    {
        var full = Locations.StoreName(name);
        var store = Locations.OpenStore();
        var found = store.Resolve(image);
        store.Tag(found.Manifest, full);
        session.Messages.Note($"{Printable.Escape(full)} is {found.Manifest.Digest}");
        return ExitStatus.Done;
    }
}
