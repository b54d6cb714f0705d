using System.CommandLine;
using Nua.Cli.Parsing;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Archives;

namespace Nua.Cli.Commands;

/// <summary><c>nua copy</c>: one image from one place of this machine to another.</summary>
public static class CopyCommand
{
    internal const string Forms = "oci:DIR[:TAG], oci-archive:FILE[:TAG] or docker-archive:FILE[:TAG]";

    public static NuaCommand Create()
    {
        var source = Inputs.Image("SRC", "The image to copy");
        var destination = new Argument<string>("DEST") { Description = $"Where to: {Forms}, or a name in the local store" };
        return new NuaCommand("copy", "Copies an image from one place to another.")
        {
            Usage = "SRC DEST",
            Details = "Between the store, oci: and oci-archive: no byte changes, so the digest stays.\n\n" + Inputs.ImageForms,
            Examples = [new("from an archive to a layout, the store is not involved", "nua copy oci-archive:notes.tar oci:layout:1.0")],
            Arguments = { source, destination },
            Run = (parsed, session) => Task.FromResult(
                Run(Locations.Parse(parsed.GetRequiredValue(source)), Locations.Parse(parsed.GetRequiredValue(destination)), session)),
        };
    }

    /// <summary>What <c>save</c> and <c>load</c> do as well.</summary>
    internal static int Run(ImageLocation source, ImageLocation destination, Session session)
    {
        var store = new[] { source, destination }.Any(place => place is ImageLocation.StoreName or ImageLocation.StoreDigest)
            ? Locations.OpenStore()
            : null;
        var result = ImageTransfer.Copy(source, destination, store, session.Cancellation);
        session.Messages.Report(result.Notes);
        session.Messages.Note(
            $"{Printable.Escape(source.ToString())} -> {Printable.Escape(destination.ToString())} ({result.Root.Digest})");
        return ExitStatus.Done;
    }
}
