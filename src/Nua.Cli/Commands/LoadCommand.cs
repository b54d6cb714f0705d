using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Config;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Archives;

namespace Nua.Cli.Commands;

/// <summary><c>nua load</c>: an image from a folder or file into the store.</summary>
public static class LoadCommand
{
    public static NuaCommand Create()
    {
        var source = Inputs.Image("SRC", "oci:DIR[:TAG], oci-archive:FILE[:TAG], docker-archive:FILE[:TAG] or docker-daemon:NAME:TAG");
        var name = Inputs.Value("--tag", "NAME[:TAG]", "Name in the store; the one it brings along when left out", "-t");
        return new NuaCommand("load", "Takes an image from a folder or file into the local store.")
        {
            Usage = "SRC [-t NAME[:TAG]]",
            Details = "Prints the digest of the manifest, alone, on standard output. Every blob is checked on the way.",
            Examples =
            [
                new("what 'nua save' or 'skopeo copy' wrote", "nua load oci-archive:notes.tar"),
                new("from the Docker Engine or Podman of this machine", "nua load docker-daemon:notes:1.0"),
                new("under a name of your own", "nua load docker-archive:old.tar -t old:1"),
            ],
            JsonFields = [new("digest", "digest of the manifest"), new("name", "its name in the store; null when it has none")],
            Arguments = { source },
            Options = { name },
            Run = (parsed, session) => RunAsync(parsed.GetRequiredValue(source), parsed.GetValue(name), session),
        };
    }

    private static async Task<int> RunAsync(string location, string? name, Session session)
    {
        var store = Locations.OpenStore();
        using var source = await new ImagePlaces(session, isPlain: false).OpenAsync(location, platform: null);
        var result = ImageTransfer.Load(
            source, store, name is null ? NameOf(source) : Locations.StoreName(name), session.Cancellation);
        session.Messages.Report(result.Notes);
        session.Messages.Note(result.Name is null
            ? "it brings no name along: give it one with 'nua tag DIGEST NAME:TAG'"
            : $"loaded {Printable.Escape(result.Name)}");
        session.Out.WriteLine(session.Json ? Json(result) : result.Root.Digest.ToString());
        return ExitStatus.Done;
    }

    /// <summary>A whole NAME:TAG from the source, else what the image's own labels say. A bare <c>1.0</c>, which layouts often have, is no name.</summary>
    private static string? NameOf(ImageSource source)
    {
        if (source.Name is { } own && ImageLocation.StoreName.HasTag(own) && ImageLocation.StoreName.IsValid(own))
        {
            return own;
        }

        var labels = MediaTypes.IsIndex(source.Root.MediaType) ? null : source.OpenImage().Config.Run.Labels;
        return labels?.GetValueOrDefault("io.nua.app-id") is { Length: > 0 } id
            ? $"{ImageNaming.Name(id)}:{ImageNaming.Tag(labels.GetValueOrDefault("org.opencontainers.image.version"), null)}"
            : null;
    }

    private static string Json(TransferResult result) => JsonText.Indented(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("digest", result.Root.Digest.ToString());
        writer.WriteString("name", result.Name);
        writer.WriteEndObject();
    });
}
